-- A row or more in every table that staff look into, in every state it can have. Nothing here opens anything: tokens are
-- hashes of texts that nobody has.

-- Somebody helped out as an editor for a month.
insert into user_roles (user_id, role_id, granted_by, granted_at, expires_at)
select u.id, r.id, a.id, (select clock_now()) - interval '80 days', (select clock_now()) - interval '50 days'
  from users u join roles r on r.name = 'editor' join users a on a.username = 'ada' where u.username = 'kofi';
update user_security_settings set two_factor_enabled = true, two_factor_secret = sha256('demo second factor') where user_id = (select id from users where username = 'learner9');

insert into user_verifications (id, user_id, purpose, target, token_hash, tries, created_at, expires_at, used_at)
select pg_temp.made_id('verification', v.username || v.purpose, t.at), u.id, v.purpose, u.email, sha256(convert_to('demo verification ' || v.username || v.purpose, 'UTF8')), v.tries,
       t.at, t.at + v.lasts, t.at + v.used
  from (values ('zoe', 'email', interval '1 hour', interval '1 day', null::interval, 0),
               ('lena', 'email', '210 days', '1 day', '4 minutes', 0),
               ('lena', 'password_reset', '40 days', '1 hour', '2 minutes', 1),
               ('olga', 'password_reset', '3 days', '1 hour', null, 5),
               ('sam', 'email', '5 days', '1 day', '1 hour', 0)) v (username, purpose, age, lasts, used, tries)
  join users u on u.username = v.username
 cross join lateral (select (select clock_now()) - v.age as at) t;

insert into password_history (id, user_id, password_hash, created_at)
select pg_temp.made_id('password', u.id || '-' || h.n, h.at), u.id, current_setting('demo.hash'), h.at
  from users u
 cross join lateral (values (1, u.created_at), (2, (select clock_now()) - interval '20 days')) h (n, at)
 where h.n = 1 and u.username !~ '^learner' or u.username in ('lena', 'ada');

insert into user_sessions (id, user_id, session_token, data, ip_address, user_agent, is_active, created_at, last_seen_at, expires_at, ended_at, end_reason)
select pg_temp.made_id('session', v.username || v.age, t.at), u.id, encode(sha256(convert_to('demo session ' || v.username || v.age, 'UTF8')), 'hex'), '', v.ip::inet, v.agent,
       v.ended is null, t.at, t.at + v.used, t.at + interval '24 hours', t.at + v.used, v.ended
  from (values ('lena', interval '40 days', interval '2 hours', '203.0.113.7', 'Mozilla/5.0 (Macintosh) Safari', 'signed_out'),
               ('lena', '3 days', '50 minutes', '203.0.113.7', 'Mozilla/5.0 (Macintosh) Safari', 'expired'),
               ('lena', '2 days', '1 minute', '203.0.113.66', 'curl/8.5', 'revoked'),
               ('noor', '12 days', '7 hours', '198.51.100.20', 'Mozilla/5.0 (X11; Linux) Firefox', 'renewed'),
               ('kofi', '20 minutes', '19 minutes', '198.51.100.31', 'Mozilla/5.0 (iPhone) Safari', null)) v (username, age, used, ip, agent, ended)
  join users u on u.username = v.username
 cross join lateral (select (select clock_now()) - v.age as at) t;

insert into api_tokens (id, user_id, name, prefix, token_hash, scopes, last_used_at, last_used_ip, created_at, expires_at, revoked_at)
select pg_temp.made_id('token', v.name, t.at), u.id, v.name, 'lyc_' || left(md5(v.name), 6), sha256(convert_to('demo token ' || v.name, 'UTF8')), v.scopes,
       (select clock_now()) - v.used, case when v.used is not null then '198.51.100.20'::inet end, t.at, t.at + v.lasts, (select clock_now()) - v.revoked
  from (values ('noor', 'weekly report', interval '90 days', array['analytics.read'], interval '2 days', null::interval, null::interval),
               ('noor', 'old notebook', '200 days', array['analytics.read'], '120 days', '90 days', null),
               ('noor', 'lost laptop', '60 days', array['analytics.read'], '31 days', null, '30 days'),
               ('lena', 'reading list', '15 days', array['content.read'], null, '1 year', null)) v (username, name, age, scopes, used, lasts, revoked)
  join users u on u.username = v.username
 cross join lateral (select (select clock_now()) - v.age as at) t;

