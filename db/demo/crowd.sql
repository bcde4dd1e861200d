-- A crowd, so that lists have pages and charts have curves.
insert into users (id, email, username, first_name, last_name, password_hash, account_status, email_verified_at, created_at)
select pg_temp.made_id('user', 'learner' || n, (select clock_now()) - n * interval '3 days'), format('learner%s@demo.test', n), 'learner' || n,
       (array['Alex', 'Robin', 'Kim', 'Jo', 'Sasha', 'Noa', 'Charlie', 'Jamie', 'Rowan', 'Ari'])[1 + n % 10],
       (array['Meyer', 'Silva', 'Khan', 'Larsen', 'Rossi', 'Dubois', 'Novak', 'Sato', 'Costa', 'Ali', 'Berg'])[1 + n % 11],
       current_setting('demo.hash'), 'active', (select clock_now()) - n * interval '3 days', (select clock_now()) - n * interval '3 days'
  from generate_series(1, 100) n;

insert into user_security_settings (user_id, password_changed_at) select id, created_at from users where email like 'learner%';

insert into user_subscriptions (id, user_id, plan_id, status, started_at, current_period_start, current_period_end, access_until, ended_at, created_at)
select pg_temp.made_id('subscription', 'learner' || n, u.created_at), u.id, p.id, case when n % 7 = 0 then 'expired' else 'active' end, u.created_at, (select clock_now()) - interval '10 days',
       case when p.billing_cycle <> 'lifetime' then (select clock_now()) + (n % 28) * interval '1 day' + interval '1 hour' end,
       case when n % 7 = 0 then (select clock_now()) - interval '2 days' when p.billing_cycle = 'lifetime' then 'infinity' else (select clock_now()) + (n % 28 + 7) * interval '1 day' + interval '1 hour' end,
       case when n % 7 = 0 then (select clock_now()) - interval '2 days' end, u.created_at
  from generate_series(1, 70) n
  join users u on u.email = format('learner%s@demo.test', n)
  join subscription_plans p on p.position = 1 + n % 4;

-- One is a guest of the school's.
insert into user_subscriptions (id, user_id, plan_id, status, started_at, current_period_start, current_period_end, access_until, complimentary_reason, created_at)
select pg_temp.made_id('subscription', 'guest', t.at), u.id, p.id, 'active', t.at, t.at, t.at + interval '90 days', t.at + interval '90 days', 'Wrote a guest lesson.', t.at
  from users u, subscription_plans p, (select (select clock_now()) - interval '30 days' as at) t
 where u.email = 'learner71@demo.test' and p.slug = 'pro';
