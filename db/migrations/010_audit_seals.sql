-- +goose Up
-- 010 Audit seals: one chain over all log rows, linked after the fact by one sealer.
set local lock_timeout = '5s';

-- Each seal names its rows in id order and hashes their content hashes together with the seal before it.
create table audit_seals (
    id            bigint      not null,
    log           text        not null,
    row_ids       bigint[]    not null,
    first_at      timestamptz not null,
    last_at       timestamptz not null,
    previous_hash bytea       not null,
    hash          bytea       not null,
    sealed_at     timestamptz not null default clock_now(),
    constraint audit_seals_pkey primary key (id),
    constraint audit_seals_log_known check (log in ('login_attempts', 'security_audit_log', 'audit_trail'))
);

create function seal_hash(previous bytea, log text, row_ids bigint[], content_hashes bytea[]) returns bytea
    language sql immutable parallel safe
as $$
    select sha256(previous || convert_to(log || ':' || row_ids::text || ':', 'UTF8')
        || coalesce((select string_agg(h, null order by n) from unnest(content_hashes) with ordinality x (h, n)), ''))
$$;

-- seal_audit() links the committed rows that wait in audit_unsealed, at most 10,000 per log and call, and returns how
-- many it linked. A call beside a running one links nothing.
-- +goose StatementBegin
create function seal_audit() returns bigint
    language plpgsql security definer set search_path = public, pg_temp
as $$
declare
    log_name text;
    ids      bigint[];
    hashes   bytea[];
    first_time timestamptz;
    last_time  timestamptz;
    last_seal audit_seals;
    linked   bigint := 0;
begin
    if not pg_try_advisory_xact_lock(hashtext('seal_audit')) then
        return 0;
    end if;
    for log_name in select distinct log from audit_unsealed order by log loop
        with taken as (
            delete from audit_unsealed u
             using (select log, row_id from audit_unsealed where log = log_name order by row_id limit 10000) t
             where u.log = t.log and u.row_id = t.row_id
            returning u.row_id, u.created_at)
        select array_agg(row_id order by row_id), min(created_at), max(created_at)
          into ids, first_time, last_time from taken;
        continue when ids is null;
        execute format('select array_agg(content_hash order by id) from %I where id = any($1) and created_at between $2 and $3', log_name)
           into hashes using ids, first_time, last_time;
        select * into last_seal from audit_seals order by id desc limit 1;
        insert into audit_seals (id, log, row_ids, first_at, last_at, previous_hash, hash)
        values (coalesce(last_seal.id, 0) + 1, log_name, ids, first_time, last_time, coalesce(last_seal.hash, ''),
                seal_hash(coalesce(last_seal.hash, ''), log_name, ids, hashes));
        linked := linked + cardinality(ids);
    end loop;
    return linked;
end
$$;
-- +goose StatementEnd

-- verify_audit() walks the chain and returns the first thing that is wrong, if any, and then one row ('unsealed') for
-- each log with rows that no seal names yet.
-- +goose StatementBegin
create function verify_audit() returns table (log text, row_id bigint, seal_id bigint, problem text)
    language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
declare
    seal     audit_seals;
    expected bytea := '';
    next_id  bigint := 1;
    hashes   bytea[];
    bad      record;
    check_personal text;
begin
    for seal in select * from audit_seals order by id loop
        if seal.id <> next_id or seal.previous_hash <> expected then
            return query select seal.log, seal.row_ids[1], seal.id, 'a seal before this one was removed or changed'::text;
            return;
        end if;
        check_personal := case seal.log
            -- Erased means: no salt and no value. A value without its salt was put there.
            when 'login_attempts' then 'case when t.personal_salt is null then num_nonnulls(t.email, t.ip_address, t.user_agent, t.device) > 0
                else t.personal_digest <> personal_digest(t.personal_salt, t.email::text, t.ip_address::text, t.user_agent, t.device) end'
            when 'security_audit_log' then 'case when t.personal_salt is null then num_nonnulls(t.ip_address, t.user_agent) > 0
                else t.personal_digest <> personal_digest(t.personal_salt, t.ip_address::text, t.user_agent) end'
            else 'false' end;
        execute format($q$
            select w.id, case when t.id is null then 'the row was deleted' else 'the row was changed' end as problem
              from unnest($1) w (id)
              left join %I t on t.id = w.id and t.created_at between $2 and $3
             where t.id is null or t.content_hash <> log_row_hash(to_jsonb(t)) or %s
             order by w.id limit 1$q$, seal.log, check_personal)
           into bad using seal.row_ids, seal.first_at, seal.last_at;
        if bad.id is not null then
            return query select seal.log, bad.id, seal.id, bad.problem;
            return;
        end if;
        execute format('select array_agg(t.content_hash order by t.id) from %I t where t.id = any($1) and t.created_at between $2 and $3', seal.log)
           into hashes using seal.row_ids, seal.first_at, seal.last_at;
        if seal.hash <> seal_hash(seal.previous_hash, seal.log, seal.row_ids, hashes) then
            return query select seal.log, seal.row_ids[1], seal.id, 'the rows are not those that were sealed'::text;
            return;
        end if;
        expected := seal.hash;
        next_id := seal.id + 1;
    end loop;
    -- A personal value of the trail that no longer gives its digest was changed; one that is gone was erased.
    return query
        select 'audit_trail'::text, v.audit_id, null::bigint, 'a personal value was changed'::text
          from audit_personal_values v join audit_trail t on t.id = v.audit_id
         where 'digest:' || encode(personal_digest(v.salt, v.value), 'hex')
               is distinct from (case v.side when 'old' then t.old_values else t.new_values end) ->> v.column_name
         order by v.audit_id limit 1;
    return query select u.log, min(u.row_id), null::bigint, 'unsealed'::text from audit_unsealed u group by u.log order by u.log;
end
$$;
-- +goose StatementEnd

revoke execute on function seal_audit(), verify_audit() from public;

call grant_to('lyceum_app', 'select', 'table audit_seals');
call grant_to('lyceum_app', 'execute', 'function seal_audit()', 'function verify_audit()');
select apply_grants();
