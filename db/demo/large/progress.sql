-- Where everyone stands: what the events add up to. Two in five of those who finished said how they liked it.
insert into learning_analytics (user_id, content_id, progress, seconds, position_seconds, position_at, opens, score, rating, started_at, last_at, completed_at)
select g.user_id, g.content_id, e.progress, e.seconds, e.position, e.last, e.opens,
       case when e.completed is not null and pg_temp.dice(140, g.j) < 0.5 then 55 + floor(45 * sqrt(pg_temp.dice(141, g.j))) end,
       case when e.completed is not null and pg_temp.dice(142, g.j) < 0.4 then least(5, greatest(1, round(g.quality + 2 * pg_temp.dice(143, g.j) - 0.9))) end,
       e.started, e.last, e.completed
  from (select j, max(progress) as progress, sum(seconds) as seconds, max(position_seconds) as position, count(*) filter (where begins_visit) as opens,
               min(created_at) as started, max(created_at) as last, min(created_at) filter (where progress = 100) as completed
          from demo_events group by j) e
  join demo_journeys g on g.j = e.j
 order by e.started, g.j;
select setval(pg_get_serial_sequence('content_consumption', 'id'), coalesce(max(id), 0) + 1, false) from content_consumption;
analyze learning_analytics, content_consumption;
