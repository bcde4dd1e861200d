-- +goose Up
-- 023 Subscriptions over time: when each is due, what is given for nothing, who has had a trial, plans that were archived.
-- Decision record: docs/decisions/0023-subscriptions-over-time.md.
set local lock_timeout = '5s';

-- ── when a subscription is due ──────────────────────────────────────────────────────────────────────────────────────────

-- next_due_at is the moment of the next event that time alone brings: the end of the trial, of the paid period, of the days of
-- grace, of a complimentary subscription, or a cancellation that takes effect. plans.nextEvent says the same in Go; a test compares
-- them. The database works it out, so that no writer can forget it.
alter table user_subscriptions
    add column complimentary_reason text,
    add column anchor_day smallint,
    add column next_due_at timestamptz generated always as (
        case status
            when 'trialing' then least(coalesce(trial_ends_at, current_period_end), cancel_at)
            when 'active' then least(current_period_end, cancel_at)
            when 'past_due' then least(access_until, cancel_at)
            when 'paused' then cancel_at
        end) stored,
    add constraint user_subscriptions_complimentary_reason_length check (length(complimentary_reason) between 1 and 1000),
    add constraint user_subscriptions_complimentary_has_end check (complimentary_reason is null or current_period_end is not null),
    add constraint user_subscriptions_anchor_day_range check (anchor_day between 1 and 31);
comment on column user_subscriptions.anchor_day is 'Day of the month on which periods begin; kept, so that 31 January is followed by 28 February and 31 March.';
create index user_subscriptions_due_idx on user_subscriptions (next_due_at, id) where next_due_at is not null;

-- The days of grace are part of the access that a paid period gives. Subscriptions from before that get them here.
update user_subscriptions s set access_until = s.current_period_end + interval '7 days'
  from subscription_plans p
 where p.id = s.plan_id and p.billing_cycle <> 'lifetime' and s.status = 'active' and s.cancel_at is null
   and s.access_until = s.current_period_end and s.current_period_end > clock_now();

create or replace view active_user_subscriptions as
select h.user_id, h.subscription_id, h.holding, h.owner_id, h.plan_id, h.status,
       h.started_at, h.trial_ends_at, h.current_period_start, h.current_period_end, h.access_until, h.cancel_at, h.canceled_at, h.created_at,
       p.slug as plan_slug, p.name as plan_name, p.access_level, p.price_minor, p.currency, p.billing_cycle,
       h.seats, h.ended_at, h.complimentary_reason, h.anchor_day
  from (select s.user_id, s.id as subscription_id, 'own'::text as holding, s.user_id as owner_id, s.plan_id, s.status, s.started_at, s.trial_ends_at,
               s.current_period_start, s.current_period_end, s.access_until, s.cancel_at, s.canceled_at, s.created_at,
               s.seats, s.ended_at, s.complimentary_reason, s.anchor_day
          from user_subscriptions s
        union all
        select t.user_id, s.id, 'seat'::text, s.user_id, s.plan_id, s.status, s.started_at, s.trial_ends_at,
               s.current_period_start, s.current_period_end, s.access_until, s.cancel_at, s.canceled_at, s.created_at,
               s.seats, s.ended_at, s.complimentary_reason, s.anchor_day
          from subscription_seats t join user_subscriptions s on s.id = t.subscription_id) h
  join subscription_plans p on p.id = h.plan_id
 where h.access_until > (select clock_now());

-- What is complimentary brings no revenue.
drop view report.subscription_metrics;
drop materialized view subscription_metrics;
create materialized view subscription_metrics as
select p.id as plan_id, p.slug as plan_slug, p.name as plan_name, p.billing_cycle, p.currency,
       count(s.id) filter (where s.status = 'active') as active_count,
       count(s.id) filter (where s.status = 'trialing') as trialing_count,
       count(s.id) filter (where s.status = 'past_due') as past_due_count,
       count(s.id) filter (where s.status = 'paused') as paused_count,
       count(s.id) filter (where s.status in ('canceled', 'expired')) as ended_count,
       count(s.id) filter (where s.started_at > (select clock_now()) - interval '30 days') as started_30d,
       count(s.id) filter (where s.ended_at > (select clock_now()) - interval '30 days') as ended_30d,
       case p.billing_cycle
           when 'lifetime' then 0
           else round(count(s.id) filter (where s.status in ('active', 'past_due') and s.complimentary_reason is null) * p.price_minor
                      / case p.billing_cycle when 'yearly' then 12.0 else 1 end)::bigint
       end as mrr_minor,
       coalesce((select sum(y.amount_minor - y.refunded_minor) from payments y
                  join user_subscriptions ps on ps.id = y.subscription_id and ps.plan_id = p.id
                 where y.status in ('succeeded', 'refunded') and y.currency = p.currency
                   and y.paid_at > (select clock_now()) - interval '30 days'), 0)::bigint as revenue_30d_minor,
       (select clock_now()) as as_of
  from subscription_plans p
  left join user_subscriptions s on s.plan_id = p.id
 where p.deleted_at is null
 group by p.id;
create unique index subscription_metrics_plan_key on subscription_metrics (plan_id);

create view report.subscription_metrics as
select plan_slug, plan_name, billing_cycle, currency, active_count, trialing_count, past_due_count, paused_count, ended_count,
       started_30d, ended_30d, mrr_minor, revenue_30d_minor, as_of
  from public.subscription_metrics;
comment on view report.subscription_metrics is 'One row per plan; money in minor units of currency; as_of is the time of the last refresh.';

-- ── plans ────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- An archived plan is no longer offered; whoever has it keeps it and may go on paying for it.
alter table subscription_plans
    add column archived_at timestamptz,
    add constraint subscription_plans_archived_not_offered check (archived_at is null or not is_offered),
    add constraint subscription_plans_name_length check (length(name) between 1 and 100),
    add constraint subscription_plans_description_length check (length(description) <= 2000);

-- ── payments by hand ─────────────────────────────────────────────────────────────────────────────────────────────────

alter table payments
    add column reference text not null default '',
    add constraint payments_reference_length check (length(reference) <= 200);

-- ── trials ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Who has had a trial, as a digest of the folded address. There is no reference to a user and no privilege to delete: one trial a
-- person, also after an account was closed and its data were erased.
create table trial_digests (
    digest     bytea       not null,
    created_at timestamptz not null default clock_now(),
    constraint trial_digests_pkey primary key (digest),
    constraint trial_digests_digest_length check (octet_length(digest) = 32)
);

call grant_to('lyceum_app', 'select, insert', 'table trial_digests');
select apply_grants();
