-- What the benchmark adds to a loaded school: whom it asks as, where the pages begin, and, in a schema of its own, the tables
-- as PostGraphile likes them best: plain views with the relations that the product's views and logs do not declare.
set client_min_messages = warning;
drop schema if exists peer cascade;
create schema peer;

-- People who can sign in, some of each kind, the same ones in every run.
create table peer.viewers as
select row_number() over (order by md5(u.id::text))::int as n, u.id as user_id
  from users u where u.account_status = 'active' and u.deleted_at is null and u.created_at < now() - interval '30 days'
 order by md5(u.id::text) limit 200;
alter table peer.viewers add primary key (n);

-- Learners whose plan opens nine of ten items: of those on a plan of the highest level whom some items still lock out (another
-- item comes first, or it was closed for them) the ones for whom the newest thousand items come nearest to that. No staff, which opens all.
create table peer.learners as
with candidates as materialized (
    select u.id from users u
     where u.account_status = 'active' and u.deleted_at is null
       and exists (select from active_user_subscriptions a
                    where a.user_id = u.id and a.access_level = (select max(access_level) from subscription_plans))
       and not exists (select from user_roles ur where ur.user_id = u.id)
     order by md5(u.id::text) limit 400
), newest as materialized (
    select id from content_items where status = 'published' and deleted_at is null and published_at <= now() order by published_at desc, id desc limit 1000
), nearest as (
    select c.id from candidates c
     cross join lateral (select avg(case when a.has_access then 0 else 1 end) as locked from user_content_access a
                          where a.user_id = c.id and a.content_id = any(array(select id from newest))) l
     order by abs(l.locked - 0.1), md5(c.id::text) limit 200
)
select row_number() over (order by md5(id::text))::int as n, id as user_id from nearest;
alter table peer.learners add primary key (n);

