-- The history of the subscriptions: every beginning and end, the renewals of the last twelve months, and what went wrong.
insert into subscription_changes (id, subscription_id, user_id, kind, from_plan_id, to_plan_id, from_status, to_status, amount_minor, effective_at, actor_id, reason, created_at)
select pg_temp.made_id('change', c.number || c.kind, c.at), c.subscription_id, c.user_id, c.kind, c.from_plan, c.plan_id, c.from_status, c.to_status, c.amount, c.at,
       case when c.kind in ('cancel_scheduled', 'paused') then c.user_id end, c.reason, c.at
  from (
       select s.n * 1000::bigint + s.turn as number, 'started' as kind, s.id as subscription_id, s.user_id, null::uuid as from_plan, s.plan_id, null as from_status,
              case when s.status in ('trialing', 'incomplete', 'pending') then s.status else 'active' end as to_status, case when s.payments > 0 then s.price else 0 end as amount,
              s.started as at, '' as reason
         from demo_subscriptions s
       union all
       select p.number, 'renewed', p.subscription_id, p.user_id, p.plan_id, p.plan_id, 'active', 'active', p.price, p.at, ''
         from demo_payments p where p.k > 0 and p.at > (select clock_now()) - interval '1 year'
       union all
       select s.n * 1000::bigint + s.turn, 'cancel_scheduled', s.id, s.user_id, s.plan_id, s.plan_id, 'active', 'active', 0, (select clock_now()) - s.days * interval '1 hour',
              (array['too expensive', 'no time', 'found what I needed', ''])[pg_temp.pick(33, s.n, 4)]
         from demo_subscriptions s where s.leaving
       union all
       select s.n * 1000::bigint + s.turn, case s.status when 'past_due' then 'payment_failed' else s.status end, s.id, s.user_id, s.plan_id, s.plan_id,
              'active', s.status, 0,
              case s.status when 'paused' then (select clock_now()) - s.days * interval '1 hour' else least(s.started + s.payments * s.step, (select clock_now())) end,
              case s.status when 'canceled' then 'by the learner' when 'expired' then 'not paid' else '' end
         from demo_subscriptions s where s.status in ('past_due', 'paused', 'canceled', 'expired')
       ) c
 order by c.at, c.number, c.kind;
