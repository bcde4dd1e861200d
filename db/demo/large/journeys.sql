-- Journeys: who learned what, how often, and how far they came. events.sql turns each into events, progress.sql into a row of
-- learning_analytics, so that both tell the same.

-- What can be learned, most popular first; a person picks among the levels that they have ever reached.
create temp table demo_shelf on commit drop as
with popular as (
    select c.id, c.access_level, c.published_at, greatest(c.duration_seconds, 60) as seconds,
           row_number() over (order by pg_temp.dice(120, hashtextextended(c.slug, 0)) * case when c.author_id = (select id from users where email = 'editor@demo.test') then 0.4 else 1 end, c.slug) as place
      from content_items c
     where c.status = 'published' and c.published_at < (select clock_now()) - interval '2 days'
)
select r as reach, row_number() over (partition by r order by place)::int as place, id, published_at, seconds, 2.6 + 2.2 * pg_temp.dice(121, place) as quality
  from popular join generate_series(1, 3) r on access_level <= r;
create unique index on demo_shelf (reach, place);
analyze demo_shelf;

create temp table demo_journeys on commit drop as
with wanted as (
    select current_setting('demo.events')::bigint as events
), shelves as (
    select reach, count(*)::int as items from demo_shelf group by reach
), people as (
    select p.*, s.items, sum(p.eager) over () as eagerness from demo_people p join shelves s on s.reach = p.reach
     where p.eager > 0 and p.at < (select clock_now()) - interval '2 days'
), counted as (
    -- Four events a journey, and a third too many journeys: some meet the same item twice, and the rest is cut off below.
    select p.*, least(p.items * 2, floor(w.events / 3.0 * p.eager / p.eagerness + pg_temp.dice(122, p.n)))::int as journeys, w.events from people p cross join wanted w where w.events > 0
), met as (
    select distinct on (c.n, x.place) c.n, c.id as user_id, c.at, c.reach, x.place, c.n * 1000000::bigint + k as number, c.events
      from counted c cross join generate_series(1, c.journeys) k
     cross join lateral (select 1 + floor(c.items * ((k - pg_temp.dice(123, c.n * 1000000::bigint + k)) / c.journeys) ^ 2.2)::int as place) x
     order by c.n, x.place, k
), told as (
    select m.*, least(12, 1 + floor(-3.4 * ln(1 - pg_temp.dice(124, m.number))))::bigint as steps from met m
), cut as (
    select t.*, sum(steps) over (order by pg_temp.dice(125, t.number), t.number) as so_far, sum(steps) over () as all_steps, count(*) over () as all_journeys,
           row_number() over (order by pg_temp.dice(125, t.number), t.number) as turn
      from told t
), fitted as (
    select c.*, case
               when all_steps >= events then least(steps, events - so_far + steps)
               else steps + (events - all_steps) / all_journeys + (turn <= (events - all_steps) % all_journeys)::int
           end as c
      from cut c where all_steps < events or so_far - steps < events
), dated as (
    select f.*, s.id as content_id, s.seconds, s.quality, d.earliest, d.days
      from fitted f join demo_shelf s on s.reach = f.reach and s.place = f.place
     cross join lateral (select greatest(f.at, s.published_at, (select clock_now()) - interval '365 days')::date + 1 as earliest) e
     cross join lateral (select e.earliest, (select clock_now())::date - e.earliest as days) d
)
select row_number() over (order by d.number)::int as j, d.user_id, d.content_id, d.seconds, d.quality, d.c::int as c,
       d.c > 1 and pg_temp.dice(126, d.number) < 0.55 as done, pg_temp.pick(127, d.number, 90) as final,
       -- Weekends are quieter: half of what falls on one is done in the week before.
       greatest(d.earliest, y.day - case when extract(isodow from y.day) > 5 and pg_temp.dice(128, d.number) < 0.5
                                         then extract(isodow from y.day)::int - 6 + pg_temp.pick(134, d.number, 5) else 0 end) as day,
       date_trunc('milliseconds', h.hour[pg_temp.pick(129, d.number, cardinality(h.hour))] * interval '1 hour' + pg_temp.dice(130, d.number) * interval '59 minutes') as hour,
       pg_temp.pick(131, d.number, 7) as gap
  from dated d cross join demo_hours h
 cross join lateral (select d.earliest + floor(pg_temp.dice(132, d.number) ^ 1.6 * d.days)::int as day) y;
analyze demo_journeys;

create temp table demo_events (
    j int not null, user_id uuid not null, content_id uuid not null, created_at timestamptz not null, event text not null, progress smallint not null,
    position_seconds int not null, seconds int not null, begins_visit boolean not null
) on commit drop;
