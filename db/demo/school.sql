-- People in every state, four plans in three cycles, subscriptions in every state. Time is counted back from now, so that
-- the school is always as old as it should be. current_setting('demo.hash') is the hash of everyone's password.

insert into subscription_plans (slug, name, description, access_level, price_minor, currency, billing_cycle, trial_days, seats, position) values
    ('basic', 'Basic', 'Every lesson up to the Basic level, month by month.', 2, 900, 'EUR', 'monthly', 7, 1, 1),
    ('pro', 'Pro', 'All lessons and notebooks, month by month.', 3, 2900, 'EUR', 'monthly', 14, 1, 2),
    ('team', 'Team', 'All lessons for five people, by the year.', 3, 99000, 'EUR', 'yearly', 0, 5, 3),
    ('lifetime', 'Lifetime', 'All lessons, paid once.', 3, 59000, 'EUR', 'lifetime', 0, 1, 4);

-- People and lessons have the same ids in every demo school, so that examples can name them.
insert into users (id, email, username, first_name, last_name, password_hash, account_status, email_verified_at, created_at)
select ('0190c0ff-ee00-7000-8000-' || lpad(n::text, 12, '0'))::uuid, email, username, first_name, last_name, current_setting('demo.hash'), status, case when status <> 'pending' then now() - age end, now() - age
  from (values
    (1, 'admin@demo.test', 'ada', 'Ada', 'Okafor', 'active', interval '400 days'),
    (2, 'analyst@demo.test', 'noor', 'Noor', 'Haddad', 'active', '380 days'),
    (3, 'editor@demo.test', 'mira', 'Mira', 'Lindqvist', 'active', '395 days'),
    (4, 'billing@demo.test', 'tomas', 'Tomás', 'Rivera', 'active', '300 days'),
    (5, 'support@demo.test', 'yuki', 'Yuki', 'Tanaka', 'active', '280 days'),
    (6, 'pro@demo.test', 'lena', 'Lena', 'Fischer', 'active', '210 days'),
    (7, 'basic@demo.test', 'kofi', 'Kofi', 'Mensah', 'active', '120 days'),
    (8, 'free@demo.test', 'ines', 'Inês', 'Duarte', 'active', '60 days'),
    (9, 'trial@demo.test', 'sam', 'Sam', 'Carter', 'active', '5 days'),
    (10, 'pastdue@demo.test', 'olga', 'Olga', 'Petrova', 'active', '190 days'),
    (11, 'canceled@demo.test', 'david', 'David', 'Cohen', 'active', '250 days'),
    (12, 'expired@demo.test', 'amara', 'Amara', 'Nwosu', 'active', '330 days'),
    (13, 'paused@demo.test', 'henrik', 'Henrik', 'Dahl', 'active', '170 days'),
    (14, 'lifetime@demo.test', 'priya', 'Priya', 'Raman', 'active', '360 days'),
    (15, 'team@demo.test', 'chiara', 'Chiara', 'Bianchi', 'active', '150 days'),
    (16, 'seat@demo.test', 'jonas', 'Jonas', 'Weber', 'active', '140 days'),
    (17, 'denied@demo.test', 'felix', 'Felix', 'Moreau', 'active', '90 days'),
    (18, 'pending@demo.test', 'zoe', 'Zoë', 'Kim', 'pending', '1 day'),
    (19, 'suspended@demo.test', 'rex', 'Rex', 'Holt', 'suspended', '200 days'),
    (20, 'locked@demo.test', 'iva', 'Iva', 'Novak', 'locked', '220 days'),
    (21, 'closed@demo.test', 'bo', 'Bo', 'Jensen', 'closed', '320 days')
  ) v (n, email, username, first_name, last_name, status, age);

-- A crowd, so that lists have pages and charts have curves.
insert into users (email, username, first_name, last_name, password_hash, account_status, email_verified_at, created_at)
select format('learner%s@demo.test', n), 'learner' || n,
       (array['Alex', 'Robin', 'Kim', 'Jo', 'Sasha', 'Noa', 'Charlie', 'Jamie', 'Rowan', 'Ari'])[1 + n % 10],
       (array['Meyer', 'Silva', 'Khan', 'Larsen', 'Rossi', 'Dubois', 'Novak', 'Sato', 'Costa', 'Ali', 'Berg'])[1 + n % 11],
       current_setting('demo.hash'), 'active', now() - n * interval '3 days', now() - n * interval '3 days'
  from generate_series(1, 100) n;

