select row_to_json(t) from (
    select (select json_agg(m) from (
                select p as plan, s.active_count as "activeCount", s.ended_count as "endedCount", s.revenue_30d_minor as "revenue30dAmount"
                  from subscription_metrics s join subscription_plans l on l.id = s.plan_id
                 cross join lateral (select l.id, l.name) p order by l.position, l.id) m) as "subscriptionMetrics",
           (select json_agg(q) from (
                select p.views, p.learners, p.completions, p.average_rating as "averageRating", c as item
                  from (select content_id, views, learners, completions, average_rating from content_popularity order by views desc, content_id desc limit 100) p
                  left join lateral (select i.id, i.title, k as category from content_items i
                                       join lateral (select name from content_categories where id = i.category_id) k on true where i.id = p.content_id) c on true
                 order by p.views desc, p.content_id desc) q) as "contentPopularity") t;
