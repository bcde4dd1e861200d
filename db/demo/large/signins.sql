-- Sign-in attempts of the last twelve months and what the event log says of them. Both wait in temporary tables
-- with their hashes; attempts_month.sql and security_month.sql make the partitions.

create temp table demo_agents on commit drop as
select array['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36'] as agent;

create temp table demo_knocks on commit drop as
with tries as (
    select p.n, p.id as user_id, p.status as account, p.n * 64::bigint + k as number, greatest(p.at, (select clock_now()) - interval '365 days')::date + 1 as earliest
      from demo_people p
     cross join lateral generate_series(0, floor(24 * pg_temp.dice(150, p.n) ^ 4)::int + 1) k
     where p.status <> 'pending' and p.at < (select clock_now()) - interval '2 days'
), timed as (
    select t.*, t.earliest + floor(pg_temp.dice(151, t.number) ^ 0.8 * ((select clock_now())::date - t.earliest))::int
               + date_trunc('milliseconds', h.hour[pg_temp.pick(152, t.number, cardinality(h.hour))] * interval '1 hour' + pg_temp.dice(153, t.number) * interval '59 minutes') as at
      from tries t cross join demo_hours h
)
select row_number() over (order by t.at, t.number) as id, t.at::timestamptz as created_at, s.user_id, s.email, s.status, s.reason,
       -- At home, on the way, or, when it fails, sometimes from somewhere else.
       case when s.status <> 'success' and pg_temp.dice(154, t.number) < 0.3 then '192.0.2.' || pg_temp.pick(155, t.number, 250)
            when t.n % 5 = 0 then '2001:db8:' || to_hex(t.n % 65536) || ':' || to_hex(t.n / 65536) || '::' || pg_temp.pick(156, t.number, 3)
            when pg_temp.dice(156, t.number) < 0.7 then '203.0.113.' || pg_temp.pick(157, t.n, 250) else '198.51.100.' || pg_temp.pick(158, t.number, 250) end::inet as ip_address,
       a.agent[pg_temp.pick(159, t.n * 2::bigint + t.number % 2, cardinality(a.agent))] as user_agent, 'device-' || t.n || '-' || t.number % 2 as device,
       decode(md5(current_setting('demo.seed') || ':attempt:' || t.number), 'hex') as personal_salt, t.n
  from timed t join users u on u.id = t.user_id cross join demo_agents a
 cross join lateral (
       select case when pg_temp.dice(160, t.number) < 0.004 then null else t.user_id end as user_id,
              case when pg_temp.dice(160, t.number) < 0.004 then ('x' || u.email)::citext else u.email end as email,
              case when pg_temp.dice(160, t.number) < 0.004 then 'unknown_account' when pg_temp.dice(161, t.number) < 0.003 then 'throttled'
                   when t.account <> 'active' and t.at > (select clock_now()) - interval '60 days' then 'account_inactive'
                   when pg_temp.dice(161, t.number) < 0.075 then 'wrong_password' else '' end as reason) w
 cross join lateral (select w.*, case w.reason when '' then 'success' when 'throttled' then 'throttled' else 'failed' end as status) s;
update demo_knocks set id = id + (select coalesce(max(id), 0) from login_attempts);
analyze demo_knocks;

update users u set last_login_at = l.at
  from (select user_id, max(created_at) as at from demo_knocks where status = 'success' group by user_id) l where l.user_id = u.id;

-- The event log: the attempts of the last ninety days, and what was done to accounts and sessions.
create temp table demo_security on commit drop as
select row_number() over (order by e.created_at, e.event, e.user_id, e.tie) + (select coalesce(max(id), 0) from security_audit_log) as id, e.created_at, e.event, e.severity, e.user_id, e.actor_id, null::uuid as session_id,
       e.request_id, e.details, e.ip_address, e.user_agent,
       decode(md5(current_setting('demo.seed') || ':event:' || e.event || coalesce(e.user_id::text, '') || e.tie), 'hex') as personal_salt
  from (
       select created_at, case status when 'success' then 'sign_in' when 'failed' then 'sign_in_failed' else 'sign_in_throttled' end as event,
              case status when 'success' then 'info' else 'warning' end as severity, user_id, case status when 'success' then user_id end as actor_id,
              'demo-' || id as request_id, '{}'::jsonb as details, ip_address, user_agent, id as tie
         from demo_knocks where created_at > (select clock_now()) - interval '90 days'
       union all
       select p.at + ((select clock_now()) - p.at) * 0.9, 'account_' || p.status, case p.status when 'suspended' then 'error' when 'locked' then 'critical' else 'info' end, p.id, boss.id, null,
              case p.status when 'suspended' then '{"reason": "chargeback"}' when 'locked' then '{"reason": "password seen in a leak"}' else '{"reason": "asked to"}' end::jsonb, null, null, p.n
         from demo_people p cross join (select id from users where email = 'admin@demo.test') boss
        where p.status in ('suspended', 'locked', 'closed') and p.at + ((select clock_now()) - p.at) * 0.9 > (select clock_now()) - interval '365 days'
       union all
       select s.password_changed_at, 'password_changed', 'info', s.user_id, s.user_id, null, '{}', null, null, p.n
         from user_security_settings s join demo_people p on p.id = s.user_id and p.n > 21
        where s.password_changed_at > p.at and s.password_changed_at > (select clock_now()) - interval '365 days') e;
analyze demo_security;
