\set viewer random(1, :viewers)
\set page random(0, :pages - 1)
select json_build_object('contentCategories', json_agg(t)) from (
    select k.id, k.name, coalesce(i.items, '[]') as items
      from (select id, name, position from content_categories
             where deleted_at is null
               and (position, id) > ((select position from peer.pages where op = 'q3' and n = :page), (select id from peer.pages where op = 'q3' and n = :page))
             order by position, id limit 20) k
      left join lateral (
           select json_agg(y) as items from (
               select c.id, c.title, c.access_level as "accessLevel", a as access, g as "myProgress"
                 from (select id, title, access_level, published_at from content_items
                        where category_id = k.id and status = 'published' and deleted_at is null and published_at <= (select clock_now())
                        order by published_at desc, id desc limit 10) c
                 left join lateral (select has_access as "hasAccess" from user_content_access
                                     where user_id = (select user_id from peer.viewers where n = :viewer) and content_id = c.id) a on true
                 left join lateral (select progress as percent, completed_at as "completedAt", last_at as "lastAt" from learning_analytics
                                     where user_id = (select user_id from peer.viewers where n = :viewer) and content_id = c.id) g on true
                order by c.published_at desc, c.id desc) y) i on true
     order by k.position, k.id) t;
