\set viewer random(1, :viewers)
\set page random(0, :pages - 1)
with page as materialized (
    select id, title, kind, access_level, duration_seconds, published_at, category_id, author_id from content_items
     where status = 'published' and deleted_at is null and published_at <= (select clock_now())
       and (published_at, id) < ((select at from peer.pages where op = 'q2' and n = :page), (select id from peer.pages where op = 'q2' and n = :page))
     order by published_at desc, id desc limit 50
), access as materialized (
    -- All at once: the view works the person out once a scan.
    select content_id, has_access from user_content_access
     where user_id = (select user_id from peer.viewers where n = :viewer) and content_id = any(array(select id from page))
), popularity as materialized (
    select content_id, views, learners, average_rating from content_popularity where content_id = any(array(select id from page))
)
select json_build_object('contentItems', json_agg(t)) from (
    select c.id, c.title, c.kind, c.access_level as "accessLevel", c.duration_seconds as "durationSeconds", c.published_at as "publishedAt",
           k as category, w as author, a as access, p as popularity
      from page c
      join lateral (select id, name, slug from content_categories where id = c.category_id) k on true
      left join lateral (select id, username from users where id = c.author_id) w on true
      left join lateral (select has_access as "hasAccess" from access where content_id = c.id) a on true
      left join lateral (select views, learners, average_rating as "averageRating" from popularity where content_id = c.id) p on true
     order by c.published_at desc, c.id desc) t;
