-- The event log of one month (demo.month), hashed as hash_log_row() does it, becomes its partition.
select pg_temp.open_month('security_audit_log');
insert into demo_month (id, created_at, event, severity, user_id, actor_id, session_id, request_id, details, ip_address, user_agent, personal_salt, personal_digest, content_hash)
select r.*, log_row_hash(to_jsonb(r))
  from (select id, created_at, event, severity, user_id, actor_id, session_id, request_id, details, ip_address, user_agent, personal_salt,
               personal_digest(personal_salt, ip_address::text, user_agent) as personal_digest
          from demo_security
         where created_at >= current_setting('demo.month')::date and created_at < current_setting('demo.month')::date + interval '1 month') r
 order by r.id;
select pg_temp.close_month('security_audit_log', current_setting('demo.month')::date);
