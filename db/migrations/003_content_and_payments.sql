-- +goose Up
-- 003 Content and payments: money, seats, learning records, schedule and prerequisites, search, and the views that
-- bring the five words together; the access decision first among them.
set local lock_timeout = '5s';

-- ── payments and subscription history ───────────────────────────────────────────────────────────────────────────────

create table payments (
    id                  uuid        not null default new_id(),
    user_id             uuid        not null,
    subscription_id     uuid,
    status              text        not null,
    amount_minor        bigint      not null,
    refunded_minor      bigint      not null default 0,
    currency            text        not null,
    provider            text        not null,
    provider_payment_id text        not null,
    failure_code        text,
    paid_at             timestamptz,
    created_at          timestamptz not null default clock_now(),
    updated_at          timestamptz not null default clock_now(),
    constraint payments_pkey primary key (id),
    constraint payments_provider_key unique (provider, provider_payment_id),
    constraint payments_user_fkey foreign key (user_id) references users on delete restrict,
    constraint payments_subscription_fkey foreign key (subscription_id) references user_subscriptions on delete restrict,
    constraint payments_status_known check (status in ('pending', 'succeeded', 'failed', 'refunded')),
    constraint payments_amount_range check (amount_minor between 0 and 9007199254740991),
    constraint payments_refund_range check (refunded_minor between 0 and amount_minor),
    constraint payments_currency_form check (currency ~ '^[A-Z]{3}$')
);
create index payments_user_idx on payments (user_id, created_at desc, id desc);
create index payments_subscription_idx on payments (subscription_id, created_at desc, id desc);
create index payments_created_idx on payments (created_at desc, id desc);
create index payments_status_idx on payments (status, created_at desc, id desc);
create index payments_currency_idx on payments (currency, created_at desc, id desc);
create index payments_amount_idx on payments (amount_minor desc, id desc);
create trigger payments_touch before update on payments for each row execute function touch_updated_at();

create table subscription_changes (
    id              uuid        not null default new_id(),
    subscription_id uuid        not null,
    user_id         uuid        not null,
    kind            text        not null,
    from_plan_id    uuid,
    to_plan_id      uuid,
    from_status     text,
    to_status       text,
    amount_minor    bigint      not null default 0,
    effective_at    timestamptz not null,
    actor_id        uuid,
    reason          text        not null default '',
    created_at      timestamptz not null default clock_now(),
    constraint subscription_changes_pkey primary key (id),
    constraint subscription_changes_subscription_fkey foreign key (subscription_id) references user_subscriptions on delete restrict,
    constraint subscription_changes_user_fkey foreign key (user_id) references users on delete restrict,
    constraint subscription_changes_from_plan_fkey foreign key (from_plan_id) references subscription_plans on delete restrict,
    constraint subscription_changes_to_plan_fkey foreign key (to_plan_id) references subscription_plans on delete restrict,
    constraint subscription_changes_kind_known check (kind in
        ('started', 'renewed', 'upgraded', 'downgraded', 'cancel_scheduled', 'cancel_withdrawn', 'canceled', 'paused', 'resumed',
         'payment_failed', 'expired'))
);
create index subscription_changes_subscription_idx on subscription_changes (subscription_id, created_at desc, id desc);
create index subscription_changes_user_idx on subscription_changes (user_id, created_at desc, id desc);
create index subscription_changes_created_idx on subscription_changes (created_at desc, id desc);
create index subscription_changes_from_plan_idx on subscription_changes (from_plan_id) where from_plan_id is not null;
create index subscription_changes_to_plan_idx on subscription_changes (to_plan_id) where to_plan_id is not null;

-- Other people who may use a subscription.
create table subscription_seats (
    subscription_id uuid        not null,
    user_id         uuid        not null,
    assigned_by     uuid,
    created_at      timestamptz not null default clock_now(),
    constraint subscription_seats_pkey primary key (subscription_id, user_id),
    constraint subscription_seats_subscription_fkey foreign key (subscription_id) references user_subscriptions on delete cascade,
    constraint subscription_seats_user_fkey foreign key (user_id) references users on delete cascade,
    constraint subscription_seats_assigned_by_fkey foreign key (assigned_by) references users on delete set null
);
create index subscription_seats_user_idx on subscription_seats (user_id, subscription_id);
create index subscription_seats_assigned_by_idx on subscription_seats (assigned_by) where assigned_by is not null;

