\set viewer random(1, :viewers)
\set page random(0, :pages - 1)
select json_build_object('search', coalesce(json_agg(t), '[]')) from (
    select h.id, h.title, h.summary, a as access, k as category
      from (select i.id, i.title, i.summary, i.category_id, x.has_access,
                   round(ts_rank(case when x.has_access then b.search || b.body_search else b.search end, q)::numeric, 6) as rank
              from websearch_to_tsquery('english', (array[:words])[:page + 1]) q
              join content_bodies b on b.search @@ q or b.body_search @@ q
              join content_items i on i.id = b.content_id and i.status = 'published' and i.deleted_at is null and i.published_at <= (select clock_now())
              join user_content_access x on x.content_id = i.id and x.user_id = (select user_id from peer.viewers where n = :viewer)
                   and (x.has_access or b.search @@ q)
             order by 6 desc, i.id desc limit 20) h
      join lateral (select id, name from content_categories where id = h.category_id) k on true
     cross join lateral (select h.has_access as "hasAccess") a
     order by h.rank desc, h.id desc) t;
