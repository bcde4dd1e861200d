-- What the subscriptions of school.sql and crowd.sql left behind: their history and their payments.

insert into subscription_changes (id, subscription_id, user_id, kind, to_plan_id, to_status, effective_at, reason, created_at)
select pg_temp.made_id('change', s.id::text, s.started_at), s.id, s.user_id, 'started', s.plan_id, s.status, s.started_at, '', s.started_at from user_subscriptions s;

-- One payment a month since each subscription began; one a year or ever where the plan says so.
insert into payments (id, user_id, subscription_id, status, amount_minor, currency, provider, provider_payment_id, paid_at, created_at)
select pg_temp.made_id('payment', s.id || '-' || n, t.at), s.user_id, s.id, 'succeeded', p.price_minor, p.currency, 'sandbox', 'demo_' || s.id || '_' || n, t.at, t.at
  from user_subscriptions s
  join subscription_plans p on p.id = s.plan_id
 cross join generate_series(0, 12) n
 cross join lateral (select s.started_at + n * case p.billing_cycle when 'monthly' then interval '1 month' else interval '1 year' end as at) t
 where t.at < coalesce(s.ended_at, (select clock_now())) and s.status <> 'trialing' and s.complimentary_reason is null and (p.billing_cycle <> 'lifetime' or n = 0);
-- Kofi pays by bank transfer.
update payments y set provider = 'manual', reference = 'Kofi Mensah, Basic' from users u where u.id = y.user_id and u.username = 'kofi';
-- The history of the named people: each period that was paid, and the first that was not.
insert into subscription_changes (id, subscription_id, user_id, kind, from_plan_id, to_plan_id, from_status, to_status, amount_minor, effective_at, actor_id, reason, created_at)
select pg_temp.made_id('change', c.kind || s.id, c.at), s.id, s.user_id, c.kind, s.plan_id, s.plan_id, c.from_status, c.to_status, c.amount, c.at, c.actor, c.reason, c.at
  from user_subscriptions s
  join users u on u.id = s.user_id and u.username !~ '^learner'
 cross join lateral (
       select 'renewed' as kind, 'active' as from_status, 'active' as to_status, y.amount_minor as amount, y.paid_at as at,
              case y.provider when 'manual' then (select b.id from users b where b.username = 'tomas') end as actor, y.reference as reason
         from payments y where y.subscription_id = s.id and y.paid_at > s.started_at
       union all
       select 'payment_failed', 'active', 'past_due', 0, s.ended_at - interval '7 days', null, '' where s.status = 'expired') c;

insert into payments (id, user_id, subscription_id, status, amount_minor, currency, provider, provider_payment_id, failure_code, created_at)
select pg_temp.made_id('failed payment', s.id::text, (select clock_now()) - interval '2 days'), s.user_id, s.id, 'failed', p.price_minor, p.currency, 'sandbox', 'demo_failed_' || s.id, 'card_declined', (select clock_now()) - interval '2 days'
  from user_subscriptions s join subscription_plans p on p.id = s.plan_id where s.status = 'past_due';
