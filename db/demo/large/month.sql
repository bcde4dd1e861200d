-- The events of one month (demo.month) become its partition.
select pg_temp.open_month('content_consumption');
insert into demo_month (id, created_at, user_id, content_id, event, progress, position_seconds, seconds, begins_visit)
select k.last + row_number() over (order by e.created_at, e.j, e.progress, e.seconds, e.event), e.created_at, e.user_id, e.content_id, e.event, e.progress, e.position_seconds, e.seconds, e.begins_visit
  from demo_events e cross join (select coalesce(max(id), 0) as last from content_consumption) k
 where e.created_at >= current_setting('demo.month')::date and e.created_at < current_setting('demo.month')::date + interval '1 month';
select pg_temp.close_month('content_consumption', current_setting('demo.month')::date);