call audit_table('payments', 'id', 'user_id');
call audit_table('subscription_seats', 'subscription_id,user_id', 'user_id');

-- ── schedule and prerequisites ──────────────────────────────────────────────────────────────────────────────────────

-- When an item opens for a person, computed when she enrols.
create table content_unlocks (
    user_id    uuid        not null,
    content_id uuid        not null,
    opens_at   timestamptz not null,
    constraint content_unlocks_pkey primary key (user_id, content_id),
    constraint content_unlocks_user_fkey foreign key (user_id) references users on delete cascade,
    constraint content_unlocks_content_fkey foreign key (content_id) references content_items on delete cascade
);
create index content_unlocks_opens_idx on content_unlocks (user_id, opens_at);
create index content_unlocks_content_idx on content_unlocks (content_id);

-- content_id asks that required_id be completed first. A required item that was deleted asks nothing any more.
create table content_prerequisites (
    content_id  uuid not null,
    required_id uuid not null,
    constraint content_prerequisites_pkey primary key (content_id, required_id),
    constraint content_prerequisites_content_fkey foreign key (content_id) references content_items on delete cascade,
    constraint content_prerequisites_required_fkey foreign key (required_id) references content_items on delete cascade,
    constraint content_prerequisites_not_itself check (content_id <> required_id)
);
create index content_prerequisites_required_idx on content_prerequisites (required_id);

-- The count lets the access decision skip the look-up for the many items without prerequisites.
alter table content_items add column prerequisite_count integer not null default 0;

-- +goose StatementBegin
create function keep_prerequisite_count() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
as $$
declare
    item constant uuid := case tg_op when 'DELETE' then old.content_id else new.content_id end;
begin
    if tg_op = 'INSERT' then
        -- One writer at a time: two concurrent edges could otherwise close a circle that neither of them sees.
        perform pg_advisory_xact_lock(hashtext('content_prerequisites'));
        if exists (
            with recursive needed (id) as (
                select new.required_id
                union
                select p.required_id from content_prerequisites p join needed n on p.content_id = n.id
            )
            select from needed where id = new.content_id
        ) then
            raise exception using errcode = 'check_violation', constraint = 'content_prerequisites_no_circle',
                message = 'an item cannot require itself, not even by a detour';
        end if;
    end if;
    update content_items c
       set prerequisite_count = (select count(*) from content_prerequisites p where p.content_id = item)
     where c.id = item;
    return null;
end
$$;
-- +goose StatementEnd
create trigger content_prerequisites_count after insert or delete on content_prerequisites
    for each row execute function keep_prerequisite_count();

call audit_table('content_prerequisites', 'content_id,required_id', '');

-- ── learning records ────────────────────────────────────────────────────────────────────────────────────────────────

-- Every report of a learner's client, as it came. Monthly partitions, no foreign keys.
create table content_consumption (
    id               bigint      not null generated always as identity,
    created_at       timestamptz not null default clock_now(),
    user_id          uuid        not null,
    content_id       uuid        not null,
    event            text        not null,
    progress         smallint    not null,
    position_seconds integer     not null default 0,
    seconds          integer     not null default 0,
    constraint content_consumption_pkey primary key (created_at, id),
    constraint content_consumption_event_known check (event in ('opened', 'progressed', 'completed')),
    constraint content_consumption_progress_range check (progress between 0 and 100),
    constraint content_consumption_seconds_range check (seconds between 0 and 86400 and position_seconds >= 0)
) partition by range (created_at);
create table content_consumption_default partition of content_consumption default;
create index content_consumption_user_idx on content_consumption (user_id, created_at desc, id desc);
create index content_consumption_content_idx on content_consumption (content_id, created_at desc, id desc);
create index content_consumption_id_idx on content_consumption (id);

select count(*) as partitions_made from ensure_partitions(3);