-- Where the pages of an operation begin: after the row with this key. The first begins before everything.
create table peer.pages (op text, n int, at timestamptz, position int, id uuid, primary key (op, n));
insert into peer.pages
select op, p, case when p = 0 then 'infinity' else i.published_at end, 0, coalesce(i.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  from unnest(array['q2', 'q7']) op cross join generate_series(0, 19) p
  left join lateral (select published_at, id from content_items
                      where status = 'published' and deleted_at is null and published_at <= now()
                      order by published_at desc, id desc offset greatest(p * 50 - 1, 0) limit 1) i on p > 0
 where p = 0 or i.id is not null;
insert into peer.pages
select 'q3', p, null, coalesce(k.position, -1), coalesce(k.id, '00000000-0000-0000-0000-000000000000')
  from generate_series(0, 9) p
  left join lateral (select position, id from content_categories where deleted_at is null order by position, id offset greatest(p * 20 - 1, 0) limit 1) k on p > 0
 where p = 0 or k.id is not null;
insert into peer.pages
select 'q6', p, case when p = 0 then 'infinity' else u.created_at end, 0, coalesce(u.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  from generate_series(0, 9) p
  left join lateral (select created_at, id from users where deleted_at is null order by created_at desc, id desc offset greatest(p * 100 - 1, 0) limit 1) u on p > 0
 where p = 0 or u.id is not null;
delete from peer.pages p where p.op = 'q3' and p.n > (select (count(*) - 1) / 20 from content_categories where deleted_at is null);
analyze peer.viewers, peer.learners, peer.pages;
comment on table peer.viewers is '@omit';
comment on table peer.learners is '@omit';
comment on table peer.pages is '@omit';

create view peer.people as select id, email::text, username::text, first_name, last_name, account_status, created_at from users where deleted_at is null;
comment on view peer.people is '@primaryKey id';

create view peer.plans as select id, name, access_level, price_minor, currency, billing_cycle from subscription_plans;
comment on view peer.plans is '@primaryKey id';

create view peer.holdings as
select user_id, subscription_id, holding, status, current_period_end, access_level, plan_id from active_user_subscriptions;
comment on view peer.holdings is E'@primaryKey user_id,subscription_id\n'
    '@foreignKey (user_id) references peer.people (id)|@foreignFieldName holdings\n@foreignKey (plan_id) references peer.plans (id)|@fieldName plan';

create view peer.roles_in_force as
select ur.user_id, r.id as role_id, r.name from user_roles ur join roles r on r.id = ur.role_id where ur.expires_at is null or ur.expires_at > now();
comment on view peer.roles_in_force is E'@primaryKey user_id,role_id\n@foreignKey (user_id) references peer.people (id)|@foreignFieldName roles';

create view peer.categories as select id, slug, name, position from content_categories where deleted_at is null;
comment on view peer.categories is '@primaryKey id';

create view peer.items as
select id, category_id, author_id, title, summary, kind, access_level, duration_seconds, published_at
  from content_items where status = 'published' and deleted_at is null and published_at <= now();
comment on view peer.items is E'@primaryKey id\n@foreignKey (category_id) references peer.categories (id)|@fieldName category|@foreignFieldName items\n'
    '@foreignKey (author_id) references peer.people (id)|@fieldName author|@foreignFieldName written';

create view peer.library as select id, category_id, title from content_items where deleted_at is null;
comment on view peer.library is E'@primaryKey id\n@foreignKey (category_id) references peer.categories (id)|@fieldName category|@foreignFieldName library';

create view peer.access as select user_id, content_id, has_access from user_content_access;
comment on view peer.access is E'@primaryKey user_id,content_id\n@foreignKey (content_id) references peer.items (id)|@fieldName item|@foreignFieldName access';

-- The decision and what it opens in one row, so that one relation answers both.
create view peer.readings as
select a.user_id, a.content_id, a.reason, case when a.has_access then b.body end as body
  from user_content_access a left join content_bodies b on b.content_id = a.content_id;
comment on view peer.readings is E'@primaryKey user_id,content_id\n@foreignKey (content_id) references peer.items (id)|@fieldName item|@foreignFieldName readings';

create view peer.progress as select user_id, content_id, progress, completed_at, last_at from learning_analytics;
comment on view peer.progress is E'@primaryKey user_id,content_id\n@foreignKey (content_id) references peer.items (id)|@fieldName item|@foreignFieldName progress';

create view peer.popularity as select content_id, views, learners, completions, average_rating from content_popularity;
comment on view peer.popularity is E'@primaryKey content_id\n@foreignKey (content_id) references peer.items (id)|@fieldName published|@foreignFieldName popularity\n'
    '@foreignKey (content_id) references peer.library (id)|@fieldName item|@foreignFieldName popularity';

create view peer.metrics as
select m.plan_id, p.position, m.active_count, m.ended_count, m.revenue_30d_minor from subscription_metrics m join subscription_plans p on p.id = m.plan_id;
comment on view peer.metrics is E'@primaryKey plan_id\n@foreignKey (plan_id) references peer.plans (id)|@fieldName plan';

create view peer.consumption as select id, created_at, user_id, content_id, progress from content_consumption;
comment on view peer.consumption is E'@primaryKey created_at,id\n@foreignKey (user_id) references peer.people (id)|@fieldName person|@foreignFieldName consumption\n'
    '@foreignKey (content_id) references peer.library (id)|@fieldName item|@foreignFieldName consumption';

-- The product's own search as one function: what everyone may read, best first, then what stands in bodies that the viewer may
-- open. A hit knows whether she may; the second part is not begun when the first fills the page.
create view peer.hits as select id, category_id, title, summary, true as has_access from peer.items;
comment on view peer.hits is E'@omit all,order,filter\n@primaryKey id\n@foreignKey (category_id) references peer.categories (id)|@fieldName category|@foreignFieldName hits';
create function peer.search_items(q text, viewer uuid) returns setof peer.hits language sql stable as $$
    (select i.id, i.category_id, i.title, i.summary, a.has_access
       from (select b.content_id, ts_rank(b.search, t) as rank from websearch_to_tsquery('english', q) t join content_bodies b on b.search @@ t
              order by 2 desc, 1 desc offset 0) h
      cross join lateral (select i.* from peer.items i where i.id = h.content_id offset 0) i
      cross join lateral (select has_access from user_content_access a where a.content_id = i.id and a.user_id = viewer offset 0) a
      limit 100)
    union all
    (select i.id, i.category_id, i.title, i.summary, true
       from (select b.content_id from websearch_to_tsquery('english', q) t join content_bodies b on b.body_search @@ t and not b.search @@ t
              order by b.content_id desc offset 0) b
      cross join lateral (select i.* from peer.items i where i.id = b.content_id offset 0) i
      cross join lateral (select from user_content_access a where a.content_id = b.content_id and a.user_id = viewer and a.has_access offset 0) a
      limit 100)
$$;
