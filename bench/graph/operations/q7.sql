\set viewer random(1, :viewers)
\set page random(0, :pages - 1)
with page as materialized (
    select id, title, published_at from content_items
     where status = 'published' and deleted_at is null and published_at <= (select clock_now())
       and (published_at, id) < ((select at from peer.pages where op = 'q7' and n = :page), (select id from peer.pages where op = 'q7' and n = :page))
     order by published_at desc, id desc limit 50
), access as materialized (
    select content_id, has_access, reason from user_content_access
     where user_id = (select user_id from peer.learners where n = :viewer) and content_id = any(array(select id from page))
), bodies as materialized (
    select content_id, body from content_bodies where content_id = any(array(select content_id from access where has_access))
), shown as (
    select row_number() over (order by p.published_at desc, p.id desc) - 1 as place, p.title, b.body, a.reason, a.has_access
      from page p left join access a on a.content_id = p.id left join bodies b on b.content_id = p.id
)
-- What is refused stands beside the rows, as the errors of an answer of the graph do.
select json_build_object(
    'contentItems', json_agg(json_build_object('title', title, 'body', body, 'access', json_build_object('reason', reason)) order by place),
    'refused', coalesce(json_agg(json_build_object('path', 'contentItems.nodes.' || place || '.body', 'code', 'CONTENT_LOCKED') order by place)
                        filter (where has_access is not true), '[]')) from shown;
