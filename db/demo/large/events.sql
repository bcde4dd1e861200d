-- Events, a tenth of the journeys at a time (demo.part): sittings of three events, some days apart. A visit begins after half an
-- hour without one.
insert into demo_events
select j, user_id, content_id, created_at, case when done then 'completed' when begins_visit then 'opened' else 'progressed' end, progress, position_seconds,
       case when begins_visit and not done then 0 else seconds end, begins_visit
  from (select t.*, coalesce(t.created_at - lag(t.created_at) over (partition by t.j order by t.created_at, t.i) > interval '30 minutes', true) as begins_visit
          from (select g.j, g.user_id, g.content_id, i, g.done and i = g.c - 1 as done,
                       g.day + g.hour + case
                           when g.c > 12 then ((select clock_now()) - interval '1 hour' - g.day - g.hour) * (i / g.c::float8)
                           when g.spare = 0 then i * interval '5 minutes'
                           else i / 3 * least(g.gap, g.spare) * interval '1 day' + i % 3 * (4 + g.gap) * interval '1 minute' end as created_at,
                       e.progress, (e.progress * g.seconds / 100)::int as position_seconds,
                       least(7200, 30 + floor(pg_temp.dice(133, g.j * 32::bigint + i) * g.seconds / 2))::int as seconds
                  from (select *, ((select clock_now())::date - 1 - day) / greatest(1, (c - 1) / 3) as spare from demo_journeys where j % 10 = current_setting('demo.part')::int) g
                 cross join generate_series(0, g.c - 1) i
                 cross join lateral (
                       select case when i = 0 then 0 when g.done and i = g.c - 1 then 100 else (case when g.done then 95 else 4 + g.final end) * i / g.c end as progress) e) t) v;
