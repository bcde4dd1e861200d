-- +goose Up
-- 030 Never sealed: rows of a log that somebody put there past the triggers, such as a whole month that never was, are found.
set local lock_timeout = '5s';

-- verify_rows() finds rows that no seal names and that do not wait for one, the first of each log. A row belongs to a seal that names it and
-- reaches over its time: the id of another does not cover it.
-- +goose StatementBegin
create function verify_rows() returns table (log text, row_id bigint, seal_id bigint, problem text)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
declare
    name text;
begin
    foreach name in array array['audit_trail', 'login_attempts', 'security_audit_log'] loop
        return query execute format($q$
            with sealed as materialized (
                select u.id, s.first_at, s.last_at from audit_seals s cross join lateral unnest(s.row_ids) u (id) where s.log = $1)
            select $1, min(t.id), null::bigint, 'the row was never sealed'
              from %I t
             where not exists (select from sealed s where s.id = t.id and t.created_at between s.first_at and s.last_at)
               and not exists (select from audit_unsealed w where w.log = $1 and w.row_id = t.id)
            having count(*) > 0$q$, name) using name;
    end loop;
end
$$;
-- +goose StatementEnd

revoke execute on function verify_rows() from public;
call grant_to('lyceum_app', 'execute', 'function verify_rows()');
select apply_grants();
