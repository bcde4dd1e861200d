-- A school of a believable large size, for timing the access decision. Fills a migrated database that holds no people
-- yet, in about a minute: go run ./bench/access -make -url …, or psql -v ON_ERROR_STOP=1 -f world.sql. Needs a superuser.
--
-- Always the same rows with the same ids; only the dates move: they count from the day of loading, so that the world does
-- not grow old. Three people are worth knowing:
--   42,000   ordinary: a monthly plan, three grants, one course, 30 items begun
--   100,000  heavy: 240 item grants and 60 category grants, all in force, a better plan, one course
--   visitor  the all-zero id, who is in no table
--
-- Each statement ends with a semicolon at the end of a line; main.go splits the file there.

begin;

-- No triggers, no foreign key checks: what triggers keep (paths, search, prerequisite_count) is written here by hand.
set local session_replication_role = replica;

-- The ids: kind and number in hexadecimal, 0000000K-0000-7000-8000-NNNNNNNNNNNN.
create function pg_temp.id(kind integer, n bigint) returns uuid language sql immutable as
    $$ select (lpad(to_hex(kind), 8, '0') || '000070008000' || lpad(to_hex(n), 12, '0'))::uuid $$;
create function pg_temp.person(n bigint) returns uuid language sql immutable as $$ select pg_temp.id(1, n) $$;
create function pg_temp.plan(n bigint) returns uuid language sql immutable as $$ select pg_temp.id(2, n) $$;
create function pg_temp.subscription(n bigint) returns uuid language sql immutable as $$ select pg_temp.id(3, n) $$;
create function pg_temp.category(n bigint) returns uuid language sql immutable as $$ select pg_temp.id(4, n) $$;
create function pg_temp.item(n bigint) returns uuid language sql immutable as $$ select pg_temp.id(5, n) $$;
create function pg_temp.given(n bigint) returns uuid language sql immutable as $$ select pg_temp.id(6, n) $$;

-- 100,000 people; one in a hundred is suspended, the first hundred write content and so see everything.
insert into users (id, email, username, first_name, account_status, created_at, updated_at)
select pg_temp.person(n), 'user' || n || '@example.test', 'user' || n, 'User ' || n,
       case when n % 100 = 99 then 'suspended' else 'active' end, current_date - 500, current_date - 500
  from generate_series(1, 100000) n;

insert into user_roles (user_id, role_id, granted_at)
select pg_temp.person(n), r.id, current_date - 500 from generate_series(1, 100) n join roles r on r.name = 'editor';

insert into subscription_plans (id, slug, name, access_level, price_minor, billing_cycle, seats, position) values
    (pg_temp.plan(1), 'basic', 'Basic', 2, 900, 'monthly', 1, 1),
    (pg_temp.plan(2), 'pro', 'Pro', 3, 2900, 'monthly', 1, 2),
    (pg_temp.plan(3), 'pro-yearly', 'Pro, yearly', 3, 29000, 'yearly', 1, 3),
    (pg_temp.plan(4), 'team', 'Team', 3, 19000, 'monthly', 11, 4);

-- 60,000 subscriptions, of the people from 40,001 on; the first thousand are teams. Of nineteen one is canceled but
-- paid for ten more days, one is overdue, one expired a month ago and one is on trial.
insert into user_subscriptions (id, user_id, plan_id, status, seats, started_at, current_period_start, current_period_end,
                                access_until, ended_at, created_at, updated_at)
select pg_temp.subscription(n), pg_temp.person(n), pg_temp.plan(case when n <= 41000 then 4 when n % 3 = 0 then 1 when n % 3 = 1 then 2 else 3 end),
       s.status, case when n <= 41000 then 11 else 1 end, current_date - 200, least(current_date - 20, s.access_until - interval '30 days'),
       s.access_until, s.access_until, case when s.status = 'expired' then s.access_until end, current_date - 200, current_date - 20
  from generate_series(40001, 100000) n
 cross join lateral (select case n % 19 when 0 then 'canceled' when 1 then 'past_due' when 2 then 'expired' when 3 then 'trialing'
                                        else 'active' end as status,
                            current_date::timestamptz + case n % 19 when 2 then -30 else 10 + n % 19 * 20 end * interval '1 day' as access_until) s;

-- 10,000 seats: ten in each team, for the people from 30,001 to 40,000.
insert into subscription_seats (subscription_id, user_id, created_at)
select pg_temp.subscription(40001 + (n - 30001) / 10), pg_temp.person(n), current_date - 100 from generate_series(30001, 40000) n;

-- 200 categories: 20 at the top, 80 below them, 100 below those.
insert into content_categories (id, parent_id, slug, name, position)
select pg_temp.category(n), case when n > 100 then pg_temp.category(21 + n % 80) when n > 20 then pg_temp.category(1 + n % 20) end,
       'category-' || n, 'Category ' || n, n
  from generate_series(1, 200) n;

insert into content_category_paths (ancestor_id, descendant_id, depth)
with recursive path (ancestor_id, descendant_id, depth) as (
    select c.id, c.id, 0 from content_categories c
    union all
    select c.parent_id, p.descendant_id, p.depth + 1
      from path p join content_categories c on c.id = p.ancestor_id where c.parent_id is not null)
