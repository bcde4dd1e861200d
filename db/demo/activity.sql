-- Months of plausible learning and signing in. The pseudo-random numbers follow from the row numbers: every load is alike.

-- Who learned what: each learner begins some open items, most complete them, in one to four sittings of two reports each.
create temp table demo_reports on commit drop as
select r.*, coalesce(r.at - lag(r.at) over (partition by r.user_id, r.content_id order by r.at) > interval '30 minutes', true) as begins_visit
  from (select w.user_id, w.content_id, w.h, w.begun + sitting * least(w.ago, interval '6 days') / 4 + step * seconds * interval '1 second' as at,
               case when w.done then 100 else 5 + w.h % 90 end * (2 * sitting + step) / (2 * (w.h % 4) + 1) as progress,
               w.duration / 2 * (2 * sitting + step) / 8 as position_seconds, step * seconds as seconds
          from (select u.id as user_id, i.id as content_id, greatest(i.duration_seconds, 60) as duration, h.h, h.h % 10 < 6 as done, b.begun, (select clock_now()) - b.begun as ago
                  from users u
                  cross join content_items i
                  cross join lateral (select abs(hashtext(u.username::text || i.slug)) as h) h
                  cross join lateral (select greatest(u.created_at, i.published_at, (select clock_now()) - (h.h % 170) * interval '1 day' - interval '1 day') as begun) b
                  join user_content_access a on a.user_id = u.id and a.content_id = i.id and a.has_access
                 where u.account_status = 'active' and i.status = 'published' and h.h % 5 = 0) w
         cross join generate_series(0, w.h % 4) sitting
         cross join generate_series(0, 1) step
         cross join lateral (select w.duration * (40 + w.h % 80) / 100 / (1 + w.h % 4) as seconds) t
         where w.ago > interval '12 hours') r;

insert into content_consumption (created_at, user_id, content_id, event, progress, position_seconds, seconds, begins_visit)
select r.at, r.user_id, r.content_id, case when r.progress = 100 then 'completed' when r.begins_visit then 'opened' else 'progressed' end,
       r.progress, r.position_seconds, r.seconds, r.begins_visit
  from demo_reports r order by r.at, r.user_id, r.content_id;

insert into learning_analytics (user_id, content_id, progress, seconds, position_seconds, position_at, opens, score, rating, started_at, last_at, completed_at)
select r.user_id, r.content_id, r.progress, r.seconds, r.position_seconds, r.last, r.opens,
       case when r.progress = 100 then 60 + r.h % 41 end, case when r.progress = 100 and r.h % 3 = 0 then 3 + r.h % 3 end,
       r.started, r.last, r.completed
  from (select user_id, content_id, h, max(progress) as progress, sum(seconds) as seconds, max(position_seconds) as position_seconds, min(at) as started, max(at) as last,
               count(*) filter (where begins_visit) as opens, min(at) filter (where progress = 100) as completed
          from demo_reports group by user_id, content_id, h) r;

-- Sign-ins of the last two months, some of them failed.
insert into login_attempts (created_at, user_id, email, status, reason, ip_address, user_agent, device)
select (select clock_now()) - (n * 7 + h.h % 24) * interval '1 hour', u.id, u.email, case when h.h % 9 = 0 then 'failed' else 'success' end,
       case when h.h % 9 = 0 then 'wrong_password' else '' end, ('203.0.113.' || 1 + h.h % 250)::inet, 'Mozilla/5.0 (demo)', 'demo-' || u.username
  from users u cross join generate_series(1, 200, 13) n
 cross join lateral (select abs(hashtext(u.username::text || n)) as h) h
 where u.account_status = 'active' and h.h % 3 = 0;
update users u set last_login_at = l.at
  from (select user_id, max(created_at) as at from login_attempts where status = 'success' group by user_id) l where l.user_id = u.id;

insert into security_audit_log (created_at, event, severity, user_id, actor_id, ip_address, user_agent)
select l.created_at, case l.status when 'success' then 'sign_in' else 'sign_in_failed' end, case l.status when 'success' then 'info' else 'warning' end,
       l.user_id, case l.status when 'success' then l.user_id end, l.ip_address, l.user_agent
  from login_attempts l;
insert into security_audit_log (created_at, event, severity, user_id, details)
select (select clock_now()) - interval '6 days', 'account_suspended', 'error', id, '{"reason": "chargeback"}'::jsonb from users where email = 'suspended@demo.test'
union all
select (select clock_now()) - interval '2 days', 'account_locked', 'critical', id, '{"reason": "password seen in a leak"}'::jsonb from users where email = 'locked@demo.test';

select ensure_partitions(3);
refresh materialized view subscription_metrics;
refresh materialized view content_popularity;
