-- Items: of all kinds and levels, published over three years, more of them every month. Those of catalogue.sql come first.

create temp table demo_items on commit drop as
with seats as (
    -- The leaves and the middle of the tree hold the items, some more than others.
    select n, row_number() over (order by n)::int as place, count(*) over ()::int as places, field from demo_categories where level > 1
), authors as (
    select array_agg(ur.user_id order by ur.user_id) as ids from user_roles ur join roles r on r.id = ur.role_id and r.name = 'editor'
), had as (
    select count(*)::int as lessons from content_items
)
select i as n, had.lessons, s.n as category, s.field,
       date_trunc('hour', (select clock_now()) - interval '1090 days' * (1 - sqrt((i - pg_temp.dice(40, i)) / nullif(current_setting('demo.items')::int - had.lessons, 0))) - interval '1 hour')
           - interval '1 minute' * pg_temp.pick(41, i, 55) as made,
       case when pg_temp.dice(42, i) < 0.04 then 'draft' when pg_temp.dice(42, i) < 0.052 then 'archived' else 'published' end as status,
       pg_temp.dice(42, i) > 0.994 as announced,
       (array['lesson', 'lesson', 'lesson', 'lesson', 'video', 'video', 'notebook', 'notebook', 'dataset', 'module', 'course'])[pg_temp.pick(43, i, 11)] as kind,
       (array[0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3])[pg_temp.pick(44, i, 20)] as level,
       f.topics[pg_temp.pick(45, i, 5)] as topic, f.topics[pg_temp.pick(46, i, 5)] as other, lower(f.name) as area,
       (array['en', 'en', 'en', 'en', 'en', 'en', 'en', 'en', 'en', 'en', 'de', 'es', 'fr'])[pg_temp.pick(47, i, 13)] as language,
       a.ids[pg_temp.pick(48, i, cardinality(a.ids))] as author_id, null::uuid as id
  from had cross join authors a
 cross join generate_series(1, current_setting('demo.items')::int - had.lessons) i
  join seats s on s.place = 1 + floor(pg_temp.dice(49, i) ^ 1.3 * s.places)::int
  join demo_fields f on f.n = s.field;
update demo_items set id = pg_temp.made_id('item', n::text, made);
create unique index on demo_items (n);
analyze demo_items;

alter table content_items disable trigger content_items_search; -- until bodies.sql has written what it would
insert into content_items (id, category_id, author_id, slug, title, summary, preview, summary_is_authored, preview_is_authored, kind, status, access_level, duration_seconds,
    language, tags, published_at, created_at)
select i.id, c.id, i.author_id, lower(regexp_replace(i.topic, '[^a-zA-Z0-9]+', '-', 'g')) || '-' || i.kind || '-' || i.n, w.title,
       case i.language
           when 'de' then format('Was %s leisten, was sie kosten und wo sie versagen.', i.topic)
           when 'es' then format('Qué aportan %s, cuánto cuestan y dónde fallan.', i.topic)
           when 'fr' then format('Ce que font %s, ce que cela coûte et où cela échoue.', i.topic)
           else format((array['What %1$s are good for, what they cost, and where they fail.', 'A working picture of %1$s, and the one mistake that everybody makes with %2$s.',
                'Build %1$s by hand, then compare them with %2$s on real data.', 'How %1$s changed %3$s, told by a team that ran them for a year.',
                'Measure %1$s before you trust them; a checklist for %3$s.', 'From a blank page to %1$s that hold up beside %2$s.'])[pg_temp.pick(50, i.n, 6)], i.topic, i.other, i.area)
       end,
       format((array['Everybody talks about %1$s; here is how they work.', 'Start from a small example of %1$s and change one thing at a time.',
            'You have met %2$s already. This part puts %1$s beside them.', 'Three figures tell most of the story of %1$s.'])[pg_temp.pick(51, i.n, 4)], i.topic, i.other),
       true, true, i.kind, i.status, i.level,
       60 * case i.kind when 'course' then 240 + pg_temp.pick(52, i.n, 600) when 'module' then 60 + pg_temp.pick(52, i.n, 120) when 'dataset' then 5 + pg_temp.pick(52, i.n, 10)
                        else 4 + pg_temp.pick(52, i.n, 40) end,
       i.language, array[split_part(i.topic, ' ', 1), split_part(i.area, ' ', 1), (array['basics', 'practice', 'advanced', 'research', 'tools'])[pg_temp.pick(53, i.n, 5)]],
       case when i.status = 'draft' then null when i.announced then (select clock_now()) + pg_temp.pick(54, i.n, 30) * interval '1 day' else i.made + interval '20 hours' end, i.made
  from demo_items i
  join content_categories c on c.id = pg_temp.made_id('category', i.category::text, (select clock_now()) - interval '1100 days')
 cross join lateral (
       select case i.language
                  when 'de' then format('%s, Schritt für Schritt', initcap(i.topic))
                  when 'es' then format('%s paso a paso', initcap(i.topic))
                  when 'fr' then format('%s, pas à pas', initcap(i.topic))
                  else format((array['%1$s, step by step', 'Why %1$s work', '%1$s and %2$s compared', 'A field guide to %1$s', 'Debugging %1$s', '%1$s under the hood', 'The limits of %1$s',
                       'Practical %1$s', '%1$s in production', 'Reading papers on %1$s', 'An evening with %1$s', 'When %1$s meet %2$s'])[pg_temp.pick(55, i.n, 12)], initcap(left(i.topic, 1)) || substr(i.topic, 2), i.other)
              end || case when pg_temp.dice(56, i.n) < 0.3 then ', part ' || pg_temp.pick(57, i.n, 6) else '' end as title) w
 order by i.n;
