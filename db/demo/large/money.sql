-- Payments: one for each period. One in twenty-five failed at first, one in seventy was given back, wholly or by half.
create temp table demo_payments on commit drop as
select s.n, s.turn, k, s.user_id, s.id as subscription_id, s.plan_id, s.price, s.currency, s.started + k * s.step as at, s.n * 1000::bigint + s.turn * 500 + k as number
  from demo_subscriptions s cross join generate_series(0, s.payments - 1) k
 where s.started + k * s.step < (select clock_now());
analyze demo_payments;

insert into payments (id, user_id, subscription_id, status, amount_minor, refunded_minor, currency, provider, provider_payment_id, failure_code, paid_at, created_at)
select pg_temp.made_id('payment', y.number || y.kind, y.at), y.user_id, y.subscription_id, y.status, y.price, y.refunded, y.currency, 'sandbox', 'pay_' || y.number || y.kind,
       case when y.status = 'failed' then (array['card_declined', 'card_declined', 'insufficient_funds', 'insufficient_funds', 'expired_card'])[pg_temp.pick(31, y.number, 5)] end,
       case when y.status in ('succeeded', 'refunded') then y.at end, y.at
  from (
       select p.number, '' as kind, p.user_id, p.subscription_id, p.price, p.currency, p.at,
              case when pg_temp.dice(30, p.number) < 0.010 then 'refunded' else 'succeeded' end as status,
              case when pg_temp.dice(30, p.number) < 0.010 then p.price when pg_temp.dice(30, p.number) < 0.014 then p.price / 2 else 0 end as refunded
         from demo_payments p
       union all
       select p.number, 'f', p.user_id, p.subscription_id, p.price, p.currency, p.at - interval '1 day', 'failed', 0
         from demo_payments p where p.k > 0 and pg_temp.dice(32, p.number) < 0.04
       union all
       select s.n * 1000::bigint + 999, 'x', s.user_id, s.id, s.price, s.currency,
              least(s.started + s.payments * s.step, (select clock_now()) - interval '1 hour'), case s.status when 'pending' then 'pending' else 'failed' end, 0
         from demo_subscriptions s where s.status in ('past_due', 'incomplete', 'pending')
       ) y
 order by y.at, y.number;
