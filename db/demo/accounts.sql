-- Somebody whom staff have invited and who has not answered: a pending account without a password, its link, and the mail that waits.
-- SQL has no key for the link; whoever loads the demo by the program signs it, and has the mail sent (store/demomail.go).
with invited as (
    insert into users (id, email, username, first_name, last_name, locale, account_status, created_at)
    values (pg_temp.named_id('user', 'invited@demo.test'), 'invited@demo.test', 'nia', 'Nia', 'Brandt', 'de', 'pending', (select clock_now()) - interval '2 days')
    returning id, email, locale, first_name, created_at),
link as (
    insert into user_verifications (id, user_id, purpose, target, token_hash, created_at, expires_at)
    select pg_temp.made_id('verification', 'nia invitation', i.created_at), i.id, 'invitation', i.email,
           sha256(convert_to('demo verification nia invitation', 'UTF8')), i.created_at, i.created_at + interval '7 days'
      from invited i returning id),
helper as (
    insert into user_roles (user_id, role_id, granted_by, granted_at)
    select i.id, r.id, a.id, i.created_at from invited i join roles r on r.name = 'support' join users a on a.username = 'ada')
insert into mail_messages (id, cause, template, recipient, user_id, locale, template_values, link_action, verification_id, created_at)
select pg_temp.made_id('mail', 'nia invitation', i.created_at), 'verification:' || l.id, 'users.invitation', i.email, i.id, i.locale,
       jsonb_build_object('name', i.first_name, 'inviter', 'Ada'), 'invitation', l.id, i.created_at
  from invited i cross join link l;
