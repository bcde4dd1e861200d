-- The lessons, from current_setting('demo.catalogue'): {"categories": [...], "lessons": [...]} as demo.go reads them.

insert into content_categories (id, parent_id, slug, name, summary, position)
select pg_temp.named_id('category', c.slug), null, c.slug, c.title, c.summary, c.n
  from jsonb_to_recordset(current_setting('demo.catalogue')::jsonb -> 'categories') c (slug text, parent text, title text, summary text, n int)
 where c.parent = '';
insert into content_categories (id, parent_id, slug, name, summary, position)
select pg_temp.named_id('category', c.slug), p.id, c.slug, c.title, c.summary, c.n
  from jsonb_to_recordset(current_setting('demo.catalogue')::jsonb -> 'categories') c (slug text, parent text, title text, summary text, n int)
  join content_categories p on p.slug = c.parent;

insert into content_items (id, category_id, author_id, slug, title, summary, preview, summary_is_authored, preview_is_authored, kind, status, access_level, duration_seconds,
    tags, published_at, created_at)
select pg_temp.named_id('item', l.slug), k.id, (select id from users where email = 'editor@demo.test'), l.slug, l.title, l.summary, l.preview, true, true, l.kind, 'published', l.level, l.minutes * 60,
       array(select jsonb_array_elements_text(l.tags)), (select clock_now()) - (400 - l.n * 8) * interval '1 day', (select clock_now()) - (402 - l.n * 8) * interval '1 day'
  from jsonb_to_recordset(current_setting('demo.catalogue')::jsonb -> 'lessons') l (slug text, title text, summary text, preview text, kind text, level int, minutes int, tags jsonb, category text, n int)
  join content_categories k on k.slug = l.category;
update content_bodies b set body = l.body
  from jsonb_to_recordset(current_setting('demo.catalogue')::jsonb -> 'lessons') l (slug text, body text), content_items i
 where i.slug = l.slug and b.content_id = i.id;
insert into content_prerequisites (content_id, required_id)
select i.id, needed.id
  from jsonb_to_recordset(current_setting('demo.catalogue')::jsonb -> 'lessons') l (slug text, requires jsonb)
 cross join jsonb_array_elements_text(l.requires) r (slug)
  join content_items i on i.slug = l.slug
  join content_items needed on needed.slug = r.slug;

-- A draft, one that is announced and one that was taken back: visible to editors alone.
insert into content_items (id, category_id, author_id, slug, title, summary, preview, summary_is_authored, preview_is_authored, kind, status, access_level, duration_seconds, published_at)
select pg_temp.named_id('item', v.slug), k.id, u.id, v.slug, v.title, 'Not for everyone yet.', '', true, true, 'lesson', v.status, 2, 600, v.published_at
  from (values ('a-draft-on-world-models', 'World models (draft)', 'draft', null::timestamptz),
               ('next-months-lesson', 'A lesson for next month', 'published', (select clock_now()) + interval '20 days'),
               ('an-archived-lesson', 'A lesson that was taken back', 'archived', (select clock_now()) - interval '300 days')) v (slug, title, status, published_at)
 cross join (select id from content_categories where parent_id is not null order by position limit 1) k
 cross join (select id from users where email = 'editor@demo.test') u;

-- Grants and denials, on items and on branches; a lesson that opens in three days.
insert into user_content_permissions (id, user_id, content_id, category_id, effect, starts_at, ends_at, granted_by, reason)
select pg_temp.named_id('permission', v.email || v.target), u.id, i.id, k.id, v.effect, (select clock_now()) - interval '10 days', v.ends_at, a.id, v.reason
  from (values
    ('free@demo.test', 'item', 'allow', (select clock_now()) + interval '80 days', 'Won it in the spring quiz'),
    ('denied@demo.test', 'item', 'deny', null::timestamptz, 'Shared the answers of the exercise'),
    ('basic@demo.test', 'branch', 'allow', (select clock_now()) + interval '30 days', 'Preview of a branch'),
    ('denied@demo.test', 'branch', 'deny', null, 'Under review')) v (email, target, effect, ends_at, reason)
  join users u on u.email = v.email
 cross join (select id from users where email = 'admin@demo.test') a
  left join lateral (select id from content_items where access_level = case v.effect when 'allow' then 3 else 0 end and status = 'published'
                      and prerequisite_count = 0 order by slug limit 1) i on v.target = 'item'
  left join lateral (select id from content_categories where parent_id is null order by position desc limit 1) k on v.target = 'branch';
insert into content_unlocks (user_id, content_id, opens_at)
select u.id, i.id, (select clock_now()) + interval '3 days'
  from users u cross join lateral (select id from content_items where access_level = 3 and prerequisite_count = 0 and status = 'published' order by slug desc limit 1) i
 where u.email = 'pro@demo.test';
