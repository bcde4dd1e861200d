-- People in every state, four plans in three cycles, subscriptions in every state. Time is counted back from now, so that
-- the school is always as old as it should be. current_setting('demo.hash') is the hash of everyone's password.

insert into subscription_plans (id, slug, name, description, access_level, price_minor, currency, billing_cycle, trial_days, seats, position)
select pg_temp.made_id('plan', slug, (select clock_now()) - interval '410 days'), v.*
  from (values
    ('basic', 'Basic', 'Every lesson up to the Basic level, month by month.', 2, 900, 'EUR', 'monthly', 7, 1, 1),
    ('pro', 'Pro', 'All lessons and notebooks, month by month.', 3, 2900, 'EUR', 'monthly', 14, 1, 2),
    ('team', 'Team', 'All lessons for five people, by the year.', 3, 99000, 'EUR', 'yearly', 0, 5, 3),
    ('lifetime', 'Lifetime', 'All lessons, paid once.', 3, 59000, 'EUR', 'lifetime', 0, 1, 4)
  ) v (slug, name, description, access_level, price_minor, currency, billing_cycle, trial_days, seats, position);

insert into users (id, email, username, first_name, last_name, password_hash, account_status, email_verified_at, created_at)
select pg_temp.named_id('user', email), email, username, first_name, last_name, current_setting('demo.hash'), status, case when status <> 'pending' then (select clock_now()) - age end, (select clock_now()) - age
  from (values
    ('admin@demo.test', 'ada', 'Ada', 'Okafor', 'active', interval '400 days'),
    ('analyst@demo.test', 'noor', 'Noor', 'Haddad', 'active', '380 days'),
    ('editor@demo.test', 'mira', 'Mira', 'Lindqvist', 'active', '395 days'),
    ('billing@demo.test', 'tomas', 'Tomás', 'Rivera', 'active', '300 days'),
    ('support@demo.test', 'yuki', 'Yuki', 'Tanaka', 'active', '280 days'),
    ('pro@demo.test', 'lena', 'Lena', 'Fischer', 'active', '210 days'),
    ('basic@demo.test', 'kofi', 'Kofi', 'Mensah', 'active', '120 days'),
    ('free@demo.test', 'ines', 'Inês', 'Duarte', 'active', '60 days'),
    ('trial@demo.test', 'sam', 'Sam', 'Carter', 'active', '5 days'),
    ('pastdue@demo.test', 'olga', 'Olga', 'Petrova', 'active', '190 days'),
    ('canceled@demo.test', 'david', 'David', 'Cohen', 'active', '250 days'),
    ('expired@demo.test', 'amara', 'Amara', 'Nwosu', 'active', '330 days'),
    ('paused@demo.test', 'henrik', 'Henrik', 'Dahl', 'active', '170 days'),
    ('lifetime@demo.test', 'priya', 'Priya', 'Raman', 'active', '360 days'),
    ('team@demo.test', 'chiara', 'Chiara', 'Bianchi', 'active', '150 days'),
    ('seat@demo.test', 'jonas', 'Jonas', 'Weber', 'active', '140 days'),
    ('denied@demo.test', 'felix', 'Felix', 'Moreau', 'active', '90 days'),
    ('pending@demo.test', 'zoe', 'Zoë', 'Kim', 'pending', '1 day'),
    ('suspended@demo.test', 'rex', 'Rex', 'Holt', 'suspended', '200 days'),
    ('locked@demo.test', 'iva', 'Iva', 'Novak', 'locked', '220 days'),
    ('closed@demo.test', 'bo', 'Bo', 'Jensen', 'closed', '320 days')
  ) v (email, username, first_name, last_name, status, age);

insert into user_roles (user_id, role_id)
select u.id, r.id from users u join roles r on (u.email, r.name) in
    (('admin@demo.test', 'admin'), ('analyst@demo.test', 'analyst'), ('editor@demo.test', 'editor'), ('billing@demo.test', 'billing'), ('support@demo.test', 'support'));

insert into user_security_settings (user_id, password_changed_at) select id, created_at from users;

insert into user_subscriptions (id, user_id, plan_id, status, seats, started_at, trial_ends_at, current_period_start, current_period_end, access_until,
    cancel_at, canceled_at, ended_at, created_at)
select pg_temp.made_id('subscription', v.email, (select clock_now()) - v.age), u.id, p.id, v.status, p.seats, (select clock_now()) - v.age, case when v.status = 'trialing' then (select clock_now()) + v.left_over end, (select clock_now()) - least(v.age, v.spent),
       case when p.billing_cycle <> 'lifetime' then (select clock_now()) + v.left_over end,
       case when p.billing_cycle = 'lifetime' then 'infinity' when v.status = 'past_due' then (select clock_now()) + interval '4 days'
            when v.status = 'paused' then (select clock_now()) - interval '1 day'
            when v.status = 'active' and not v.canceled then (select clock_now()) + v.left_over + interval '7 days' else (select clock_now()) + v.left_over end,
       case when v.canceled then (select clock_now()) + v.left_over end, case when v.canceled then (select clock_now()) - interval '3 days' end,
       case when v.status in ('canceled', 'expired') then (select clock_now()) + v.left_over end, (select clock_now()) - v.age
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

insert into subscription_seats (subscription_id, user_id, assigned_by)
select s.id, guest.id, owner.id from user_subscriptions s
  join users owner on owner.id = s.user_id and owner.email = 'team@demo.test'
  join users guest on guest.email = 'seat@demo.test';
