-- Months of plausible learning and signing in. The pseudo-random numbers follow from the row numbers: every load is alike.

-- Who learned what: each learner begins some open items, most complete them.
insert into learning_analytics (user_id, content_id, progress, seconds, position_seconds, opens, score, rating, started_at, last_at, completed_at)
select w.user_id, w.content_id, case when w.done then 100 else 5 + w.h % 90 end, w.duration * (40 + w.h % 80) / 100, w.duration / 2, 1 + w.h % 4,
       case when w.done then 60 + w.h % 41 end, case when w.done and w.h % 3 = 0 then 3 + w.h % 3 end,
       w.at, w.at + (w.h % 20) * interval '1 hour', case when w.done then w.at + (w.h % 20) * interval '1 hour' end
  from (select u.id as user_id, i.id as content_id, greatest(i.duration_seconds, 60) as duration, h.h, h.h % 10 < 6 as done,
               greatest(u.created_at, i.published_at, (select clock_now()) - (h.h % 170) * interval '1 day' - interval '1 day') as at
          from users u
          cross join content_items i
          cross join lateral (select abs(hashtext(u.username::text || i.slug)) as h) h
          join user_content_access a on a.user_id = u.id and a.content_id = i.id and a.has_access
         where u.account_status = 'active' and i.status = 'published' and h.h % 5 = 0) w
 where w.at < (select clock_now());

insert into content_consumption (created_at, user_id, content_id, event, progress, position_seconds, seconds)
select l.started_at, l.user_id, l.content_id, 'opened', 0, 0, 0 from learning_analytics l
union all
select l.started_at + (l.last_at - l.started_at) / 2, l.user_id, l.content_id, 'progressed', l.progress / 2, l.position_seconds, (l.seconds / 2)::int from learning_analytics l
union all
select l.completed_at, l.user_id, l.content_id, 'completed', 100, 0, (l.seconds / 2)::int from learning_analytics l where l.completed_at is not null;

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
