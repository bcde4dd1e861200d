-- What goes beyond plans: prerequisites, grants and denials on items and on branches, and courses that open day by day.

-- One item in ten asks for an older one of its branch, a few for two. The arrow points back in time, so there is no circle.
insert into content_prerequisites (content_id, required_id)
select i.id, r.id
  from demo_items i
 cross join generate_series(1, 2) k
 cross join lateral (
       select o.id from demo_items o
        where o.category = i.category and o.n < i.n and o.status = 'published' and not o.announced
        order by o.n desc offset k - 1 limit 1) r
 where i.status = 'published' and i.kind <> 'dataset' and pg_temp.dice(100, i.n) < case k when 1 then 0.10 else 0.015 end
 order by i.n, k;

create temp table demo_targets on commit drop as
select p.n, p.id as user_id, k, p.n * 8::bigint + k as number
  from demo_people p cross join generate_series(0, 3) k
 where p.n > 21 and p.status <> 'pending' and pg_temp.dice(101, p.n * 8::bigint + k) < case k when 3 then 0.12 else 0.4 end;

insert into user_content_permissions (id, user_id, content_id, category_id, effect, starts_at, ends_at, granted_by, reason, created_at, revoked_at, revoked_by)
select pg_temp.made_id('permission', t.number::text, d.at), t.user_id, case when t.k < 3 then i.id end, case when t.k = 3 then c.id end, e.effect,
       case when pg_temp.dice(106, t.number) < 0.05 then (select clock_now()) + interval '9 days' else d.at end,
       case when pg_temp.dice(106, t.number) > 0.8 then d.at + interval '30 days' when pg_temp.dice(106, t.number) > 0.5 then (select clock_now()) + interval '90 days' end,
       a.id, case e.effect when 'allow' then (array['Won it in a quiz', 'Goodwill after an outage', 'Workshop guest', 'Preview'])[pg_temp.pick(107, t.number, 4)]
                           else (array['Shared the answers', 'Under review', 'Asked not to see it'])[pg_temp.pick(107, t.number, 3)] end,
       d.at, case when pg_temp.dice(108, t.number) < 0.08 then d.at + interval '4 days' end, case when pg_temp.dice(108, t.number) < 0.08 then a.id end
  from demo_targets t
 cross join (select id from users where email = 'admin@demo.test') a
 cross join (select count(*) as items from demo_items) x
 cross join (select count(*) as categories from demo_categories) y
 cross join lateral (select case when pg_temp.dice(102, t.number) < 0.12 then 'deny' else 'allow' end as effect,
                            (select clock_now()) - interval '5 days' - pg_temp.pick(103, t.number, 300) * interval '1 day' as at) e0
 cross join lateral (select e0.effect) e
 cross join lateral (select e0.at + pg_temp.pick(109, t.number, 86000) * interval '1 second' as at) d
  left join demo_items i on t.k < 3 and i.n = pg_temp.pick(104, t.number, x.items)
  left join content_categories c on t.k = 3 and c.id = pg_temp.made_id('category', pg_temp.pick(105, t.number, y.categories)::text, (select clock_now()) - interval '1100 days')
 where i.id is not null or c.id is not null
 order by d.at, t.number;

-- One person in fifty takes a course: up to 25 items of one branch, one a day, some of them still to open.
insert into content_unlocks (user_id, content_id, opens_at)
select p.id, i.id, date_trunc('day', (select clock_now())) + (i.day - 12) * interval '1 day' + interval '7 hours'
  from (select *, pg_temp.pick(111, n, (select max(n) from demo_categories)) as category from demo_people where n > 21 and status = 'active' and pg_temp.dice(110, n) < 0.02) p
  join (select id, category, row_number() over (partition by category order by n) as day from demo_items where status = 'published' and not announced) i
    on i.category = p.category and i.day <= 25
 order by p.n, i.day;
analyze content_items, content_bodies, content_categories, content_category_paths, content_prerequisites, user_content_permissions, content_unlocks;