select ancestor_id, descendant_id, depth from path;

-- 10,000 items, fifty in each category and of each access level about as many. One came out per hour; the last twenty
-- are due in two days. One in 25 is a draft, one in 500 archived.
insert into content_items (id, category_id, author_id, slug, title, summary, preview, kind, status, access_level,
                           duration_seconds, tags, published_at, created_at, updated_at, summary_is_authored, preview_is_authored)
select pg_temp.item(n), pg_temp.category(1 + n % 200), pg_temp.person(1 + n % 100), 'item-' || n, 'Item ' || n || ': ' || t.topic,
       'What ' || t.topic || ' are good for, and what they cost', 'Everybody talks about ' || t.topic || '; here is how they work.',
       (array['lesson', 'lesson', 'lesson', 'notebook', 'video', 'module', 'course'])[1 + n % 7],
       case when n % 25 = 7 then 'draft' when n % 500 = 3 then 'archived' else 'published' end,
       (n + n / 200) % 4, 60 * (5 + n % 55), array['ai', split_part(t.topic, ' ', 1)],
       case when n % 25 <> 7 then current_date + (n - 9980) * interval '1 hour' + case when n > 9980 then interval '2 days' else '0' end end,
       current_date - 420, current_date - 420, true, true
  from generate_series(1, 10000) n
 cross join lateral (select (array['transformers', 'diffusion models', 'reward models', 'embeddings', 'agents', 'prompts'])[1 + n % 6] as topic) t;

insert into content_bodies (content_id, body, search, body_search)
select c.id, b.body, content_document(c.title, c.summary, c.preview), body_document(b.body)
  from content_items c
 cross join lateral (select c.title || '. ' || repeat('Gradients flow back through the layers while attention weighs the words. ', 30) as body) b;

-- 1,000 prerequisites: 900 items ask for the one before them, 100 of those for the one before that as well.
insert into content_prerequisites (content_id, required_id)
select pg_temp.item(n * 10 + 1), pg_temp.item(n * 10) from generate_series(1, 900) n
union all
select pg_temp.item(n * 90 + 1), pg_temp.item(n * 90 - 1) from generate_series(1, 100) n;

update content_items c set prerequisite_count = q.n
  from (select content_id, count(*) as n from content_prerequisites group by content_id) q where q.content_id = c.id;

-- 200,000 grants. On items, for everyone but the heavy person: every tenth denies, every thirteenth was revoked; of
-- seven two are over, two will end, one is still to begin.
insert into user_content_permissions (id, user_id, content_id, effect, starts_at, ends_at, created_at, revoked_at)
select pg_temp.given(n), pg_temp.person(1 + n % 99999), pg_temp.item(1 + (n::bigint * 7919 + n / 100000 * 31) % 10000),
       case when n % 10 = 0 then 'deny' else 'allow' end,
       current_date + case when n % 7 = 6 then 20 else -100 end,
       case when n % 7 < 2 then current_date - 10 when n % 7 < 4 then current_date + 300 end,
       current_date - 100, case when n % 13 = 0 then current_date - 50 end
  from generate_series(1, 180000) n;

insert into user_content_permissions (id, user_id, category_id, effect, starts_at, created_at, revoked_at)
select pg_temp.given(180000 + n), pg_temp.person(n * 5), pg_temp.category(1 + n % 200), case when n % 7 = 0 then 'deny' else 'allow' end,
       current_date - 100, current_date - 100, case when n % 13 = 0 then current_date - 50 end
  from generate_series(1, 19700) n;

-- The heavy person's, all in force.
insert into user_content_permissions (id, user_id, content_id, effect, starts_at, created_at)
select pg_temp.given(199700 + n), pg_temp.person(100000), pg_temp.item(n * 33), case when n % 10 = 0 then 'deny' else 'allow' end,
       current_date - 100, current_date - 100
  from generate_series(1, 240) n;

insert into user_content_permissions (id, user_id, category_id, effect, starts_at, created_at)
select pg_temp.given(199940 + n), pg_temp.person(100000), pg_temp.category(n * 3), case when n % 7 = 0 then 'deny' else 'allow' end,
       current_date - 100, current_date - 100
  from generate_series(1, 60) n;

-- 50,000 unlocks: every hundredth person takes a course of 50 items, one a day; half of them are open by now.
insert into content_unlocks (user_id, content_id, opens_at)
select pg_temp.person(n * 100), pg_temp.item(1 + (n * 50 + day) % 10000), current_date - 25 + day
  from generate_series(1, 1000) n cross join generate_series(1, 50) day;

-- 3,000,000 progress rows: everyone has begun 30 items and completed ten of them. In the order of time, not of people,
-- so that a person's rows lie far apart, as they do in life.
insert into learning_analytics (user_id, content_id, progress, seconds, opens, started_at, last_at, completed_at)
select pg_temp.person(1 + n % 100000), pg_temp.item(1 + (n::bigint * 31 + n / 100000 * 977) % 10000),
       case when n % 3 = 0 then 100 else n % 100 end, n % 3600, 1 + n % 5,
       t.at, t.at, case when n % 3 = 0 then t.at end
  from generate_series(0, 2999999) n cross join lateral (select current_date - 365 + n * interval '10 seconds' as at) t;

commit;

vacuum analyze;