-- Each token of a family takes the place of the one before it; the last of lena's is unused, kofi's family was stolen from.
insert into refresh_tokens (id, user_id, family_id, parent_id, token_hash, created_at, expires_at, used_at, revoked_at)
select pg_temp.made_id('refresh', v.username || n, f.at), u.id, pg_temp.made_id('family', v.username, f.at), case when n > 1 then pg_temp.made_id('refresh', v.username || (n - 1), f.at) end,
       sha256(convert_to('demo refresh ' || v.username || n, 'UTF8')), f.at + n * interval '1 hour', f.at + interval '30 days',
       case when n < v.length then f.at + (n + 1) * interval '1 hour' end, case when v.stolen then f.at + interval '9 hours' end
  from (values ('lena', 4, interval '1 day', false), ('kofi', 3, '6 days', true)) v (username, length, age, stolen)
  join users u on u.username = v.username
 cross join lateral (select (select clock_now()) - v.age as at) f
 cross join lateral generate_series(1, v.length) n;

-- A plan that is sold no more, and one who had it.
insert into subscription_plans (slug, name, description, access_level, price_minor, currency, billing_cycle, position, is_offered, created_at)
values ('starter', 'Starter', 'The first plan of the school, sold until last year.', 2, 500, 'EUR', 'monthly', 9, false, (select clock_now()) - interval '420 days');
insert into user_subscriptions (id, user_id, plan_id, status, started_at, current_period_start, current_period_end, access_until, ended_at, created_at)
select pg_temp.made_id('subscription', 'starter', t.at), u.id, p.id, 'canceled', t.at, t.at + interval '60 days', t.at + interval '90 days', t.at + interval '90 days', t.at + interval '90 days', t.at
  from users u join subscription_plans p on p.slug = 'starter' cross join lateral (select (select clock_now()) - interval '230 days' as at) t where u.username = 'learner95';

insert into payments (id, user_id, subscription_id, status, amount_minor, refunded_minor, currency, provider, provider_payment_id, paid_at, created_at)
select pg_temp.made_id('payment', v.username || v.status, t.at), u.id, s.id, v.status, v.amount, v.refunded, v.currency, v.provider, 'demo_' || v.status || '_' || v.username,
       case when v.status = 'refunded' then t.at end, t.at
  from (values ('lena', 'refunded', 2900, 2900, 'EUR', 'sandbox', interval '150 days'),
               ('chiara', 'pending', 108900, 0, 'USD', 'invoice', '2 days')) v (username, status, amount, refunded, currency, provider, age)
  join users u on u.username = v.username
  join user_subscriptions s on s.user_id = u.id
 cross join lateral (select (select clock_now()) - v.age as at) t;

insert into subscription_changes (id, subscription_id, user_id, kind, from_plan_id, to_plan_id, from_status, to_status, amount_minor, effective_at, actor_id, reason, created_at)
select pg_temp.made_id('change', v.username || v.kind, t.at), s.id, s.user_id, v.kind, coalesce(p.id, s.plan_id), s.plan_id, v.was, v.becomes, v.amount, t.at, case when v.herself then s.user_id end, v.reason, t.at
  from (values ('lena', 'upgraded', 'basic', 'active', 'active', 1400, interval '170 days', true, ''),
               ('david', 'cancel_scheduled', null, 'active', 'active', 0, '3 days', true, 'Found what I came for'),
               ('henrik', 'paused', null, 'active', 'paused', 0, '1 day', true, 'Parental leave'),
               ('olga', 'payment_failed', null, 'active', 'past_due', 0, '2 days', false, 'card_declined'),
               ('amara', 'expired', null, 'past_due', 'expired', 0, '60 days', false, '')) v (username, kind, plan, was, becomes, amount, age, herself, reason)
  join users u on u.username = v.username
  join user_subscriptions s on s.user_id = u.id
  left join subscription_plans p on p.slug = v.plan
 cross join lateral (select (select clock_now()) - v.age as at) t;

