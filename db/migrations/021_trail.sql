-- +goose Up
-- 021 Trail: each change names the session, the address and the user agent that it came from; more tables have a trail; mail
-- that is of no use any longer is dropped.
set local lock_timeout = '5s';

alter table mail_messages drop constraint mail_messages_status_known;
alter table mail_messages add constraint mail_messages_status_known check (status in ('queued', 'sent', 'failed', 'dropped'));

create index mail_messages_template_idx on mail_messages (template, created_at desc, id desc);

-- request_values has the digests of the address and the user agent; their sources are in audit_personal_values, so that erasing
-- them breaks no seal.
alter table audit_trail add column session_id uuid, add column request_values jsonb;
create index audit_trail_session_idx on audit_trail (session_id, created_at desc) where session_id is not null;

alter table audit_personal_values drop constraint audit_personal_values_side_known;
alter table audit_personal_values add constraint audit_personal_values_side_known check (side in ('old', 'new', 'request'));

-- The hash of a log row: every column but the hash itself and the erasable values, which personal_digest stands for. What
-- this file adds counts only where it is set, so that rows keep the hash that they were sealed with.
-- +goose StatementBegin
create or replace function log_row_hash(log_row jsonb) returns bytea
    language sql immutable parallel safe
as $$
    select sha256(convert_to((log_row - '{content_hash,personal_salt,email,ip_address,user_agent,device}'::text[]
        - case when log_row ? 'request_values'
               then array(select k from unnest('{session_id,request_values}'::text[]) k where log_row -> k = 'null')
               else '{}' end)::text, 'UTF8'))
$$;
-- +goose StatementEnd

-- keep_request_value(trail row, column, subject, value) keeps where a change came from and returns what stands for it in the
-- sealed row; null when there is no value.
-- +goose StatementBegin
create function keep_request_value(trail_id bigint, name text, subject uuid, kept text) returns jsonb
    language plpgsql set search_path = public, pg_temp set bytea_output = 'hex'
as $$
declare
    new_salt constant bytea := uuid_send(gen_random_uuid());
begin
    if coalesce(kept, '') = '' then
        return null;
    end if;
    insert into audit_personal_values (audit_id, side, column_name, subject_id, salt, value)
    values (trail_id, 'request', name, subject, new_salt, kept);
    return jsonb_build_object(name, 'digest:' || encode(personal_digest(new_salt, kept), 'hex'));
end
$$;
-- +goose StatementEnd
revoke execute on function keep_request_value(bigint, text, uuid, text) from public;

-- record_row_change(key columns, subject column, personal columns, shown): statement-level, one trail row per changed row.
-- shown is what of a row is looked at, as a list of select; without it all columns are. Actor, request, session, address and
-- user agent come from the transaction helper (lyceum.actor, …). The address of a request that nobody was signed in for
-- belongs to whom the row is about.
-- +goose StatementBegin
create or replace function record_row_change() returns trigger
    language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
declare
    secret   constant text[] := '{password_hash,token_hash,session_token,two_factor_secret,data}';
    noise    constant text[] := '{updated_at,last_login_at,last_used_at,last_used_ip}';
    personal constant text[] := string_to_array(tg_argv[2], ',');
    columns  constant text := coalesce(tg_argv[3], '*');
    actor    constant uuid := nullif(current_setting('lyceum.actor', true), '')::uuid;
    request  constant text := nullif(current_setting('lyceum.request', true), '');
    session  constant uuid := nullif(current_setting('lyceum.session', true), '')::uuid;
    address  constant text := nullif(current_setting('lyceum.address', true), '');
    agent    constant text := nullif(current_setting('lyceum.agent', true), '');
    changed  record;
    side     record;
    trail_id bigint;
    subject  uuid;
    new_salt bytea;
    shown    jsonb[];
    kept     jsonb := '[]';
    held     jsonb;
    came     jsonb;
    col      text;
