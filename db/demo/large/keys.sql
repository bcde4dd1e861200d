-- Sessions, tokens and passwords. None of the tokens opens anything: what is kept are hashes of texts that nobody has.

insert into user_sessions (id, user_id, session_token, data, ip_address, user_agent, is_active, created_at, last_seen_at, expires_at, ended_at, end_reason)
select pg_temp.made_id('session', k.id::text, k.created_at), k.user_id, encode(sha256(convert_to('demo session ' || current_setting('demo.seed') || ':' || k.id, 'UTF8')), 'hex'), '',
       k.ip_address, k.user_agent, k.living, k.created_at, k.seen, k.created_at + interval '30 days', case when not k.living then k.seen + interval '30 minutes' end,
       case when not k.living then (array['signed_out', 'expired', 'expired', 'revoked', 'renewed'])[pg_temp.pick(170, k.id, 5)] end
  from (select s.*, s.created_at > (select clock_now()) - interval '25 days' and s.latest and pg_temp.dice(171, s.id) < 0.7 as living,
               s.created_at + pg_temp.pick(172, s.id, 55) * interval '1 minute' as seen
          from (select *, row_number() over (partition by user_id order by id desc) = 1 as latest from demo_knocks
                 where status = 'success' and created_at > (select clock_now()) - interval '120 days') s) k
 order by k.id;

insert into api_tokens (id, user_id, name, prefix, token_hash, scopes, last_used_at, last_used_ip, created_at, expires_at, revoked_at)
select pg_temp.made_id('token', p.n::text, t.at), p.id, (array['notebook', 'reports', 'backup', 'home page'])[pg_temp.pick(173, p.n, 4)],
       'lyc_' || left(md5('prefix' || current_setting('demo.seed') || p.n), 6), sha256(convert_to('demo token ' || current_setting('demo.seed') || ':' || p.n, 'UTF8')), array['content.read'],
       case when pg_temp.dice(174, p.n) < 0.7 then (select clock_now()) - pg_temp.pick(175, p.n, 100) * interval '1 hour' end, case when pg_temp.dice(174, p.n) < 0.7 then '203.0.113.9'::inet end,
       t.at, (select clock_now()) + pg_temp.pick(176, p.n, 300) * interval '1 day', case when pg_temp.dice(177, p.n) < 0.2 then (select clock_now()) - interval '1 day' end
  from demo_people p cross join lateral (select p.at + ((select clock_now()) - p.at) * 0.5 as at) t
 where p.n > 21 and p.status = 'active' and pg_temp.dice(178, p.n) < 0.015
 order by p.n;

-- Families of refresh tokens: each renews the one before it, the last is unused.
insert into refresh_tokens (id, user_id, family_id, parent_id, token_hash, created_at, expires_at, used_at, revoked_at)
select pg_temp.made_id('refresh', p.n || '-' || k, f.at), p.id, pg_temp.made_id('family', p.n::text, f.at), case when k > 1 then pg_temp.made_id('refresh', p.n || '-' || (k - 1), f.at) end,
       sha256(convert_to('demo refresh ' || current_setting('demo.seed') || ':' || p.n || '-' || k, 'UTF8')), f.at + k * interval '1 hour', f.at + interval '60 days',
       case when k < f.length then f.at + (k + 1) * interval '1 hour' end, case when pg_temp.dice(179, p.n) < 0.1 then f.at + interval '9 hours' end
  from demo_people p
 cross join lateral (select (select clock_now()) - pg_temp.pick(180, p.n, 40) * interval '1 day' - interval '1 day' as at, pg_temp.pick(181, p.n, 4) as length) f
 cross join lateral generate_series(1, f.length) k
 where p.n > 21 and p.status = 'active' and pg_temp.dice(182, p.n) < 0.02
 order by p.n, k;

insert into user_verifications (id, user_id, purpose, target, token_hash, tries, created_at, expires_at, used_at)
select pg_temp.made_id('verification', p.n || v.purpose, v.at), p.id, v.purpose, u.email, sha256(convert_to('demo verification ' || current_setting('demo.seed') || ':' || p.n || v.purpose, 'UTF8')),
       0, v.at, v.at + interval '2 days', case when v.purpose = 'password_reset' then v.at + interval '7 minutes' end
  from demo_people p join users u on u.id = p.id
 cross join lateral (
       select 'email' as purpose, p.at as at where p.status = 'pending'
       union all select 'password_reset', (select clock_now()) - pg_temp.pick(183, p.n, 140) * interval '1 hour' where p.status = 'active' and pg_temp.dice(184, p.n) < 0.01) v
 order by p.n;

-- What cannot be used again: the password of today, and one before it where it was changed.
insert into password_history (id, user_id, password_hash, created_at)
select pg_temp.made_id('password', p.n || '-' || k, h.at), p.id, h.hash, h.at
  from demo_people p join user_security_settings s on s.user_id = p.id
 cross join generate_series(0, 1) k
 cross join lateral (
       select case k when 0 then s.password_changed_at else p.at end as at,
              case k when 0 then current_setting('demo.hash') else left('$2a$10$' || md5('old' || p.n) || md5(current_setting('demo.seed') || p.n), 60) end as hash) h
 where p.n > 21 and (k = 0 or s.password_changed_at > p.at)
 order by p.n, k;
analyze users, user_sessions, login_attempts, security_audit_log;
