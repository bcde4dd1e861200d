-- The trail of row changes tells what was done to accounts and who was granted what; the millions of first insertions are not
-- in it. Then everything in the logs is sealed, as seal_audit() does it, but without its inbox.
select name from function_locks where name = 'seal_audit' for update;

insert into audit_trail (id, created_at, table_name, row_id, action, actor_id, subject_id, request_id, old_values, new_values, content_hash) overriding system value
select r.*, log_row_hash(to_jsonb(r))
  from (select row_number() over (order by c.at, c.row_id) + (select coalesce(max(id), 0) from audit_trail) as id, c.at as created_at, c.table_name, c.row_id, c.action, boss.id as actor_id, c.subject_id,
               null::text as request_id, c.old_values, c.new_values
          from (
               select p.at + ((select clock_now()) - p.at) * 0.9 as at, 'users' as table_name, p.id::text as row_id, 'update' as action, p.id as subject_id,
                      '{"account_status": "active"}'::jsonb as old_values, jsonb_build_object('account_status', p.status) as new_values
                 from demo_people p where p.n > 21 and p.status in ('suspended', 'locked', 'closed')
               union all
               select g.created_at, 'user_content_permissions', g.id::text, 'insert', g.user_id, null, to_jsonb(g)
                 from user_content_permissions g where g.created_at > (select clock_now()) - interval '60 days') c
         cross join (select id from users where email = 'admin@demo.test') boss) r
 order by r.id;

select setval(pg_get_serial_sequence('audit_trail', 'id'), coalesce(max(id), 0) + 1, false) from audit_trail;
select setval(pg_get_serial_sequence('login_attempts', 'id'), coalesce(max(id), 0) + 1, false) from login_attempts;
select setval(pg_get_serial_sequence('security_audit_log', 'id'), coalesce(max(id), 0) + 1, false) from security_audit_log;

do $$
declare
    part record;
    last_seal audit_seals;
begin
    select * into last_seal from audit_seals order by id desc limit 1;
    for part in
        with logs as (
            select 'audit_trail' as log, t.id, t.created_at, t.content_hash from audit_trail t
            union all select 'login_attempts', t.id, t.created_at, t.content_hash from login_attempts t
            union all select 'security_audit_log', t.id, t.created_at, t.content_hash from security_audit_log t
        ), open as (
            select l.*, (row_number() over (partition by l.log order by l.id) - 1) / 10000 as block
              from logs l
             where l.id > coalesce((select max(x) from audit_seals s cross join unnest(s.row_ids) x where s.log = l.log), 0)
               and not exists (select from audit_unsealed u where u.log = l.log and u.row_id = l.id)
        )
        select log, block, array_agg(id order by id) as ids, array_agg(content_hash order by id) as hashes, min(created_at) as first_at, max(created_at) as last_at
          from open group by log, block order by log, block
    loop
        insert into audit_seals (id, log, row_ids, first_at, last_at, previous_hash, hash)
        values (coalesce(last_seal.id, 0) + 1, part.log, part.ids, part.first_at, part.last_at, coalesce(last_seal.hash, ''),
                seal_hash(coalesce(last_seal.hash, ''), part.log, part.ids, part.hashes))
        returning * into last_seal;
    end loop;
end
$$;
