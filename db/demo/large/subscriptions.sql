-- Subscriptions: three in five people have had one. Some came back after the first had ended.

create temp table demo_subscriptions on commit drop as
with first_ones as (
    select p.n, p.id as user_id, p.status as account, p.at + (pg_temp.dice(20, p.n) ^ 2) * least(interval '90 days', (select clock_now()) - interval '1 day' - p.at) as started,
           case when pg_temp.dice(21, p.n) < 0.50 then 'basic' when pg_temp.dice(21, p.n) < 0.86 then 'pro' when pg_temp.dice(21, p.n) < 0.93 then 'team' else 'lifetime' end as slug,
           pg_temp.dice(22, p.n) as story, 1 as turn
      from demo_people p
     where p.n > 21 and p.status <> 'pending' and pg_temp.dice(23, p.n) < 0.62 and p.at < (select clock_now()) - interval '2 days'
), counted as (
    select f.*, c.*
      from first_ones f
     cross join lateral (select extract(year from a)::int as years, extract(month from a)::int as months from age((select clock_now()), f.started) a) x
     cross join lateral (select case f.slug when 'team' then interval '1 year' else interval '1 month' end as step,
                                case f.slug when 'team' then x.years when 'lifetime' then 0 else x.years * 12 + x.months end as whole) c
), told as (
    select c.*, case
               when c.account = 'closed' and c.slug <> 'lifetime' then case when c.whole > 0 then 'canceled' else 'incomplete' end
               when c.slug = 'lifetime' then 'active'
               when c.slug in ('basic', 'pro') and c.started > (select clock_now()) - case c.slug when 'basic' then interval '7 days' else interval '14 days' end then 'trialing'
               when c.story < 0.010 then 'incomplete'
               when c.story < 0.015 then 'pending'
               when c.whole = 0 or c.story < 0.72 then 'active'
               when c.story < 0.755 then 'past_due'
               when c.story < 0.785 then 'paused'
               when c.story < 0.90 then 'canceled'
               else 'expired'
           end as status
      from counted c
), paid as (
    select t.*, case when t.status in ('canceled', 'expired') then pg_temp.pick(24, t.n, t.whole)
                     when t.status = 'past_due' then t.whole
                     when t.status in ('trialing', 'incomplete', 'pending') then 0 else t.whole + 1 end as payments
      from told t
), both_turns as (
    select n, user_id, slug, started, step, whole, status, payments, turn, story from paid
    union all
    -- Whoever came back did so some days after the end, and is still here.
    select p.n, p.user_id, case when p.slug = 'basic' then 'pro' else 'basic' end, b.again, interval '1 month', w.whole, 'active', w.whole + 1, 2, 0
      from paid p
     cross join lateral (select p.started + p.payments * p.step + pg_temp.pick(25, p.n, 60) * interval '1 day' as again) b
     cross join lateral (select extract(year from a)::int * 12 + extract(month from a)::int as whole from age((select clock_now()), b.again) a) w
     where p.status in ('canceled', 'expired') and p.account = 'active' and pg_temp.dice(26, p.n) < 0.35 and b.again < (select clock_now()) - interval '20 days'
)
select b.n, b.turn, pg_temp.made_id('subscription', b.n || '-' || b.turn, b.started) as id, b.user_id, l.id as plan_id, l.slug, l.price_minor as price, l.currency, l.seats,
       l.access_level as level, date_trunc('milliseconds', b.started) as started, b.step, b.whole, b.status, b.payments,
       b.status = 'active' and b.slug <> 'lifetime' and b.story > 0.68 as leaving,
       pg_temp.pick(27, b.n, 12) as days
  from both_turns b join subscription_plans l on l.slug = b.slug;
create unique index on demo_subscriptions (n, turn);
analyze demo_subscriptions;

insert into user_subscriptions (id, user_id, plan_id, status, seats, started_at, trial_ends_at, current_period_start, current_period_end, access_until,
                                cancel_at, canceled_at, ended_at, provider, provider_subscription_id, created_at)
select s.id, s.user_id, s.plan_id, s.status, s.seats, s.started,
       case when s.status = 'trialing' then t.period_end end, t.period_start, t.period_end,
       case when s.slug = 'lifetime' then 'infinity' when s.status in ('incomplete', 'pending') then s.started
            when s.status = 'past_due' then (select clock_now()) + s.days * interval '1 day' - interval '5 hours'
            when s.status = 'paused' then (select clock_now()) - s.days * interval '1 hour'
            when s.status = 'active' and not s.leaving then t.period_end + interval '7 days' else t.period_end end,
       case when s.leaving then t.period_end end,
       case when s.leaving then (select clock_now()) - s.days * interval '1 hour' when s.status = 'canceled' then t.period_end - interval '6 days' end,
       case when s.status in ('canceled', 'expired') then t.period_end end,
       'sandbox', 'sub_' || s.n || '_' || s.turn, s.started
  from demo_subscriptions s
 cross join lateral (
       select case when s.status in ('canceled', 'expired', 'past_due') then s.started + (s.payments - 1) * s.step else s.started + s.whole * s.step end as period_start,
              case when s.slug = 'lifetime' or s.status in ('incomplete', 'pending') then null
                   when s.status = 'trialing' then s.started + case s.slug when 'basic' then interval '7 days' else interval '14 days' end
                   when s.status in ('canceled', 'expired', 'past_due') then s.started + s.payments * s.step
                   else greatest(s.started + (s.whole + 1) * s.step, (select clock_now()) + interval '1 hour') end as period_end) t
 order by s.started, s.n;

-- Four guests in most teams: people who have nothing of their own.
with teams as (
    select s.id, s.user_id, s.started, row_number() over (order by s.n) - 1 as place
      from demo_subscriptions s where s.slug = 'team' and s.status in ('active', 'past_due', 'paused')
), guests as (
    select p.id, p.n, row_number() over (order by pg_temp.dice(28, p.n)) - 1 as place
      from demo_people p where p.n > 21 and p.status = 'active' and not exists (select from demo_subscriptions s where s.user_id = p.id)
)
insert into subscription_seats (subscription_id, user_id, assigned_by, created_at)
select t.id, g.id, t.user_id, t.started + interval '2 hours'
  from guests g join teams t on t.place = g.place / 4 order by t.place, g.place;

-- How far up the ladder a person has ever been.
update demo_people p set reach = r.level
  from (select user_id, max(level) as level from (
            select s.user_id, l.access_level as level from user_subscriptions s join subscription_plans l on l.id = s.plan_id where s.status not in ('incomplete', 'pending')
            union all select t.user_id, l.access_level from subscription_seats t join user_subscriptions s on s.id = t.subscription_id join subscription_plans l on l.id = s.plan_id
            union all select ur.user_id, 3 from user_roles ur join roles r on r.id = ur.role_id and r.name in ('admin', 'editor')) a
         group by user_id) r
 where r.user_id = p.id;
analyze demo_people, user_subscriptions, subscription_seats;