-- Uniqueness across partitions: a client may send the same report twice.
create table consumption_keys (
    user_id    uuid        not null,
    content_id uuid        not null,
    event_key  uuid        not null,
    created_at timestamptz not null default clock_now(),
    constraint consumption_keys_pkey primary key (user_id, content_id, event_key)
);
create index consumption_keys_created_idx on consumption_keys (created_at);

-- Where each person stands with each item; written in the transaction that inserts content_consumption.
create table learning_analytics (
    user_id          uuid        not null,
    content_id       uuid        not null,
    progress         smallint    not null default 0,
    seconds          bigint      not null default 0,
    position_seconds integer     not null default 0,
    opens            integer     not null default 0,
    score            numeric(5, 2),
    rating           smallint,
    started_at       timestamptz not null default clock_now(),
    last_at          timestamptz not null default clock_now(),
    completed_at     timestamptz,
    constraint learning_analytics_pkey primary key (user_id, content_id),
    constraint learning_analytics_user_fkey foreign key (user_id) references users on delete cascade,
    constraint learning_analytics_content_fkey foreign key (content_id) references content_items on delete cascade,
    constraint learning_analytics_progress_range check (progress between 0 and 100),
    constraint learning_analytics_score_range check (score between 0 and 100),
    constraint learning_analytics_rating_range check (rating between 1 and 5)
);
create index learning_analytics_content_idx on learning_analytics (content_id, last_at desc, user_id desc);
create index learning_analytics_recent_idx on learning_analytics (user_id, last_at desc, content_id desc);

-- ── bodies and full-text search ─────────────────────────────────────────────────────────────────────────────────────

-- content_items holds metadata only, so that lists stay light and whoever reads a body says so. What everyone may see
-- (title A, summary B, preview D) and the body have a vector each: words of a body find it only for whoever may open it.
-- Triggers keep both.
create table content_bodies (
    content_id  uuid     not null,
    body        text     not null default '',
    search      tsvector not null default '',
    body_search tsvector not null default '',
    constraint content_bodies_pkey primary key (content_id),
    constraint content_bodies_content_fkey foreign key (content_id) references content_items on delete cascade
);
create index content_bodies_search_idx on content_bodies using gin (search);
create index content_bodies_body_search_idx on content_bodies using gin (body_search);

create function content_document(title text, summary text, preview text) returns tsvector
    language sql immutable parallel safe
as $$
    select setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', summary), 'B')
        || setweight(to_tsvector('english', preview), 'D')
$$;

create function body_document(body text) returns tsvector
    language sql immutable parallel safe
as $$ select setweight(to_tsvector('english', left(body, 200000)), 'D') $$;

-- +goose StatementBegin
create function keep_content_search() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    if tg_table_name = 'content_items' then
        insert into content_bodies (content_id, search) values (new.id, content_document(new.title, new.summary, new.preview))
        on conflict (content_id) do update set search = excluded.search;
    else
        new.body_search := body_document(new.body);
    end if;
    return new;
end
$$;
-- +goose StatementEnd
create trigger content_items_search after insert or update of title, summary, preview on content_items
    for each row execute function keep_content_search();
create trigger content_bodies_search before update of body on content_bodies
    for each row execute function keep_content_search();

-- ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- One row per (person, subscription), own or by seat, while access_until lies ahead.
create view active_user_subscriptions as
select h.user_id, h.subscription_id, h.holding, h.owner_id, h.plan_id, h.status,
       h.started_at, h.trial_ends_at, h.current_period_start, h.current_period_end, h.access_until, h.cancel_at, h.canceled_at, h.created_at,
       p.slug as plan_slug, p.name as plan_name, p.access_level, p.price_minor, p.currency, p.billing_cycle
  from (select s.user_id, s.id as subscription_id, 'own'::text as holding, s.user_id as owner_id, s.plan_id, s.status, s.started_at, s.trial_ends_at,
               s.current_period_start, s.current_period_end, s.access_until, s.cancel_at, s.canceled_at, s.created_at
          from user_subscriptions s
        union all
        select t.user_id, s.id, 'seat'::text, s.user_id, s.plan_id, s.status, s.started_at, s.trial_ends_at,
               s.current_period_start, s.current_period_end, s.access_until, s.cancel_at, s.canceled_at, s.created_at
          from subscription_seats t join user_subscriptions s on s.id = t.subscription_id) h
  join subscription_plans p on p.id = h.plan_id
 where h.access_until > (select clock_now());

