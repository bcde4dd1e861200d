-- +goose Up
-- 012 The report schema: stable, documented views for SQL tools, read by lyceum_report. No names, no addresses.
set local lock_timeout = '5s';

create schema report;
comment on schema report is 'Stable views for reporting tools. People appear by id only.';

create view report.subscription_metrics as
select plan_slug, plan_name, billing_cycle, currency, active_count, trialing_count, past_due_count, paused_count, ended_count,
       started_30d, ended_30d, mrr_minor, revenue_30d_minor, as_of
  from public.subscription_metrics;
comment on view report.subscription_metrics is 'One row per plan; money in minor units of currency; as_of is the time of the last refresh.';

create view report.content_popularity as
select c.slug, c.title, k.name as category, c.kind, c.access_level, p.views, p.learners, p.completions, p.seconds, p.average_rating,
       p.ratings, p.views_30d, p.as_of
  from public.content_popularity p
  join public.content_items c on c.id = p.content_id
  join public.content_categories k on k.id = c.category_id;
comment on view report.content_popularity is 'One row per item; seconds is learning time of all people together.';

create view report.user_activity as
select user_id, items_started, items_completed, completion_rate, seconds, last_learned_at, logins_30d, failed_logins_30d
  from public.user_activity_summary;
comment on view report.user_activity is 'One row per person; completion_rate in percent of the items she started.';

call grant_to('lyceum_report', 'usage', 'schema report');
call grant_to('lyceum_report', 'select', 'table report.subscription_metrics', 'table report.content_popularity', 'table report.user_activity');
select apply_grants();
