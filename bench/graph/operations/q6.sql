\set page random(0, :pages - 1)
with page as materialized (
    select id, email, account_status, created_at from users
     where deleted_at is null
       and (created_at, id) < ((select at from peer.pages where op = 'q6' and n = :page), (select id from peer.pages where op = 'q6' and n = :page))
     order by created_at desc, id desc limit 100
), roles_of as materialized (
    select ur.user_id, json_agg(y order by r.name) as roles
      from user_roles ur join roles r on r.id = ur.role_id cross join lateral (select r.name) y
     where ur.user_id = any(array(select id from page)) and (ur.expires_at is null or ur.expires_at > (select clock_now()))
     group by ur.user_id
)
select json_build_object('users', json_agg(t)) from (
    select u.id, u.email, u.account_status as "accountStatus", coalesce(r.roles, '[]') as roles, s as subscription, coalesce(x.rows, '[]') as consumption
      from page u
      left join roles_of r on r.user_id = u.id
      left join lateral (select a.status, p as plan from active_user_subscriptions a cross join lateral (select a.plan_name as name) p
                          where a.user_id = u.id order by a.access_level desc, a.holding, a.subscription_id limit 1) s on true
      left join lateral (select json_agg(y) as rows from (
                select e.id, e.progress, e.created_at as "createdAt", i as item
                  from (select min(w.started_at) as since, max(w.last_at) as until
                          from (select started_at, last_at from learning_analytics where user_id = u.id order by last_at desc limit 5) w) span
                 cross join lateral (select id, content_id, progress, created_at from content_consumption
                                      where user_id = u.id and created_at between span.since and span.until order by created_at desc limit 5) e
                  left join lateral (select id, title from content_items where id = e.content_id and deleted_at is null) i on true
                 order by e.created_at desc) y) x on true
     order by u.created_at desc, u.id desc) t;