insert into user_roles (user_id, role_id)
select u.id, r.id from users u join roles r on (u.email, r.name) in
    (('admin@demo.test', 'admin'), ('analyst@demo.test', 'analyst'), ('editor@demo.test', 'editor'), ('billing@demo.test', 'billing'), ('support@demo.test', 'support'));

insert into user_security_settings (user_id, password_changed_at) select id, created_at from users;

insert into user_subscriptions (user_id, plan_id, status, seats, started_at, trial_ends_at, current_period_start, current_period_end, access_until,
    cancel_at, canceled_at, ended_at, created_at)
select u.id, p.id, v.status, p.seats, now() - v.age, case when v.status = 'trialing' then now() + v.left_over end, now() - least(v.age, v.spent),
       case when p.billing_cycle <> 'lifetime' then now() + v.left_over end,
       case when p.billing_cycle = 'lifetime' then 'infinity' when v.status = 'past_due' then now() + interval '4 days'
            when v.status = 'paused' then now() - interval '1 day' else now() + v.left_over end,
       case when v.canceled then now() + v.left_over end, case when v.canceled then now() - interval '3 days' end,
       case when v.status in ('canceled', 'expired') then now() + v.left_over end, now() - v.age
  from (values
    ('pro@demo.test', 'pro', 'active', interval '200 days', interval '12 days', interval '18 days', false),
    ('basic@demo.test', 'basic', 'active', '110 days', '20 days', '10 days', false),
    ('trial@demo.test', 'pro', 'trialing', '5 days', '5 days', '9 days', false),
    ('pastdue@demo.test', 'basic', 'past_due', '180 days', '32 days', '1 second', false),
    ('canceled@demo.test', 'pro', 'active', '240 days', '10 days', '20 days', true),
    ('expired@demo.test', 'basic', 'expired', '320 days', '90 days', '-60 days', false),
    ('paused@demo.test', 'pro', 'paused', '160 days', '20 days', '10 days', false),
    ('lifetime@demo.test', 'lifetime', 'active', '350 days', '350 days', '1 day', false),
    ('team@demo.test', 'team', 'active', '140 days', '140 days', '225 days', false)
  ) v (email, plan, status, age, spent, left_over, canceled)
  join users u on u.email = v.email
  join subscription_plans p on p.slug = v.plan;

insert into user_subscriptions (user_id, plan_id, status, started_at, current_period_start, current_period_end, access_until, ended_at, created_at)
select u.id, p.id, case when n % 7 = 0 then 'expired' else 'active' end, u.created_at, now() - interval '10 days',
       case when p.billing_cycle <> 'lifetime' then now() + (n % 28) * interval '1 day' + interval '1 hour' end,
       case when n % 7 = 0 then now() - interval '2 days' when p.billing_cycle = 'lifetime' then 'infinity' else now() + (n % 28) * interval '1 day' + interval '1 hour' end,
       case when n % 7 = 0 then now() - interval '2 days' end, u.created_at
  from generate_series(1, 70) n
  join users u on u.email = format('learner%s@demo.test', n)
  join subscription_plans p on p.position = 1 + n % 4;

insert into subscription_seats (subscription_id, user_id, assigned_by)
select s.id, guest.id, owner.id from user_subscriptions s
  join users owner on owner.id = s.user_id and owner.email = 'team@demo.test'
  join users guest on guest.email = 'seat@demo.test';

insert into subscription_changes (subscription_id, user_id, kind, to_plan_id, to_status, effective_at, reason, created_at)
select s.id, s.user_id, 'started', s.plan_id, s.status, s.started_at, '', s.started_at from user_subscriptions s;

-- One payment a month since each subscription began; one a year or ever where the plan says so.
insert into payments (user_id, subscription_id, status, amount_minor, currency, provider, provider_payment_id, paid_at, created_at)
select s.user_id, s.id, 'succeeded', p.price_minor, p.currency, 'sandbox', 'demo_' || s.id || '_' || n, t.at, t.at
  from user_subscriptions s
  join subscription_plans p on p.id = s.plan_id
 cross join generate_series(0, 12) n
 cross join lateral (select s.started_at + n * case p.billing_cycle when 'monthly' then interval '1 month' else interval '1 year' end as at) t
 where t.at < coalesce(s.ended_at, now()) and s.status <> 'trialing' and (p.billing_cycle <> 'lifetime' or n = 0);
insert into payments (user_id, subscription_id, status, amount_minor, currency, provider, provider_payment_id, failure_code, created_at)
select s.user_id, s.id, 'failed', p.price_minor, p.currency, 'sandbox', 'demo_failed_' || s.id, 'card_declined', now() - interval '2 days'
  from user_subscriptions s join subscription_plans p on p.id = s.plan_id where s.status = 'past_due';