-- THE ACCESS DECISION. Whoever asks whether a person may open an item asks here, and nowhere else.
--
-- Shape (docs/decisions/0003): one row per person is worked out first, behind an OFFSET 0 fence; items are then
-- scanned plainly and looked up in the person's small maps. The cost follows the rows asked for. The visitor is the
-- all-zero id. has_access and reason are two CASEs with the same order of questions: a filter on has_access must not
-- have to work out the reason.
create view user_content_access as
select person.user_id,
       item.id as content_id,
       case
           when person.is_staff then true
           when not person.is_active then false
           when item.status <> 'published' or item.published_at > (select clock_now()) then false
           when explicit.effect = 'deny' then false
           when explicit.effect is null and item.access_level > person.level then false
           when person.waiting is not null and person.waiting ? item.id::text then false
           when item.prerequisite_count > 0 then not exists (
               select from content_prerequisites q
                 join content_items needed on needed.id = q.required_id and needed.deleted_at is null
                 left join learning_analytics done on done.user_id = person.user_id and done.content_id = q.required_id
                where q.content_id = item.id and done.completed_at is null)
           else true
       end as has_access,
       case
           when person.is_staff then 'staff'
           when not person.is_active then 'account_inactive'
           when item.status <> 'published' or item.published_at > (select clock_now()) then 'not_published'
           when explicit.effect = 'deny' then 'denied'
           when explicit.effect is null and item.access_level > person.level then
               case when person.is_visitor then 'sign_in_required' else 'plan_required' end
           when person.waiting is not null and person.waiting ? item.id::text then 'not_yet_open'
           when item.prerequisite_count > 0 and exists (
               select from content_prerequisites q
                 join content_items needed on needed.id = q.required_id and needed.deleted_at is null
                 left join learning_analytics done on done.user_id = person.user_id and done.content_id = q.required_id
                where q.content_id = item.id and done.completed_at is null) then
               case when person.is_visitor then 'sign_in_required' else 'prerequisite_missing' end
           when explicit.effect = 'allow' then 'granted'
           when item.access_level = 0 then 'open_to_all'
           when item.access_level = 1 then 'signed_in'
           else 'subscription'
       end as reason,
       item.access_level as required_level,
       person.level as user_level
  from (
        select who.user_id, who.is_visitor, who.is_active, facts.*
          -- A condition inside a branch keeps keys of a join from reaching the index; a constant id would be pruned in
          -- custom plans only and have every single check planned anew. Hence the outer condition and the inner select.
          from (select u.id as user_id, false as is_visitor, u.account_status = 'active' as is_active, u.deleted_at
                  from users u
                union all
                select (select '00000000-0000-0000-0000-000000000000'::uuid), true, true, null) who
         cross join lateral (
               select who.is_active and exists (
                          select from user_roles ur join roles r on r.id = ur.role_id
                           where ur.user_id = who.user_id and 'content.read_all' = any(r.permissions)
                             and (ur.expires_at is null or ur.expires_at > (select clock_now()))) as is_staff,
                      case when who.is_visitor then 0 else greatest(1, (
                          select max(a.access_level) from active_user_subscriptions a where a.user_id = who.user_id)) end as level,
                      -- A later key replaces an earlier one: 'deny' sorts after 'allow', so deny wins.
                      (select jsonb_object_agg(g.content_id, g.effect order by g.effect)
                         from user_content_permissions g
                        where g.user_id = who.user_id and g.content_id is not null and g.revoked_at is null
                          and g.starts_at <= (select clock_now()) and (g.ends_at is null or g.ends_at > (select clock_now()))
                      ) as item_effects,
                      -- Farthest first, so that the nearest stands in the end.
                      (select jsonb_object_agg(t.descendant_id, g.effect order by t.depth desc, g.effect)
                         from user_content_permissions g
                         join content_category_paths t on t.ancestor_id = g.category_id
                        where g.user_id = who.user_id and g.category_id is not null and g.revoked_at is null
                          and g.starts_at <= (select clock_now()) and (g.ends_at is null or g.ends_at > (select clock_now()))
                      ) as category_effects,
                      (select jsonb_object_agg(l.content_id, true) from content_unlocks l
                        where l.user_id = who.user_id and l.opens_at > (select clock_now())) as waiting
               offset 0) facts
         where who.deleted_at is null
       ) person
 cross join content_items item
 cross join lateral (
       select coalesce(case when person.item_effects is not null then person.item_effects ->> item.id::text end,
                       case when person.category_effects is not null then person.category_effects ->> item.category_id::text end
              ) as effect
       offset 0) explicit
 where item.deleted_at is null;

