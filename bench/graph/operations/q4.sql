\set viewer random(1, :viewers)
\set page random(0, :pages - 1)
with hits as materialized (
    -- What everyone may read, best first; then, until there are twenty, what stands in bodies that the viewer may open.
    (select h.content_id as id, row_number() over () as place
       from (select b.content_id, ts_rank(b.search, q) as rank from websearch_to_tsquery('english', (array[:words])[:page + 1]) q
               join content_bodies b on b.search @@ q order by 2 desc, 1 desc offset 0) h
      cross join lateral (select from content_items i where i.id = h.content_id and i.status = 'published' and i.deleted_at is null
                             and i.published_at <= (select clock_now()) offset 0) i
      limit 20)
    union all
    (select b.content_id, 1000 + row_number() over ()
       from (select b.content_id from websearch_to_tsquery('english', (array[:words])[:page + 1]) q
               join content_bodies b on b.body_search @@ q and not b.search @@ q order by b.content_id desc offset 0) b
      cross join lateral (select from content_items i where i.id = b.content_id and i.status = 'published' and i.deleted_at is null
                             and i.published_at <= (select clock_now()) offset 0) i
      cross join lateral (select from user_content_access a where a.content_id = b.content_id and a.has_access
                             and a.user_id = (select user_id from peer.viewers where n = :viewer) offset 0) a)
    limit 20
), access as materialized (
    select content_id, has_access from user_content_access
     where user_id = (select user_id from peer.viewers where n = :viewer) and content_id = any(array(select id from hits))
)
select json_build_object('search', coalesce(json_agg(t), '[]')) from (
    select i.id, i.title, i.summary, a as access, k as category
      from hits h
      join lateral (select id, title, summary, category_id from content_items where id = h.id) i on true
      join lateral (select id, name from content_categories where id = i.category_id) k on true
      left join lateral (select has_access as "hasAccess" from access where content_id = h.id) a on true
     order by h.place) t;