-- One lesson in another language, by somebody else.
insert into content_items (id, category_id, author_id, slug, title, summary, preview, summary_is_authored, preview_is_authored, kind, status, access_level, duration_seconds, language, tags, published_at, created_at)
select pg_temp.made_id('item', 'was-ein-modell-lernt', t.at), k.id, u.id, 'was-ein-modell-lernt', 'Was ein Modell lernt', 'Lernen heißt: den Fehler messen und die Zahlen ein wenig verschieben.',
       'Eine erste Lektion auf Deutsch: was sich im Inneren verschiebt, wenn eine Maschine aus Beispielen lernt.', true, true, 'lesson', 'published', 0, 360, 'de', array['grundlagen'], t.at, t.at
  from content_categories k join users u on u.username = 'yuki' cross join lateral (select (select clock_now()) - interval '12 days' as at) t
 where k.slug = 'foundations';
update content_bodies set body = E'# Was ein Modell lernt\n\nEin Modell besteht aus Zahlen. Beim Lernen ändern sie sich so, dass der Fehler kleiner wird.\n\nDer Fehler ist selbst eine Zahl: $L = (y - \\hat y)^2$. '
    'Ihre Ableitung sagt für jede Zahl des Modells, in welche Richtung sie sich bewegen soll. Ein kleiner Schritt dorthin, und noch einer: das ist alles.\n\n```python\nw -= lr * gradient\n```'
 where content_id = (select id from content_items where slug = 'was-ein-modell-lernt');

-- A grant that support gave and took back; the trail names who did it.
select set_config('lyceum.actor', (select id::text from users where username = 'yuki'), true);
insert into user_content_permissions (id, user_id, content_id, effect, starts_at, granted_by, reason, created_at)
select pg_temp.made_id('permission', 'felix-again', t.at), u.id, i.id, 'allow', t.at, g.id, 'Asked for a second chance', t.at
  from users u join users g on g.username = 'yuki' cross join (select id from content_items where access_level = 2 and status = 'published' order by slug limit 1) i
 cross join lateral (select (select clock_now()) - interval '25 days' as at) t where u.username = 'felix';
select set_config('lyceum.actor', (select id::text from users where username = 'ada'), true);
update user_content_permissions set revoked_at = (select clock_now()) - interval '24 days', revoked_by = (select id from users where username = 'ada') where reason = 'Asked for a second chance';
select set_config('lyceum.actor', '', true);

-- A night on which somebody tried names and passwords from one address.
insert into login_attempts (created_at, user_id, email, status, reason, ip_address, user_agent, device)
select (select clock_now()) - interval '2 days' - n * interval '7 seconds', u.id, e.email, case when n % 4 = 0 then 'throttled' else 'failed' end,
       case when n % 4 = 0 then 'too_many_tries' else 'wrong_password' end, '203.0.113.66', 'curl/8.5', ''
  from generate_series(1, 40) n
 cross join lateral (select (array['pro@demo.test', 'admin@demo.test', 'nobody@example.test', 'root@example.test'])[1 + n % 4 % 3 + (n % 2)] as email) e
  left join users u on u.email = e.email;
insert into security_audit_log (created_at, event, severity, details, ip_address, user_agent)
values ((select clock_now()) - interval '2 days', 'credential_stuffing', 'error', '{"tries": 40, "accounts": 4}', '203.0.113.66', 'curl/8.5');
