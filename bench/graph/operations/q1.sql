\set viewer random(1, :viewers)
select json_build_object('viewer', row_to_json(t)) from (
    select u.id, u.email, u.username, u.first_name as "firstName", u.last_name as "lastName", u.account_status as "accountStatus", s as subscription
      from users u
      left join lateral (
           select a.subscription_id as id, a.status, a.current_period_end as "currentPeriodEnd", p as plan
             from active_user_subscriptions a
            cross join lateral (select a.plan_name as name, a.access_level as "accessLevel", a.price_minor as "priceAmount", a.currency as "priceCurrency", a.billing_cycle as "billingCycle") p
            where a.user_id = u.id order by a.access_level desc, a.holding, a.subscription_id limit 1) s on true
     where u.id = (select user_id from peer.viewers where n = :viewer)) t;
