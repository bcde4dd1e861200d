\set viewer random(1, :viewers)
\set page random(0, :pages - 1)
select json_build_object('contentItems', json_agg(t)) from (
    select c.id, c.title, c.kind, c.access_level as "accessLevel", c.duration_seconds as "durationSeconds", c.published_at as "publishedAt",
           k as category, w as author, a as access, p as popularity
      from (select id, title, kind, access_level, duration_seconds, published_at, category_id, author_id from content_items
             where status = 'published' and deleted_at is null and published_at <= (select clock_now())
               and (published_at, id) < ((select at from peer.pages where op = 'q2' and n = :page), (select id from peer.pages where op = 'q2' and n = :page))
             order by published_at desc, id desc limit 50) c
      join lateral (select id, name, slug from content_categories where id = c.category_id) k on true
      left join lateral (select id, username from users where id = c.author_id) w on true
      left join lateral (select has_access as "hasAccess" from user_content_access
                          where user_id = (select user_id from peer.viewers where n = :viewer) and content_id = c.id) a on true
      left join lateral (select views, learners, average_rating as "averageRating" from content_popularity where content_id = c.id) p on true
     order by c.published_at desc, c.id desc) t;