begin
    for changed in
        execute case tg_op
            when 'INSERT' then format('select null::jsonb as old_row, to_jsonb(n) as new_row from (select %s from new_rows) n', columns)
            when 'DELETE' then format('select to_jsonb(o) as old_row, null::jsonb as new_row from (select %s from old_rows) o', columns)
            else format('select to_jsonb(o) as old_row, to_jsonb(n) as new_row
                from (select %1$s from old_rows) o join (select %1$s from new_rows) n using (%2$s)', columns, tg_argv[0])
        end
    loop
        if tg_op = 'UPDATE' then
            -- Only what differs is recorded.
            select jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, changed.new_row -> o.key)
              into held, kept
              from jsonb_each(changed.old_row - noise) o
             where o.value is distinct from changed.new_row -> o.key;
            continue when held is null;
            shown := array[held, kept];
        else
            shown := array[changed.old_row - noise, changed.new_row - noise];
        end if;

        trail_id := nextval('public.audit_trail_id_seq');
        subject := (coalesce(changed.new_row, changed.old_row) ->> tg_argv[1])::uuid;
        for side in select * from (values (1, 'old'), (2, 'new')) s (n, name) where shown[s.n] is not null loop
            foreach col in array secret loop
                if shown[side.n] ? col then
                    shown[side.n] := shown[side.n] || jsonb_build_object(col, 'secret');
                end if;
            end loop;
            foreach col in array personal loop
                if shown[side.n] ->> col is not null then
                    new_salt := uuid_send(gen_random_uuid());
                    insert into audit_personal_values (audit_id, side, column_name, subject_id, salt, value)
                    values (trail_id, side.name, col, subject, new_salt, shown[side.n] ->> col);
                    shown[side.n] := shown[side.n]
                        || jsonb_build_object(col, 'digest:' || encode(personal_digest(new_salt, shown[side.n] ->> col), 'hex'));
                end if;
            end loop;
        end loop;
        came := null;
        if address is not null or agent is not null then
            came := coalesce(keep_request_value(trail_id, 'ip_address', coalesce(actor, subject), address), '{}')
                || coalesce(keep_request_value(trail_id, 'user_agent', coalesce(actor, subject), agent), '{}');
        end if;

        insert into audit_trail (id, table_name, row_id, action, actor_id, subject_id, request_id, session_id, request_values,
            old_values, new_values)
        overriding system value
        values (trail_id, tg_table_name,
                (select string_agg(coalesce(changed.new_row, changed.old_row) ->> k, ':')
                   from unnest(string_to_array(tg_argv[0], ',')) k),
                lower(tg_op), actor, subject, request, session, came, shown[1], shown[2]);
    end loop;
    return null;
end
$$;
-- +goose StatementEnd

-- audit_columns(table, key columns, subject column, shown) is audit_table for a table of which not all is recorded: shown is a
-- list of select over a row.
-- +goose StatementBegin
create procedure audit_columns(audited regclass, key_columns text, subject_column text, shown text)
    language plpgsql
as $$
declare
    event text;
begin
    foreach event in array '{insert,update,delete}'::text[] loop
        execute format('create trigger %s_audit_%s after %s on %s referencing %s
            for each statement execute function record_row_change(%L, %L, %L, %L)', audited::text, event, event, audited,
            case event when 'insert' then 'new table as new_rows' when 'delete' then 'old table as old_rows'
                else 'old table as old_rows new table as new_rows' end, key_columns, subject_column, '', shown);
    end loop;
end
$$;
-- +goose StatementEnd
revoke execute on procedure audit_columns(regclass, text, text, text) from public;

call audit_table('content_unlocks', 'user_id,content_id', 'user_id');
call audit_table('content_files', 'content_id,sha256', '');
call audit_columns('content_sources', 'content_id', '', 'content_id, source, path, document, checksum, pruned_from, asks');
-- A body may have a megabyte: its digest tells that it changed, and whether it is some text that somebody still has. It is made,
-- empty, with its item, whose own row tells of that.
call audit_columns('content_bodies', 'content_id', '', $$content_id, 'sha256:' || encode(sha256(convert_to(body, 'UTF8')), 'hex') as body$$);
drop trigger content_bodies_audit_insert on content_bodies;

-- verify_audit() walks the chain and returns the first thing that is wrong, if any, and then one row ('unsealed') for
-- each log with rows that no seal names yet.
-- +goose StatementBegin
create or replace function verify_audit() returns table (log text, row_id bigint, seal_id bigint, problem text)
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
               is distinct from (case v.side when 'old' then t.old_values when 'new' then t.new_values else t.request_values end) ->> v.column_name
         order by v.audit_id limit 1;
    return query select u.log, min(u.row_id), null::bigint, 'unsealed'::text from audit_unsealed u group by u.log order by u.log;
end
$$;
-- +goose StatementEnd

-- Where a change came from, null once it was erased. A view, so that whoever reads the trail reads no other personal value.
create view audit_requests as
    select v.audit_id, max(v.value) filter (where v.column_name = 'ip_address') as ip_address,
           max(v.value) filter (where v.column_name = 'user_agent') as user_agent
      from audit_personal_values v
     where v.side = 'request'
     group by v.audit_id;
call grant_to('lyceum_app', 'select', 'table audit_requests');
select apply_grants();
