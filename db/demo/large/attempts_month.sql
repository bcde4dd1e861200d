-- The sign-in attempts of one month (demo.month), hashed as hash_log_row() does it, become its partition.
select pg_temp.open_month('login_attempts');
insert into demo_month (id, created_at, user_id, email, status, reason, ip_address, user_agent, device, personal_salt, personal_digest, content_hash)
select r.*, log_row_hash(to_jsonb(r))
  from (select id, created_at, user_id, email, status, reason, ip_address, user_agent, device, personal_salt,
               personal_digest(personal_salt, email::text, ip_address::text, user_agent, device) as personal_digest
          from demo_knocks
         where created_at >= current_setting('demo.month')::date and created_at < current_setting('demo.month')::date + interval '1 month') r
 order by r.id;
select pg_temp.close_month('login_attempts', current_setting('demo.month')::date);
