\set viewer random(1, :viewers)
\set page random(0, :pages - 1)
with page as materialized (
    select id, name, position from content_categories
     where deleted_at is null
       and (position, id) > ((select position from peer.pages where op = 'q3' and n = :page), (select id from peer.pages where op = 'q3' and n = :page))
     order by position, id limit 20
), items as materialized (
    select c.* from page k
     cross join lateral (select id, title, access_level, published_at, category_id from content_items
                          where category_id = k.id and status = 'published' and deleted_at is null and published_at <= (select clock_now())
                          order by published_at desc, id desc limit 10) c
), access as materialized (
    select content_id, has_access from user_content_access
     where user_id = (select user_id from peer.viewers where n = :viewer) and content_id = any(array(select id from items))
), progress as materialized (
    select content_id, progress, completed_at, last_at from learning_analytics
     where user_id = (select user_id from peer.viewers where n = :viewer) and content_id = any(array(select id from items))
), branches as (
    select category_id, json_agg(y order by published_at desc, id desc) as items from (
        select c.category_id, c.published_at, c.id, y
          from items c
          left join access x on x.content_id = c.id
          left join progress g on g.content_id = c.id
         cross join lateral (select c.id, c.title, c.access_level as "accessLevel", json_build_object('hasAccess', x.has_access) as access,
                                    case when g.content_id is not null then json_build_object('percent', g.progress, 'completedAt', g.completed_at, 'lastAt', g.last_at) end as "myProgress") y) z
     group by category_id
)
select json_build_object('contentCategories', json_agg(t)) from (
    select k.id, k.name, coalesce(b.items, '[]') as items from page k left join branches b on b.category_id = k.id order by k.position, k.id) t;