create view user_activity_summary as
select u.id as user_id,
       coalesce(l.items_started, 0) as items_started,
       coalesce(l.items_completed, 0) as items_completed,
       coalesce(round(100.0 * l.items_completed / nullif(l.items_started, 0), 1), 0)::float8 as completion_rate,
       coalesce(l.seconds, 0) as seconds,
       l.last_learned_at,
       a.logins_30d,
       a.failed_logins_30d,
       u.last_login_at
  from users u
  left join lateral (
       select count(*) as items_started, count(la.completed_at) as items_completed, sum(la.seconds)::bigint as seconds,
              max(la.last_at) as last_learned_at
         from learning_analytics la where la.user_id = u.id) l on true
  left join lateral (
       select count(*) filter (where t.status = 'success') as logins_30d,
              count(*) filter (where t.status <> 'success') as failed_logins_30d
         from login_attempts t
        where t.user_id = u.id and t.created_at > (select clock_now()) - interval '30 days') a on true
 where u.deleted_at is null;

-- ── materialized views: refreshed concurrently by refresh_analytics(), so that readers never wait ───────────────────────

-- Monthly recurring revenue is what the plan costs, by the month; trials and lifetime plans carry none.
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
           else round(count(s.id) filter (where s.status in ('active', 'past_due')) * p.price_minor
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
              where k.event = 'opened' and k.created_at > (select clock_now()) - interval '30 days'
              group by k.content_id) r on r.content_id = c.id
 where c.deleted_at is null;
create unique index content_popularity_content_key on content_popularity (content_id);
create index content_popularity_views_idx on content_popularity (views desc, content_id desc);
create index content_popularity_recent_idx on content_popularity (views_30d desc, content_id desc);
create index content_popularity_completed_idx on content_popularity (completions desc, content_id desc);
create index content_popularity_rated_idx on content_popularity (coalesce(average_rating, 0) desc, content_id desc);

-- +goose StatementBegin
create function refresh_analytics() returns timestamptz
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    -- A second refresh at the same time would only wait for the first.
    if pg_try_advisory_xact_lock(hashtext('refresh_analytics')) then
        refresh materialized view concurrently public.subscription_metrics;
        refresh materialized view concurrently public.content_popularity;
    end if;
    return clock_now();
end
$$;
-- +goose StatementEnd

-- ── privileges ──────────────────────────────────────────────────────────────────────────────────────────────────────

revoke execute on function keep_prerequisite_count(), keep_content_search(), refresh_analytics() from public;

call grant_to('lyceum_app', 'select, insert, update', 'table payments', 'table content_bodies');
call grant_to('lyceum_app', 'select, insert', 'table subscription_changes', 'table content_consumption');
call grant_to('lyceum_app', 'select, insert, delete', 'table subscription_seats', 'table content_prerequisites', 'table consumption_keys');
call grant_to('lyceum_app', 'select, insert, update, delete', 'table content_unlocks');
call grant_to('lyceum_app', 'select, insert, update', 'table learning_analytics');
call grant_to('lyceum_app', 'select', 'table active_user_subscriptions', 'table user_content_access', 'table user_activity_summary',
    'table subscription_metrics', 'table content_popularity');
call grant_to('lyceum_app', 'execute', 'function refresh_analytics()');
select apply_grants();
