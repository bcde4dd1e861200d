-- +goose Up
-- 019 Visits and learning time: what a report counts for. Visits are counted in a column of their own, late reports say when
-- the learner was there, and the time that may be counted is kept for each person.
set local lock_timeout = '5s';

-- A visit begins with a report when none on the same item arrived from the same person in the 30 minutes before.
-- occurred_at is NULL unless the report came later than what it tells of. withheld_seconds were asked for and not counted.
alter table content_consumption
    add column begins_visit     boolean     not null default false,
    add column occurred_at      timestamptz,
    add column withheld_seconds integer     not null default 0,
    add constraint content_consumption_occurred_before check (occurred_at <= created_at),
    add constraint content_consumption_withheld_range check (withheld_seconds between 0 and 86400);

-- When the learner was where position_seconds says, so that a late report does not move it back.
alter table learning_analytics add column position_at timestamptz;

-- Learning time is counted as far as time has passed: for each person, over all items, used_until moves towards the present
-- with every second that is counted and never beyond it. granted_seconds is what the last report was given.
create table learning_allowances (
    user_id         uuid        not null,
    used_until      timestamptz not null,
    granted_seconds integer     not null,
    constraint learning_allowances_pkey primary key (user_id),
    constraint learning_allowances_user_fkey foreign key (user_id) references users on delete cascade,
    constraint learning_allowances_granted_range check (granted_seconds between 0 and 86400)
);

-- What was logged before is counted by the same rule. Until now only a person's first report on an item was a view, and not
-- even that one if it completed the item.
update content_consumption c
   set begins_visit = v.begins,
       event = case when c.event = 'completed' then c.event when v.begins then 'opened' else 'progressed' end
  from (select k.created_at, k.id, k.event,
               coalesce(k.created_at - lag(k.created_at) over (partition by k.user_id, k.content_id order by k.created_at, k.id) > interval '30 minutes', true) as begins
          from content_consumption k) v
 where c.created_at = v.created_at and c.id = v.id and (v.begins or v.event = 'opened');

-- A record that is older than the log keeps the larger count.
update learning_analytics l
   set opens = case when v.first_at <= l.started_at then v.visits else greatest(l.opens, v.visits) end
  from (select c.user_id, c.content_id, min(c.created_at) as first_at, count(*) filter (where c.begins_visit)::integer as visits
          from content_consumption c group by c.user_id, c.content_id) v
 where v.user_id = l.user_id and v.content_id = l.content_id
   and l.opens <> case when v.first_at <= l.started_at then v.visits else greatest(l.opens, v.visits) end;
update learning_analytics set position_at = last_at;

-- views_30d counts visits. A materialized view cannot be replaced; the view of the report schema goes and comes with it.
drop view report.content_popularity;
drop materialized view content_popularity;
create materialized view content_popularity as
select c.id as content_id,
       coalesce(l.views, 0) as views,
       coalesce(l.learners, 0) as learners,
       coalesce(l.completions, 0) as completions,
       coalesce(l.seconds, 0) as seconds,
       l.average_rating,
       coalesce(l.ratings, 0) as ratings,
       coalesce(r.views_30d, 0) as views_30d,
       (select clock_now()) as as_of
  from content_items c
  left join (select la.content_id, sum(la.opens)::bigint as views, count(*) as learners, count(la.completed_at) as completions,
                    sum(la.seconds)::bigint as seconds, round(avg(la.rating), 2)::float8 as average_rating, count(la.rating) as ratings
               from learning_analytics la group by la.content_id) l on l.content_id = c.id
  left join (select k.content_id, count(*) as views_30d from content_consumption k
              where k.begins_visit and k.created_at > (select clock_now()) - interval '30 days'
              group by k.content_id) r on r.content_id = c.id
 where c.deleted_at is null;
create unique index content_popularity_content_key on content_popularity (content_id);
create index content_popularity_views_idx on content_popularity (views desc, content_id desc);
create index content_popularity_recent_idx on content_popularity (views_30d desc, content_id desc);
create index content_popularity_completed_idx on content_popularity (completions desc, content_id desc);
create index content_popularity_rated_idx on content_popularity (coalesce(average_rating, 0) desc, content_id desc);

-- What was never published is no business of reports: neither its title nor the name of its category.
create view report.content_popularity as
select c.slug, c.title, k.name as category, c.kind, c.access_level, p.views, p.learners, p.completions, p.seconds, p.average_rating,
       p.ratings, p.views_30d, p.as_of
  from public.content_popularity p
  join public.content_items c on c.id = p.content_id and c.status <> 'draft' and c.published_at <= p.as_of
  join public.content_categories k on k.id = c.category_id;
comment on view report.content_popularity is
    'One row per item that is or was published; views are visits; seconds is learning time of all people together.';

call grant_to('lyceum_app', 'select, insert, update', 'table learning_allowances');
call grant_to('lyceum_app', 'select', 'table content_popularity');
call grant_to('lyceum_report', 'select', 'table report.content_popularity');
select apply_grants();
