

CREATE SCHEMA archived;

CREATE SCHEMA report;

COMMENT ON SCHEMA report IS 'Stable views for reporting tools. People appear by id only.';

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;

COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings';

CREATE FUNCTION public.analyze_parents() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    parent regclass;
begin
    for parent in select p.partrelid::regclass from pg_partitioned_table p join pg_class c on c.oid = p.partrelid
                   where c.relnamespace = 'public'::regnamespace loop
        execute format('analyze %s', parent);
    end loop;
end
$$;

CREATE FUNCTION public.apply_grants() RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    wish record;
    missing text;
begin
    for wish in select g.* from role_grants g join pg_roles r on r.rolname = g.role_name order by g.role_name, g.object loop
        execute format('grant %s on %s to %I', wish.privileges, wish.object, wish.role_name);
    end loop;
    -- Whoever may not change the database or PostgreSQL's own functions leaves them as they are.
    if exists (select from pg_database d where d.datname = current_database() and pg_has_role(d.datdba, 'usage')) then
        for wish in select r.rolname from pg_roles r where r.rolname in ('lyceum_owner', 'lyceum_app', 'lyceum_report') order by r.rolname loop
            execute format('grant connect on database %I to %I', current_database(), wish.rolname);
        end loop;
        execute format('revoke connect, temporary on database %I from public', current_database());
    end if;
    for wish in
        select p.oid::regprocedure as name from pg_proc p
         where p.pronamespace = 'pg_catalog'::regnamespace and p.proname in ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import')
           and has_function_privilege('public', p.oid, 'execute') and pg_has_role(p.proowner, 'usage')
         order by p.oid
    loop
        execute format('revoke execute on function pg_catalog.%s from public', wish.name);
    end loop;
    select string_agg(distinct g.role_name, ', ') into missing
      from role_grants g where not exists (select from pg_roles r where r.rolname = g.role_name);
    if missing is not null then
        raise notice 'missing roles: %. Let a superuser create them, then run `lyceum migrate`, or: select apply_grants()', missing;
    end if;
end
$$;

CREATE FUNCTION public.archivable_months() RETURNS TABLE(log text, month date)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $_$
    select p.relname::text, m.month
      from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
      cross join lateral (select to_date(right(c.relname, 7), 'YYYY"m"MM') as month) m
      join retention_rules r on r.name = p.relname
     where p.relnamespace = 'public'::regnamespace and p.relname in ('login_attempts', 'security_audit_log') and c.relname ~ '_y\d{4}m\d{2}$'
       and m.month + interval '1 month' <= clock_now() - make_interval(days => r.days)
       and not exists (select from log_archives a where a.log = p.relname and a.month = m.month
                        and (a.restored_at is null or a.restored_at > clock_now() - keep_for('restored_months')))
     order by m.month, p.relname
$_$;

CREATE FUNCTION public.attach_month(log_name text, wanted date, table_name text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET lock_timeout TO '500ms'
    AS $$
declare
    part constant text := month_name(log_name, wanted);
    rows_ record;
begin
    perform from function_locks where name = 'archive' for update;
    select * into rows_ from month_digest(format('archived.%I', table_name)::regclass);
    if rows_.digest is distinct from (select a.rows_digest from log_archives a where a.log = log_name and a.month = wanted) then
        raise exception using errcode = 'data_corrupted', message = format('the rows of %s are not those that were archived', part);
    end if;
    execute format('alter table archived.%I set schema public', table_name);
    if table_name <> part then
        execute format('alter table %I rename to %I', table_name, part);
    end if;
    execute format('with moved as (delete from %I where created_at >= %L and created_at < %L returning *) insert into %I select * from moved',
        log_name || '_default', wanted, (wanted + interval '1 month')::date, part);
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', log_name, part, wanted, (wanted + interval '1 month')::date);
    update log_archives a set restored_at = clock_now(), dropped_at = null where a.log = log_name and a.month = wanted;
end
$$;

CREATE PROCEDURE public.audit_columns(IN audited regclass, IN key_columns text, IN subject_column text, IN shown text)
    LANGUAGE plpgsql
    AS $$
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

CREATE PROCEDURE public.audit_table(IN audited regclass, IN key_columns text, IN subject_column text, IN personal_columns text DEFAULT ''::text)
    LANGUAGE plpgsql
    AS $$
declare
    args constant text := format('%L, %L, %L', key_columns, subject_column, personal_columns);
begin
    execute format('create trigger %s_audit_insert after insert on %s referencing new table as new_rows
        for each statement execute function record_row_change(%s)', audited::text, audited, args);
    execute format('create trigger %s_audit_update after update on %s referencing old table as old_rows new table as new_rows
        for each statement execute function record_row_change(%s)', audited::text, audited, args);
    execute format('create trigger %s_audit_delete after delete on %s referencing old table as old_rows
        for each statement execute function record_row_change(%s)', audited::text, audited, args);
end
$$;

CREATE FUNCTION public.new_id() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    AS $$
    select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

CREATE TABLE public.epochs (
    id uuid DEFAULT public.new_id() NOT NULL,
    began_at timestamp with time zone DEFAULT now() NOT NULL,
    restored_until timestamp with time zone,
    backup_name text DEFAULT ''::text NOT NULL,
    sessions_ended bigint NOT NULL,
    tokens_revoked bigint NOT NULL,
    devices_forgotten bigint NOT NULL,
    links_voided bigint NOT NULL,
    requests_dropped bigint NOT NULL,
    mails_held bigint NOT NULL
);

CREATE FUNCTION public.begin_epoch(until timestamp with time zone, backup text) RETURNS public.epochs
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $_$
declare
    epoch epochs;
begin
    epoch.id := new_id();
    epoch.began_at := now();
    epoch.restored_until := until;
    epoch.backup_name := backup;

    update user_sessions set is_active = false, ended_at = clock_now(), end_reason = 'revoked' where is_active;
    get diagnostics epoch.sessions_ended = row_count;
    with api as (update api_tokens set revoked_at = clock_now() where revoked_at is null returning 1),
        refresh as (update refresh_tokens set revoked_at = clock_now() where revoked_at is null returning 1)
    select (select count(*) from api) + (select count(*) from refresh) into epoch.tokens_revoked;
    -- A device that is trusted is tried with more patience when passwords are guessed.
    delete from login_throttles where trusted_at is not null;
    get diagnostics epoch.devices_forgotten = row_count;
    update user_verifications set expires_at = clock_now(), password_hash = null, first_name = '', last_name = ''
     where used_at is null and expires_at > clock_now();
    get diagnostics epoch.links_voided = row_count;
    -- What was asked for was worked off, or not, in the time that is lost: whoever still wants it asks again.
    delete from account_requests;
    get diagnostics epoch.requests_dropped = row_count;
    -- A message that waits may have been sent in the time that is lost. An administrator looks at it, and sends it with retryMail.
    update mail_messages set status = 'failed', last_error = 'held: the school was restored from a backup' where status = 'queued';
    get diagnostics epoch.mails_held = row_count;
    if to_regclass('river.river_job') is not null then
        execute $q$ update river.river_job set state = 'discarded', finalized_at = now()
            where kind in ('send_mail', 'account_request') and finalized_at is null $q$;
        -- What was running when the machine went begins anew.
        execute $q$ update river.river_job set state = 'available', scheduled_at = now() where state = 'running' $q$;
    end if;
    update backups set state = 'failed', finished_at = now(), last_error = 'the school was restored from it, or meanwhile' where state = 'running';
    update restore_drills set state = 'failed', finished_at = now(), last_error = 'the school was restored meanwhile' where state = 'running';
    insert into epochs select epoch.*;
    insert into security_audit_log (event, severity, details)
    values ('school_restored', 'critical', jsonb_build_object('until', until, 'backup', backup, 'sessions', epoch.sessions_ended,
        'tokens', epoch.tokens_revoked));
    return epoch;
end
$_$;

CREATE FUNCTION public.begin_restore(log_name text, wanted date) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    part constant text := month_name(log_name, wanted);
begin
    if to_regclass(format('public.%I', part)) is not null then
        raise exception using errcode = 'duplicate_table', message = format('%s is in the database', part);
    end if;
    if to_regclass(format('archived.%I', part)) is not null then
        perform attach_month(log_name, wanted, part);
        return true;
    end if;
    execute format('drop table if exists archived.%I', part || '_restoring');
    execute format('create table archived.%I (like public.%I including defaults including constraints)', part || '_restoring', log_name);
    return false;
end
$$;

CREATE FUNCTION public.body_document(body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ select setweight(to_tsvector('english', search_text(body, 200000)), 'D') $$;

CREATE FUNCTION public.changed_row(log_name text, wanted date, page jsonb) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET bytea_output TO 'hex'
    AS $_$
declare
    bad bigint;
begin
    -- Only the seals of the page's time: all proofs of the month for every page would take the square of its rows.
    execute format('with r as materialized (select t.* from jsonb_populate_recordset(null::public.%I, $1) t),
               p as (select u.id, u.hash from sealed_proofs q join audit_seals s on s.id = q.seal_id
                      cross join lateral unnest(q.row_ids, q.content_hashes) u (id, hash)
                      where q.log = $2 and q.month = $3 and s.first_at <= (select max(r.created_at) from r) and s.last_at >= (select min(r.created_at) from r))
        select min(t.id) from r t left join p on p.id = t.id
         where p.hash is distinct from log_row_hash(to_jsonb(t)) or %s', log_name, personal_changed(log_name)) into bad using page, log_name, wanted;
    return bad;
end
$_$;

CREATE FUNCTION public.clock_now() RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
begin
    return now() + (select c.shift from public.clock c);
end
$$;

CREATE FUNCTION public.close_month(log_name text, wanted date, file text, bytes bigint, file_sum bytea, read_digest bytea) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET bytea_output TO 'hex'
    SET lock_timeout TO '500ms'
    AS $_$
declare
    part   constant text := month_name(log_name, wanted);
    ends   constant date := (wanted + interval '1 month')::date;
    found_ record;
    proven bigint;
    bad    bigint;
begin
    perform from function_locks where name = 'archive' for update;
    if exists (select from log_archives a where a.log = log_name and a.month = wanted and a.restored_at is null) then
        raise exception using errcode = 'object_not_in_prerequisite_state', message = format('%s was archived before', part);
    end if;
    execute format('lock table %I in share mode', part);
    select * into found_ from month_digest(part::regclass);
    if found_.digest <> read_digest then
        raise exception using errcode = 'object_not_in_prerequisite_state', message = format('rows of %s changed while they were archived', part);
    end if;
    -- What was tampered with stays for those who find out by whom.
    execute format('select min(t.id) from %I t where t.content_hash <> log_row_hash(to_jsonb(t)) or %s', part, personal_changed(log_name)) into bad;
    if bad is not null then
        raise exception using errcode = 'object_not_in_prerequisite_state', message = format('row %s of %s was changed: see lyceum audit verify', bad, part);
    end if;
    insert into log_archives as a (log, month, file, bytes, sha256, row_count, rows_digest)
    values (log_name, wanted, file, bytes, file_sum, found_.row_count, found_.digest)
    on conflict (log, month) do update set file = excluded.file, bytes = excluded.bytes, sha256 = excluded.sha256, row_count = excluded.row_count,
        rows_digest = excluded.rows_digest, archived_at = clock_now(), checked_at = clock_now(), dropped_at = null, restored_at = null;
    delete from sealed_proofs p where p.log = log_name and p.month = wanted;
    execute format('insert into sealed_proofs (seal_id, log, month, row_ids, content_hashes)
        select s.id, $1, $2, array_agg(t.id order by t.id), array_agg(t.content_hash order by t.id)
          from audit_seals s cross join lateral unnest(s.row_ids) w (id) join %I t on t.id = w.id
         where s.log = $1 and s.first_at < $3 and s.last_at >= $2 group by s.id', part) using log_name, wanted, ends;
    select coalesce(sum(cardinality(p.row_ids)), 0) into proven from sealed_proofs p where p.log = log_name and p.month = wanted;
    if proven <> found_.row_count then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('%s of the %s rows of %s are sealed', proven, found_.row_count, part);
    end if;
    execute format('alter table %I detach partition %I', log_name, part);
    execute format('alter table %I set schema archived', part);
    -- The event is sealed like any other: what left, and into which file, cannot be said differently later.
    insert into security_audit_log (event, severity, details)
    values ('log_month_archived', 'info', jsonb_build_object('log', log_name, 'month', wanted, 'rows', found_.row_count, 'file', file,
        'sha256', encode(file_sum, 'hex')));
    return found_.row_count;
end
$_$;

CREATE FUNCTION public.content_document(title text, summary text, preview text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select setweight(to_tsvector('english', search_text(title, 1000)), 'A') || setweight(to_tsvector('english', search_text(summary, 5000)), 'B')
        || setweight(to_tsvector('english', search_text(preview, 20000)), 'D')
$$;

CREATE FUNCTION public.count_item_version() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.version := old.version + 1;
    return new;
end
$$;

CREATE FUNCTION public.current_timeline() RETURNS TABLE(system_identifier bigint, timeline bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select c.system_identifier, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint from pg_control_system() c
$$;

CREATE FUNCTION public.drop_month(log_name text, wanted date) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET lock_timeout TO '500ms'
    AS $$
begin
    execute format('drop table if exists archived.%I', month_name(log_name, wanted));
    update log_archives a set dropped_at = clock_now(), checked_at = clock_now() where a.log = log_name and a.month = wanted;
end
$$;

CREATE FUNCTION public.droppable_months() RETURNS TABLE(log text, month date)
    LANGUAGE sql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select a.log, a.month from log_archives a
     where a.dropped_at is null and a.restored_at is null and a.archived_at <= clock_now() - keep_for('archived_months')
     order by a.month, a.log
$$;

CREATE FUNCTION public.ensure_partitions(ahead integer DEFAULT 3) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET lock_timeout TO '500ms'
    AS $$
declare
    parent      record;
    first_day   date;
    part        text;
    col         record;
    this_month  constant date := date_trunc('month', clock_now())::date;
    stray       date[];
begin
    if ahead not between 0 and 120 then
        raise exception using errcode = 'invalid_parameter_value', message = 'ahead must be 0 to 120 months';
    end if;
    -- Two runners at once would both find a month missing.
    perform from function_locks where name = 'ensure_partitions' for update;
    for parent in
        select c.oid, c.relname::text as name, d.relname::text as default_name
          from pg_partitioned_table p
          join pg_class c on c.oid = p.partrelid
          join pg_class d on d.oid = p.partdefid
         where c.relnamespace = 'public'::regnamespace
         order by c.relname
    loop
        execute format('select array_agg(distinct date_trunc(''month'', created_at)::date) from %I', parent.default_name) into stray;
        for first_day in
            select (this_month + make_interval(months => n))::date from generate_series(0, ahead) n
            union select unnest(stray)
            order by 1
        loop
            part := parent.name || to_char(first_day, '"_y"YYYY"m"MM');
            -- The place of a month that has left stays free for it.
            continue when to_regclass(quote_ident(part)) is not null
                or exists (select from log_archives a where a.log = parent.name and a.month = first_day and a.restored_at is null);
            execute format('create table %I (like %I including defaults including constraints)
                with (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)', part, parent.name);
            for col in select a.attname, a.attstattarget from pg_attribute a where a.attrelid = parent.oid and a.attnum > 0 and a.attstattarget > 0 loop
                execute format('alter table %I alter column %I set statistics %s', part, col.attname, col.attstattarget);
            end loop;
            execute format('with moved as (delete from %I where created_at >= %L and created_at < %L returning *)
                insert into %I select * from moved',
                parent.default_name, first_day, (first_day + interval '1 month')::date, part);
            execute format('alter table %I attach partition %I for values from (%L) to (%L)',
                parent.name, part, first_day, (first_day + interval '1 month')::date);
            return next part;
        end loop;
    end loop;
end
$$;

CREATE FUNCTION public.finish_restore(log_name text, wanted date) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select attach_month(log_name, wanted, month_name(log_name, wanted) || '_restoring')
$$;

CREATE FUNCTION public.forget_trail(after_seal bigint, OUT forgotten bigint, OUT last_seal bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET bytea_output TO 'hex'
    AS $$
declare
    old_trail constant timestamptz := clock_now() - keep_for('audit_trail');
    seals     bigint;
begin
    with next as (
        select s.id, s.row_ids, s.first_at, s.last_at from audit_seals s
         where s.id > after_seal and s.log = 'audit_trail' and s.last_at < old_trail and not exists (select from sealed_proofs p where p.seal_id = s.id)
         order by s.id limit 1000),
    old as (select n.* from (select n.*, sum(cardinality(n.row_ids)) over (order by n.id) - cardinality(n.row_ids) as rows_before from next n) n
             where n.rows_before < 10000),
    gone as (delete from audit_trail t using old o where t.id = any(o.row_ids) and t.created_at between o.first_at and o.last_at
               and t.content_hash = log_row_hash(to_jsonb(t))
             returning t.id, t.content_hash, o.id as seal_id),
    personal as (delete from audit_personal_values v using gone g where v.audit_id = g.id),
    proven as (insert into sealed_proofs (seal_id, log, row_ids, content_hashes)
               select g.seal_id, 'audit_trail', array_agg(g.id order by g.id), array_agg(g.content_hash order by g.id) from gone g group by g.seal_id)
    select count(*), count(distinct g.seal_id), (select max(o.id) from old o) into forgotten, seals, last_seal from gone g;
    if forgotten > 0 then
        insert into security_audit_log (event, severity, details)
        values ('row_changes_forgotten', 'info', jsonb_build_object('rows', forgotten, 'seals', seals));
    end if;
end
$$;

CREATE PROCEDURE public.grant_to(IN wanted_role text, IN wanted_privileges text, VARIADIC objects text[])
    LANGUAGE plpgsql
    AS $$
begin
    insert into role_grants (role_name, object, privileges)
    select wanted_role, o, wanted_privileges from unnest(objects) o
    on conflict (role_name, object) do update set privileges = excluded.privileges;
end
$$;

CREATE FUNCTION public.hash_log_row() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET bytea_output TO 'hex'
    AS $$
begin
    if not pg_has_role(session_user, current_user, 'member') then
        new.created_at := clock_now();
    end if;
    if tg_argv[0] = 'login_attempts' then
        new.personal_salt := uuid_send(gen_random_uuid());
        new.personal_digest := personal_digest(new.personal_salt, new.email::text, new.ip_address::text, new.user_agent, new.device);
    elsif tg_argv[0] = 'security_audit_log' then
        new.personal_salt := uuid_send(gen_random_uuid());
        new.personal_digest := personal_digest(new.personal_salt, new.ip_address::text, new.user_agent);
    end if;
    new.content_hash := log_row_hash(to_jsonb(new));
    insert into audit_unsealed (log, row_id, created_at) values (tg_argv[0], new.id, new.created_at);
    return new;
end
$$;

CREATE FUNCTION public.health_grants() RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select g from missing_grants() g order by 1 limit 20
$$;

CREATE FUNCTION public.health_migrations() RETURNS SETOF text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if to_regclass('migration.checksums') is not null then
        return query execute 'select name from migration.checksums';
    end if;
end
$$;

CREATE FUNCTION public.health_partitions() RETURNS TABLE(table_name text, months_ahead integer, stray bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    for table_name in select c.relname from pg_partitioned_table p join pg_class c on c.oid = p.partrelid
                       where c.relnamespace = 'public'::regnamespace order by c.relname loop
        select count(*) into months_ahead from (
            select bool_and(to_regclass(table_name || to_char(date_trunc('month', clock_now() at time zone 'UTC') + make_interval(months => m), '"_y"YYYY"m"MM')) is not null)
                       over (order by m) as there
              from generate_series(1, 12) m) months where months.there;
        execute format('select count(*) from %I', table_name || '_default') into stray;
        return next;
    end loop;
end
$$;

CREATE FUNCTION public.health_seals() RETURNS TABLE(unsealed bigint, oldest_waits double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select count(*), coalesce(extract(epoch from clock_now() - min(u.created_at)), 0)::float8 from audit_unsealed u
$$;

CREATE FUNCTION public.hold_source(wanted text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET lock_timeout TO '500ms'
    AS $$
begin
    perform from content_source_locks where source = wanted for update skip locked;
    if not found then
        -- Of two first imports the second waits here for the first, and gives up soon.
        insert into content_source_locks (source) values (wanted) on conflict do nothing;
    end if;
    return found;
exception
    when lock_not_available then return false;
end
$$;

CREATE FUNCTION public.imported_digest(title text, summary text, preview text, kind text, seconds integer, language text, tags text[], body text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select sha256(convert_to(jsonb_build_array(title, summary, preview, kind, seconds, language, tags, body)::text, 'UTF8'))
$$;

CREATE FUNCTION public.index_health() RETURNS TABLE(schema_name text, index_name text, table_name text, bytes bigint, bloat_bytes bigint, scans bigint, is_unique boolean, is_valid boolean, statistics_since timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select s.schemaname::text, s.indexrelname::text, s.relname::text, c.relpages::bigint * 8192,
           case when c.reltuples >= 0 and w.width is not null and m.amname = 'btree'
                then greatest(0, c.relpages - ceil(c.reltuples * (w.width + 12) / (8148 * 0.9)) - 2)::bigint * 8192 end,
           s.idx_scan, i.indisunique, i.indisvalid,
           (select d.stats_reset from pg_stat_database d where d.datname = current_database())
      from pg_stat_user_indexes s join pg_index i on i.indexrelid = s.indexrelid join pg_class c on c.oid = s.indexrelid
      join pg_am m on m.oid = c.relam
      left join (
        select i.indexrelid, sum(coalesce(a.avg_width, 16)) as width
          from pg_stat_user_indexes x join pg_index i on i.indexrelid = x.indexrelid
          cross join lateral unnest(i.indkey::int2[]) with ordinality k (attnum, n)
          left join pg_attribute t on t.attrelid = i.indrelid and t.attnum = k.attnum and k.attnum > 0
          left join pg_attribute e on e.attrelid = i.indexrelid and e.attnum = k.n
          left join pg_stats a on a.schemaname = x.schemaname
               and a.tablename = case when k.attnum > 0 then x.relname else x.indexrelname end
               and a.attname = case when k.attnum > 0 then t.attname else e.attname end
         group by i.indexrelid) w on w.indexrelid = s.indexrelid
     where s.schemaname in ('public', 'river') and c.relkind = 'i'
     order by 4 desc, 2
$$;

CREATE FUNCTION public.keep_category_paths() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    -- One mover at a time: two concurrent moves could otherwise close a circle that neither of them sees.
    perform from function_locks where name = 'content_category_paths' for update;
    if tg_op = 'INSERT' then
        insert into content_category_paths (ancestor_id, descendant_id, depth)
        select p.ancestor_id, new.id, p.depth + 1 from content_category_paths p where p.descendant_id = new.parent_id
        union all select new.id, new.id, 0;
        return new;
    end if;
    if exists (select from content_category_paths where ancestor_id = new.id and descendant_id = new.parent_id) then
        raise exception using errcode = 'check_violation', constraint = 'content_categories_no_circle',
            message = 'a category cannot be moved below itself';
    end if;
    delete from content_category_paths p
     using content_category_paths below, content_category_paths above
     where below.ancestor_id = new.id and above.descendant_id = new.id and above.depth > 0
       and p.descendant_id = below.descendant_id and p.ancestor_id = above.ancestor_id;
    insert into content_category_paths (ancestor_id, descendant_id, depth)
    select above.ancestor_id, below.descendant_id, above.depth + below.depth + 1
      from content_category_paths above cross join content_category_paths below
     where above.descendant_id = new.parent_id and below.ancestor_id = new.id;
    return new;
end
$$;

CREATE FUNCTION public.keep_content_search() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if tg_table_name = 'content_items' then
        insert into content_bodies (content_id, search) values (new.id, content_document(new.title, new.summary, new.preview))
        on conflict (content_id) do update set search = excluded.search;
    else
        new.body_search := body_document(new.body);
    end if;
    return new;
end
$$;

CREATE FUNCTION public.keep_for(rule text) RETURNS interval
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select make_interval(days => r.days) from retention_rules r where r.name = rule
$$;

CREATE FUNCTION public.keep_prerequisite_count() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    item constant uuid := case tg_op when 'DELETE' then old.content_id else new.content_id end;
begin
    if tg_op = 'INSERT' then
        -- One writer at a time: two concurrent edges could otherwise close a circle that neither of them sees.
        perform from function_locks where name = 'content_prerequisites' for update;
        if exists (
            with recursive needed (id) as (
                select new.required_id
                union
                select p.required_id from content_prerequisites p join needed n on p.content_id = n.id
            )
            select from needed where id = new.content_id
        ) then
            raise exception using errcode = 'check_violation', constraint = 'content_prerequisites_no_circle',
                message = 'an item cannot require itself, not even by a detour';
        end if;
    end if;
    update content_items c
       set prerequisite_count = (select count(*) from content_prerequisites p where p.content_id = item)
     where c.id = item;
    return null;
end
$$;

CREATE FUNCTION public.keep_request_value(trail_id bigint, name text, subject uuid, kept text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET bytea_output TO 'hex'
    AS $$
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

CREATE FUNCTION public.log_row_hash(log_row jsonb) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select sha256(convert_to((log_row - '{content_hash,personal_salt,email,ip_address,user_agent,device}'::text[]
        - case when log_row ? 'request_values'
               then array(select k from unnest('{session_id,request_values}'::text[]) k where log_row -> k = 'null')
               else '{}' end)::text, 'UTF8'))
$$;

CREATE FUNCTION public.missing_grants() RETURNS SETOF text
    LANGUAGE sql STABLE
    AS $$
    select format('%s on %s for %s', p.privilege, g.object, g.role_name)
      from role_grants g
      join pg_roles r on r.rolname = g.role_name
     cross join unnest(string_to_array(g.privileges, ', ')) p (privilege)
     cross join lateral (select split_part(g.object, ' ', 1) as kind, substr(g.object, strpos(g.object, ' ') + 1) as name) o
     where case o.kind
           when 'table' then not has_table_privilege(r.oid, o.name, p.privilege)
           when 'schema' then not has_schema_privilege(r.oid, o.name, p.privilege)
           when 'function' then not has_function_privilege(r.oid, o.name, p.privilege)
           else true end
    union all
    select format('connect on the database for %s', r.rolname)
      from pg_roles r
     where r.rolname in ('lyceum_owner', 'lyceum_app', 'lyceum_report') and not has_database_privilege(r.oid, current_database(), 'connect')
    union all
    select format('%s on the database is still for everyone', lower(a.privilege_type))
      from pg_database d cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
     where d.datname = current_database() and a.grantee = 0 and pg_has_role(d.datdba, 'usage')
    union all
    select format('%s is still for everyone', p.oid::regprocedure)
      from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
     where p.pronamespace = 'pg_catalog'::regnamespace and p.proname in ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import')
       and a.grantee = 0 and pg_has_role(p.proowner, 'usage')
$$;

CREATE FUNCTION public.month_digest(part regclass, OUT row_count bigint, OUT digest bytea) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET bytea_output TO 'hex'
    AS $$
begin
    execute format('select count(*), sha256(coalesce(string_agg(sha256(convert_to(to_jsonb(t)::text, ''UTF8'')), null order by t.created_at, t.id), ''''))
        from %s t', part) into row_count, digest;
end
$$;

CREATE FUNCTION public.month_name(log_name text, wanted date) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if log_name not in ('login_attempts', 'security_audit_log') or wanted <> date_trunc('month', wanted) then
        raise exception using errcode = 'invalid_parameter_value', message = format('%s of %s is no month of a log', log_name, wanted);
    end if;
    return log_name || to_char(wanted, '"_y"YYYY"m"MM');
end
$$;

CREATE FUNCTION public.month_page(log_name text, wanted date, after_at timestamp with time zone, after_id bigint, most integer) RETURNS SETOF text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET bytea_output TO 'hex'
    AS $_$
begin
    return query execute format('select to_jsonb(t)::text from %I t where (t.created_at, t.id) > ($1, $2) order by t.created_at, t.id limit $3',
        month_name(log_name, wanted)) using after_at, after_id, most;
end
$_$;

CREATE FUNCTION public.note_timeline() RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    insert into known_timeline (system_identifier, timeline) select c.system_identifier, c.timeline from current_timeline() c
    on conflict (only_row) do update set system_identifier = excluded.system_identifier, timeline = excluded.timeline, noted_at = now()
$$;

CREATE FUNCTION public.partition_sets() RETURNS TABLE(table_name text, months bigint, months_ahead bigint, oldest_month date, default_rows bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $_$
declare
    parent record;
begin
    for parent in
        select c.oid, c.relname::text as name, d.relname::text as default_name
          from pg_partitioned_table p join pg_class c on c.oid = p.partrelid join pg_class d on d.oid = p.partdefid
         where c.relnamespace = 'public'::regnamespace order by c.relname
    loop
        table_name := parent.name;
        select count(*), count(*) filter (where m.month > clock_now()), min(m.month) into months, months_ahead, oldest_month
          from pg_inherits i join pg_class c on c.oid = i.inhrelid
          cross join lateral (select to_date(right(c.relname, 7), 'YYYY"m"MM') as month) m
         where i.inhparent = parent.oid and c.relname ~ '_y\d{4}m\d{2}$';
        execute format('select count(*) from %I', parent.default_name) into default_rows;
        return next;
    end loop;
end
$_$;

CREATE FUNCTION public.personal_changed(log_name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case log_name
        when 'login_attempts' then 'case when t.personal_salt is null then num_nonnulls(t.email, t.ip_address, t.user_agent, t.device) > 0
            else t.personal_digest <> personal_digest(t.personal_salt, t.email::text, t.ip_address::text, t.user_agent, t.device) end'
        when 'security_audit_log' then 'case when t.personal_salt is null then num_nonnulls(t.ip_address, t.user_agent) > 0
            else t.personal_digest <> personal_digest(t.personal_salt, t.ip_address::text, t.user_agent) end'
        else 'false' end
$$;

CREATE FUNCTION public.personal_digest(salt bytea, VARIADIC vals text[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ select sha256(salt || convert_to(to_jsonb(vals)::text, 'UTF8')) $$;

CREATE FUNCTION public.record_row_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET bytea_output TO 'hex'
    AS $_$
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
$_$;

CREATE FUNCTION public.refresh_analytics() RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    -- A second refresh at the same time would only wait for the first.
    perform from function_locks where name = 'refresh_analytics' for update skip locked;
    if found then
        refresh materialized view concurrently public.subscription_metrics;
        refresh materialized view concurrently public.content_popularity;
    end if;
    return clock_now();
end
$$;

CREATE FUNCTION public.restore_page(log_name text, wanted date, page jsonb) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $_$
declare
    n bigint;
begin
    execute format('insert into archived.%I select (jsonb_populate_record(null::public.%I, x)).* from jsonb_array_elements($1) x',
        month_name(log_name, wanted) || '_restoring', log_name) using page;
    get diagnostics n = row_count;
    return n;
end
$_$;

CREATE FUNCTION public.seal_audit() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET lock_timeout TO '2s'
    AS $_$
declare
    log_name text;
    ids      bigint[];
    hashes   bytea[];
    first_time timestamptz;
    last_time  timestamptz;
    last_seal audit_seals;
    linked   bigint := 0;
begin
    -- The lock is written to disk; where nothing waits, nothing is written.
    if not exists (select from audit_unsealed) then
        return 0;
    end if;
    perform from function_locks where name = 'seal_audit' for update;
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
$_$;

CREATE FUNCTION public.seal_hash(previous bytea, log text, row_ids bigint[], content_hashes bytea[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select sha256(previous || convert_to(log || ':' || row_ids::text || ':', 'UTF8')
        || coalesce((select string_agg(h, null order by n) from unnest(content_hashes) with ordinality x (h, n)), ''))
$$;

CREATE FUNCTION public.search_text(given text, characters integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select regexp_replace(translate(
               left(given, case when octet_length(left(given, characters)) > 300000 then least(characters, 75000) else characters end),
               '<', ' '), '([^ \t\n\r]{100})', '\1 ', 'g')
$$;

CREATE FUNCTION public.table_health() RETURNS TABLE(schema_name text, table_name text, bytes bigint, live_rows bigint, dead_rows bigint, bloat_bytes bigint, vacuumed_at timestamp with time zone, analyzed_at timestamp with time zone, changed_rows bigint, seq_scans bigint, index_scans bigint, unindexed_references text[])
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
    select s.schemaname::text, s.relname::text, pg_total_relation_size(s.relid), s.n_live_tup, s.n_dead_tup,
           case when c.reltuples > 0 and w.width is not null
                then greatest(0, c.relpages - ceil(c.reltuples * (w.width + 28) / 8168))::bigint * 8192 end,
           greatest(s.last_vacuum, s.last_autovacuum), greatest(s.last_analyze, s.last_autoanalyze), s.n_mod_since_analyze, s.seq_scan,
           coalesce(s.idx_scan, 0),
           array(select k.conname::text from pg_constraint k where k.contype = 'f' and k.conrelid = s.relid and not exists (
                select from pg_index i where i.indrelid = k.conrelid and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
                   and (i.indkey::int2[])[0] = any(k.conkey)) order by 1)
      from pg_stat_user_tables s join pg_class c on c.oid = s.relid
      left join lateral (select sum(a.avg_width * (1 - a.null_frac)) as width from pg_stats a
                          where a.schemaname = s.schemaname and a.tablename = s.relname) w on true
     where s.schemaname in ('public', 'river') and c.relkind = 'r'
     order by 3 desc, 2
$$;

CREATE FUNCTION public.take_back_automatic_text() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
begin
    if not new.summary_is_authored then
        new.summary := '';
    end if;
    if not new.preview_is_authored then
        new.preview := '';
    end if;
    if (new.summary, new.preview) is distinct from (old.summary, old.preview) then
        update content_sources set checksum = decode(repeat('00', 32), 'hex') where content_id = new.id;
    end if;
    return new;
end
$$;

CREATE FUNCTION public.touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.updated_at := clock_now();
    return new;
end
$$;

CREATE FUNCTION public.track_login_attempt(attempt_email public.citext, attempt_status text, attempt_ip inet, attempt_user_agent text, attempt_device text, attempt_reason text, OUT allowed boolean, OUT retry_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    place_limit   constant integer  := 10;
    account_limit constant integer  := 100;
    longest_wait  constant interval := '15 minutes';
    this_moment   constant timestamptz := clock_now();
    attempt_place text;
    trusted       boolean;
    mine          login_throttles;
    account       login_throttles;
    person        uuid;
begin
    attempt_email := lower(left(attempt_email::text, 254) collate "C")::citext; -- as addresses compare
    select t.place, true into attempt_place, trusted from login_throttles t
     where t.email = attempt_email and t.place = 'device:' || attempt_device and t.trusted_at is not null;
    -- An IPv6 customer commands a /64.
    attempt_place := coalesce(attempt_place, 'net:' || coalesce(
        host(network(set_masklen(attempt_ip, case family(attempt_ip) when 6 then 64 else 32 end))), 'unknown'));
    trusted := coalesce(trusted, false);
    allowed := true;

    if attempt_status = 'started' then
        -- Both rows, always in this order, so that two tries cannot wait for each other in a circle.
        insert into login_throttles as t (email, place, failures, window_start)
        values (attempt_email, '*', 0, this_moment)
        on conflict (email, place) do update
            set failures = case when t.window_start <= this_moment - interval '1 hour' then 0 else t.failures end,
                window_start = case when t.window_start <= this_moment - interval '1 hour' then this_moment else t.window_start end
        returning t.* into account;
        insert into login_throttles as t (email, place, failures, window_start)
        values (attempt_email, attempt_place, 0, this_moment)
        on conflict (email, place) do update
            -- Half a day without a failure forgives.
            set failures = case when t.last_failure_at <= this_moment - interval '12 hours' then 0 else t.failures end
        returning t.* into mine;

        if mine.failures >= place_limit then
            retry_at := mine.last_failure_at + least(longest_wait, interval '1 minute' * power(2, least(mine.failures - place_limit, 10)));
        end if;
        if account.failures >= account_limit and not trusted then
            retry_at := greatest(retry_at, account.window_start + interval '1 hour');
        end if;
        allowed := retry_at is null or retry_at <= this_moment;
        if allowed then
            retry_at := null;
            update login_throttles t set failures = t.failures + 1, last_failure_at = this_moment
             where t.email = attempt_email and (t.place = attempt_place or t.place = '*' and not trusted);
            return;
        end if;
    elsif attempt_status in ('success', 'proved') then
        update login_throttles t set failures = greatest(t.failures - 1, 0)
         where t.email = attempt_email and t.place = '*' and not trusted;
        update login_throttles t set failures = 0, last_failure_at = null
         where t.email = attempt_email and t.place = attempt_place;
        if attempt_status = 'proved' then
            return;
        end if;
        if attempt_device <> '' then
            insert into login_throttles as t (email, place, trusted_at)
            values (attempt_email, 'device:' || attempt_device, this_moment)
            on conflict (email, place) do update set trusted_at = this_moment;
        end if;
        select u.id into person from users u
         where lower(u.email::text collate "C") = lower(attempt_email::text collate "C") and u.deleted_at is null and u.account_status <> 'closed';
        update users u set last_login_at = this_moment where u.id = person;
    elsif attempt_status <> 'failed' then
        raise exception using errcode = 'invalid_parameter_value',
            message = format('unknown login attempt status %L: started, failed, success or proved', attempt_status);
    end if;

    if person is null then
        select u.id into person from users u
         where lower(u.email::text collate "C") = lower(attempt_email::text collate "C") and u.deleted_at is null and u.account_status <> 'closed';
    end if;
    insert into login_attempts (user_id, email, status, reason, ip_address, user_agent, device)
    values (person, attempt_email, case when allowed then attempt_status else 'throttled' end,
            coalesce(attempt_reason, ''), attempt_ip, left(attempt_user_agent, 400), left(attempt_device, 100));
end
$$;

CREATE FUNCTION public.verify_audit() RETURNS TABLE(log text, row_id bigint, seal_id bigint, problem text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET bytea_output TO 'hex'
    AS $_$
declare
    away      text[];
    old_trail timestamptz;
    verified  bigint := -9223372036854775808; -- a condition with or would read all seals from the first on for each batch
    expected  bytea := '';
    batch     record;
    bad       record;
    statement text;
begin
    select coalesce(array_agg(a.log || a.month), '{}') into away
      from log_archives a join retention_rules r on r.name = a.log
     where a.restored_at is null and a.month + interval '1 month' <= clock_now() - make_interval(days => r.least_days)
       and a.row_count = (select coalesce(sum(cardinality(p.row_ids)), 0) from sealed_proofs p where p.log = a.log and p.month = a.month);
    select clock_now() - make_interval(days => r.least_days) into old_trail from retention_rules r where r.name = 'audit_trail';
    select string_agg(format($q$
        select s.id, array_agg(coalesce(t.content_hash, p.hash) order by w.id) as hashes,
               min(w.id) filter (where case when t.id is null then p.id is null else t.content_hash <> log_row_hash(to_jsonb(t)) or %s end) as bad_id,
               array_agg(w.id) filter (where t.id is null and p.id is null) as deleted
          from s left join lateral unnest(s.row_ids) w (id) on true
          left join %I t on t.id = w.id and t.created_at between s.first_at and s.last_at and t.created_at between $3 and $4
          left join p on p.seal_id = s.id and p.id = w.id
         where s.log = %L group by s.id$q$, personal_changed(l), l, l), ' union all ')
      into statement from unnest(array['audit_trail', 'login_attempts', 'security_audit_log']) l;
    statement := format($q$
        with s as materialized (
            select a.*, lag(a.id, 1, greatest($1, 0)) over o as id_before, lag(a.hash, 1, $5) over o as hash_before
              from audit_seals a where a.id > $1 and a.id <= $2 window o as (order by a.id)),
        p as materialized (
            select s.id as seal_id, u.id, u.hash
              from s join sealed_proofs p on p.seal_id = s.id and p.log = s.log cross join lateral unnest(p.row_ids, p.content_hashes) u (id, hash)
             where case when p.month is null then s.last_at < $6
                        else p.month <= s.last_at and p.month + interval '1 month' > s.first_at and p.log || p.month = any($7) end),
        found as materialized (%s)
        select s.id, s.log, case when f.bad_id is not null and not s.cut then f.bad_id else s.row_ids[1] end as row_id,
               case when s.cut then 'a seal before this one was removed or changed'
                    when f.bad_id is null then 'the rows are not those that were sealed'
                    when f.bad_id = any(f.deleted) then 'the row was deleted' else 'the row was changed' end as problem
          from (select s.*, s.id <> s.id_before + 1 or s.previous_hash <> s.hash_before as cut from s) s join found f on f.id = s.id
         where s.cut or f.bad_id is not null or s.hash <> seal_hash(s.previous_hash, s.log, s.row_ids, f.hashes)
         order by s.id limit 1$q$, statement);
    loop
        -- A seal has up to 10,000 rows, so that what a batch has is bounded by both.
        select max(b.id) as last, min(b.first_at) as from_at, max(b.last_at) as until_at into batch
          from (select a.id, a.first_at, a.last_at, sum(cardinality(a.row_ids)) over (order by a.id) - cardinality(a.row_ids) as rows_before
                  from (select * from audit_seals a where a.id > verified order by a.id limit 5000) a) b
         where b.rows_before < 20000;
        exit when batch.last is null;
        execute statement into bad using verified, batch.last, batch.from_at, batch.until_at, expected, old_trail, away;
        if bad.id is not null then
            return query select bad.log, bad.row_id, bad.id, bad.problem;
            return;
        end if;
        verified := batch.last;
        select a.hash into expected from audit_seals a where a.id = verified;
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
$_$;

CREATE FUNCTION public.verify_rows() RETURNS TABLE(log text, row_id bigint, seal_id bigint, problem text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
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
$_$;

CREATE TABLE public.account_limits (
    place text NOT NULL,
    window_start timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    taken integer DEFAULT 0 NOT NULL,
    last_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT account_limits_place_length CHECK (((length(place) >= 1) AND (length(place) <= 120)))
);

CREATE TABLE public.account_requests (
    id uuid DEFAULT public.new_id() NOT NULL,
    kind text NOT NULL,
    email text NOT NULL,
    user_id uuid,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL,
    password_hash text,
    request_id text DEFAULT ''::text NOT NULL,
    ip_address text DEFAULT ''::text NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT account_requests_change_has_user CHECK (((kind = 'email_change'::text) = (user_id IS NOT NULL))),
    CONSTRAINT account_requests_email_length CHECK (((length(email) >= 3) AND (length(email) <= 254))),
    CONSTRAINT account_requests_kind_known CHECK ((kind = ANY (ARRAY['registration'::text, 'verification'::text, 'password_reset'::text, 'email_change'::text]))),
    CONSTRAINT account_requests_registration_has_hash CHECK (((kind = 'registration'::text) = (password_hash IS NOT NULL)))
);

CREATE TABLE public.subscription_plans (
    id uuid DEFAULT public.new_id() NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    access_level integer NOT NULL,
    price_minor bigint NOT NULL,
    currency text DEFAULT 'EUR'::text NOT NULL,
    billing_cycle text NOT NULL,
    trial_days integer DEFAULT 0 NOT NULL,
    seats integer DEFAULT 1 NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    is_offered boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    deleted_at timestamp with time zone,
    archived_at timestamp with time zone,
    CONSTRAINT subscription_plans_access_level_range CHECK (((access_level >= 1) AND (access_level <= 1000))),
    CONSTRAINT subscription_plans_archived_not_offered CHECK (((archived_at IS NULL) OR (NOT is_offered))),
    CONSTRAINT subscription_plans_billing_cycle_known CHECK ((billing_cycle = ANY (ARRAY['monthly'::text, 'yearly'::text, 'lifetime'::text]))),
    CONSTRAINT subscription_plans_currency_form CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT subscription_plans_description_length CHECK ((length(description) <= 2000)),
    CONSTRAINT subscription_plans_name_length CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT subscription_plans_price_range CHECK (((price_minor >= 0) AND (price_minor <= '9007199254740991'::bigint))),
    CONSTRAINT subscription_plans_seats_range CHECK (((seats >= 1) AND (seats <= 10000))),
    CONSTRAINT subscription_plans_slug_form CHECK ((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text)),
    CONSTRAINT subscription_plans_trial_days_range CHECK (((trial_days >= 0) AND (trial_days <= 365)))
);

CREATE TABLE public.subscription_seats (
    subscription_id uuid NOT NULL,
    user_id uuid NOT NULL,
    assigned_by uuid,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL
);

CREATE TABLE public.user_subscriptions (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    status text NOT NULL,
    seats integer DEFAULT 1 NOT NULL,
    started_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    trial_ends_at timestamp with time zone,
    current_period_start timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    current_period_end timestamp with time zone,
    access_until timestamp with time zone NOT NULL,
    cancel_at timestamp with time zone,
    canceled_at timestamp with time zone,
    ended_at timestamp with time zone,
    provider text,
    provider_subscription_id text,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    complimentary_reason text,
    anchor_day smallint,
    next_due_at timestamp with time zone GENERATED ALWAYS AS (
CASE status
    WHEN 'trialing'::text THEN LEAST(COALESCE(trial_ends_at, current_period_end), cancel_at)
    WHEN 'active'::text THEN LEAST(current_period_end, cancel_at)
    WHEN 'past_due'::text THEN LEAST(access_until, cancel_at)
    WHEN 'paused'::text THEN cancel_at
    ELSE NULL::timestamp with time zone
END) STORED,
    CONSTRAINT user_subscriptions_anchor_day_range CHECK (((anchor_day >= 1) AND (anchor_day <= 31))),
    CONSTRAINT user_subscriptions_complimentary_has_end CHECK (((complimentary_reason IS NULL) OR (current_period_end IS NOT NULL))),
    CONSTRAINT user_subscriptions_complimentary_reason_length CHECK (((length(complimentary_reason) >= 1) AND (length(complimentary_reason) <= 1000))),
    CONSTRAINT user_subscriptions_period_order CHECK (((current_period_end IS NULL) OR (current_period_end > current_period_start))),
    CONSTRAINT user_subscriptions_seats_range CHECK (((seats >= 1) AND (seats <= 10000))),
    CONSTRAINT user_subscriptions_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'incomplete'::text, 'trialing'::text, 'active'::text, 'past_due'::text, 'paused'::text, 'canceled'::text, 'expired'::text])))
);

COMMENT ON COLUMN public.user_subscriptions.anchor_day IS 'Day of the month on which periods begin; kept, so that 31 January is followed by 28 February and 31 March.';

CREATE VIEW public.active_user_subscriptions AS
 SELECT h.user_id,
    h.subscription_id,
    h.holding,
    h.owner_id,
    h.plan_id,
    h.status,
    h.started_at,
    h.trial_ends_at,
    h.current_period_start,
    h.current_period_end,
    h.access_until,
    h.cancel_at,
    h.canceled_at,
    h.created_at,
    p.slug AS plan_slug,
    p.name AS plan_name,
    p.access_level,
    p.price_minor,
    p.currency,
    p.billing_cycle,
    h.seats,
    h.ended_at,
    h.complimentary_reason,
    h.anchor_day
   FROM (( SELECT s.user_id,
            s.id AS subscription_id,
            'own'::text AS holding,
            s.user_id AS owner_id,
            s.plan_id,
            s.status,
            s.started_at,
            s.trial_ends_at,
            s.current_period_start,
            s.current_period_end,
            s.access_until,
            s.cancel_at,
            s.canceled_at,
            s.created_at,
            s.seats,
            s.ended_at,
            s.complimentary_reason,
            s.anchor_day
           FROM public.user_subscriptions s
        UNION ALL
         SELECT t.user_id,
            s.id,
            'seat'::text AS text,
            s.user_id,
            s.plan_id,
            s.status,
            s.started_at,
            s.trial_ends_at,
            s.current_period_start,
            s.current_period_end,
            s.access_until,
            s.cancel_at,
            s.canceled_at,
            s.created_at,
            s.seats,
            s.ended_at,
            s.complimentary_reason,
            s.anchor_day
           FROM (public.subscription_seats t
             JOIN public.user_subscriptions s ON ((s.id = t.subscription_id)))) h
     JOIN public.subscription_plans p ON ((p.id = h.plan_id)))
  WHERE (h.access_until > ( SELECT public.clock_now() AS clock_now));

CREATE TABLE public.alert_rules (
    id uuid DEFAULT public.new_id() NOT NULL,
    reads text NOT NULL,
    description text NOT NULL,
    threshold bigint,
    critical_threshold bigint,
    enabled boolean DEFAULT true NOT NULL,
    quiet_from time without time zone,
    quiet_until time without time zone,
    quiet_zone text DEFAULT 'UTC'::text NOT NULL,
    changed_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT alert_rules_quiet_whole CHECK ((((quiet_from IS NULL) = (quiet_until IS NULL)) AND (quiet_from <> quiet_until))),
    CONSTRAINT alert_rules_reads_form CHECK ((reads ~ '^(doctor\.)?[a-z_-]+$'::text)),
    CONSTRAINT alert_rules_threshold_range CHECK (((threshold > 0) AND (critical_threshold > threshold))),
    CONSTRAINT alert_rules_thresholds_whole CHECK ((((reads ~~ 'doctor.%'::text) = (threshold IS NULL)) AND ((threshold IS NOT NULL) OR (critical_threshold IS NULL))))
);

CREATE TABLE public.alerts (
    id uuid DEFAULT public.new_id() NOT NULL,
    rule_id uuid NOT NULL,
    level text NOT NULL,
    what text NOT NULL,
    remedy text NOT NULL,
    value bigint,
    opened_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    ended_at timestamp with time zone,
    told_level text,
    told_at timestamp with time zone,
    end_told boolean DEFAULT false NOT NULL,
    acknowledged_at timestamp with time zone,
    acknowledged_by uuid,
    CONSTRAINT alerts_level_known CHECK ((level = ANY (ARRAY['warning'::text, 'critical'::text]))),
    CONSTRAINT alerts_told_level_known CHECK ((told_level = ANY (ARRAY['warning'::text, 'critical'::text]))),
    CONSTRAINT alerts_told_whole CHECK (((told_level IS NULL) = (told_at IS NULL)))
);

CREATE TABLE public.api_tokens (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    token_hash bytea NOT NULL,
    scopes text[] DEFAULT '{}'::text[] NOT NULL,
    last_used_at timestamp with time zone,
    last_used_ip inet,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_tokens_token_is_sha256 CHECK ((length(token_hash) = 32))
);

CREATE TABLE public.audit_personal_values (
    audit_id bigint NOT NULL,
    side text NOT NULL,
    column_name text NOT NULL,
    subject_id uuid,
    salt bytea NOT NULL,
    value text NOT NULL,
    CONSTRAINT audit_personal_values_side_known CHECK ((side = ANY (ARRAY['old'::text, 'new'::text, 'request'::text])))
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05');

CREATE VIEW public.audit_requests AS
 SELECT v.audit_id,
    max(v.value) FILTER (WHERE (v.column_name = 'ip_address'::text)) AS ip_address,
    max(v.value) FILTER (WHERE (v.column_name = 'user_agent'::text)) AS user_agent
   FROM public.audit_personal_values v
  WHERE (v.side = 'request'::text)
  GROUP BY v.audit_id;

CREATE TABLE public.audit_seals (
    id bigint NOT NULL,
    log text NOT NULL,
    row_ids bigint[] NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT audit_seals_log_known CHECK ((log = ANY (ARRAY['login_attempts'::text, 'security_audit_log'::text, 'audit_trail'::text])))
);

CREATE TABLE public.audit_trail (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    table_name text NOT NULL,
    row_id text NOT NULL,
    action text NOT NULL,
    actor_id uuid,
    subject_id uuid,
    request_id text,
    old_values jsonb,
    new_values jsonb,
    content_hash bytea NOT NULL,
    session_id uuid,
    request_values jsonb,
    CONSTRAINT audit_trail_action_known CHECK ((action = ANY (ARRAY['insert'::text, 'update'::text, 'delete'::text])))
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.05');
ALTER TABLE ONLY public.audit_trail ALTER COLUMN table_name SET STATISTICS 300;
ALTER TABLE ONLY public.audit_trail ALTER COLUMN row_id SET STATISTICS 500;

ALTER TABLE public.audit_trail ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_trail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_unsealed (
    log text NOT NULL,
    row_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.backups (
    id uuid DEFAULT public.new_id() NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    kind text DEFAULT 'built_in'::text NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    reason text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    restorable_from timestamp with time zone,
    cluster_bytes bigint,
    stored_bytes bigint,
    files integer,
    removed_at timestamp with time zone,
    last_error text DEFAULT ''::text NOT NULL,
    CONSTRAINT backups_ended_says_when CHECK (((state = 'running'::text) = (finished_at IS NULL))),
    CONSTRAINT backups_error_length CHECK ((length(last_error) <= 500)),
    CONSTRAINT backups_kind_known CHECK ((kind = ANY (ARRAY['built_in'::text, 'pgbackrest'::text]))),
    CONSTRAINT backups_reason_known CHECK ((reason = ANY (ARRAY['schedule'::text, 'request'::text, 'command'::text]))),
    CONSTRAINT backups_state_known CHECK ((state = ANY (ARRAY['running'::text, 'whole'::text, 'failed'::text]))),
    CONSTRAINT backups_whole_has_name CHECK (((state <> 'whole'::text) OR ((name <> ''::text) AND (finished_at IS NOT NULL))))
);

CREATE TABLE public.clock (
    only_row boolean DEFAULT true NOT NULL,
    shift interval DEFAULT '00:00:00'::interval NOT NULL,
    CONSTRAINT clock_one_row CHECK (only_row)
);

CREATE TABLE public.consumption_keys (
    user_id uuid NOT NULL,
    content_id uuid NOT NULL,
    event_key uuid NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05');

CREATE TABLE public.content_bodies (
    content_id uuid NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    search tsvector DEFAULT ''::tsvector NOT NULL,
    body_search tsvector DEFAULT ''::tsvector NOT NULL
);

CREATE TABLE public.content_categories (
    id uuid DEFAULT public.new_id() NOT NULL,
    parent_id uuid,
    slug text NOT NULL,
    name text NOT NULL,
    summary text DEFAULT ''::text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT content_categories_not_own_parent CHECK ((parent_id <> id)),
    CONSTRAINT content_categories_slug_form CHECK ((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))
);

CREATE TABLE public.content_category_paths (
    ancestor_id uuid NOT NULL,
    descendant_id uuid NOT NULL,
    depth integer NOT NULL
);

CREATE TABLE public.content_consumption (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    user_id uuid NOT NULL,
    content_id uuid NOT NULL,
    event text NOT NULL,
    progress smallint NOT NULL,
    position_seconds integer DEFAULT 0 NOT NULL,
    seconds integer DEFAULT 0 NOT NULL,
    begins_visit boolean DEFAULT false NOT NULL,
    occurred_at timestamp with time zone,
    withheld_seconds integer DEFAULT 0 NOT NULL,
    CONSTRAINT content_consumption_event_known CHECK ((event = ANY (ARRAY['opened'::text, 'progressed'::text, 'completed'::text]))),
    CONSTRAINT content_consumption_occurred_before CHECK ((occurred_at <= created_at)),
    CONSTRAINT content_consumption_progress_range CHECK (((progress >= 0) AND (progress <= 100))),
    CONSTRAINT content_consumption_seconds_range CHECK ((((seconds >= 0) AND (seconds <= 86400)) AND (position_seconds >= 0))),
    CONSTRAINT content_consumption_withheld_range CHECK (((withheld_seconds >= 0) AND (withheld_seconds <= 86400)))
)
PARTITION BY RANGE (created_at);
ALTER TABLE ONLY public.content_consumption ALTER COLUMN user_id SET STATISTICS 500;
ALTER TABLE ONLY public.content_consumption ALTER COLUMN content_id SET STATISTICS 1000;

CREATE TABLE public.content_consumption_default (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    user_id uuid NOT NULL,
    content_id uuid NOT NULL,
    event text NOT NULL,
    progress smallint NOT NULL,
    position_seconds integer DEFAULT 0 NOT NULL,
    seconds integer DEFAULT 0 NOT NULL,
    begins_visit boolean DEFAULT false NOT NULL,
    occurred_at timestamp with time zone,
    withheld_seconds integer DEFAULT 0 NOT NULL,
    CONSTRAINT content_consumption_event_known CHECK ((event = ANY (ARRAY['opened'::text, 'progressed'::text, 'completed'::text]))),
    CONSTRAINT content_consumption_occurred_before CHECK ((occurred_at <= created_at)),
    CONSTRAINT content_consumption_progress_range CHECK (((progress >= 0) AND (progress <= 100))),
    CONSTRAINT content_consumption_seconds_range CHECK ((((seconds >= 0) AND (seconds <= 86400)) AND (position_seconds >= 0))),
    CONSTRAINT content_consumption_withheld_range CHECK (((withheld_seconds >= 0) AND (withheld_seconds <= 86400)))
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.05');
ALTER TABLE ONLY public.content_consumption_default ALTER COLUMN user_id SET STATISTICS 500;
ALTER TABLE ONLY public.content_consumption_default ALTER COLUMN content_id SET STATISTICS 1000;

ALTER TABLE public.content_consumption ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.content_consumption_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.content_files (
    content_id uuid NOT NULL,
    sha256 text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    bytes bigint NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    CONSTRAINT content_files_bytes_range CHECK ((bytes >= 0)),
    CONSTRAINT content_files_name_length CHECK (((length(name) >= 1) AND (length(name) <= 255))),
    CONSTRAINT content_files_sha256_form CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

CREATE TABLE public.content_imported_texts (
    content_id uuid NOT NULL,
    title text NOT NULL,
    summary text NOT NULL,
    preview text NOT NULL,
    summary_is_authored boolean NOT NULL,
    preview_is_authored boolean NOT NULL,
    kind text NOT NULL,
    duration_seconds integer NOT NULL,
    language text NOT NULL,
    tags text[] NOT NULL,
    body text NOT NULL,
    files jsonb NOT NULL,
    imported_at timestamp with time zone DEFAULT public.clock_now() NOT NULL
);

CREATE TABLE public.content_items (
    id uuid DEFAULT public.new_id() NOT NULL,
    category_id uuid NOT NULL,
    author_id uuid,
    slug text NOT NULL,
    title text NOT NULL,
    summary text DEFAULT ''::text NOT NULL,
    preview text DEFAULT ''::text NOT NULL,
    kind text DEFAULT 'lesson'::text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    access_level integer DEFAULT 0 NOT NULL,
    duration_seconds integer DEFAULT 0 NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    published_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    deleted_at timestamp with time zone,
    prerequisite_count integer DEFAULT 0 NOT NULL,
    summary_is_authored boolean DEFAULT false NOT NULL,
    preview_is_authored boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT content_items_access_level_range CHECK (((access_level >= 0) AND (access_level <= 1000))),
    CONSTRAINT content_items_duration_range CHECK ((duration_seconds >= 0)),
    CONSTRAINT content_items_free_text_is_authored CHECK (((access_level = 0) OR ((summary_is_authored OR (summary = ''::text)) AND (preview_is_authored OR (preview = ''::text))))),
    CONSTRAINT content_items_kind_known CHECK ((kind = ANY (ARRAY['lesson'::text, 'notebook'::text, 'video'::text, 'course'::text, 'module'::text, 'dataset'::text]))),
    CONSTRAINT content_items_published_has_date CHECK (((status <> 'published'::text) OR (published_at IS NOT NULL))),
    CONSTRAINT content_items_slug_form CHECK ((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text)),
    CONSTRAINT content_items_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'archived'::text]))),
    CONSTRAINT content_items_title_length CHECK (((length(title) >= 1) AND (length(title) <= 300))),
    CONSTRAINT content_items_version_range CHECK ((version > 0))
);

CREATE TABLE public.learning_analytics (
    user_id uuid NOT NULL,
    content_id uuid NOT NULL,
    progress smallint DEFAULT 0 NOT NULL,
    seconds bigint DEFAULT 0 NOT NULL,
    position_seconds integer DEFAULT 0 NOT NULL,
    opens integer DEFAULT 0 NOT NULL,
    score numeric(5,2),
    rating smallint,
    started_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    last_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    completed_at timestamp with time zone,
    position_at timestamp with time zone,
    CONSTRAINT learning_analytics_progress_range CHECK (((progress >= 0) AND (progress <= 100))),
    CONSTRAINT learning_analytics_rating_range CHECK (((rating >= 1) AND (rating <= 5))),
    CONSTRAINT learning_analytics_score_range CHECK (((score >= (0)::numeric) AND (score <= (100)::numeric)))
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_analyze_scale_factor='0.02', fillfactor='90');
ALTER TABLE ONLY public.learning_analytics ALTER COLUMN user_id SET STATISTICS 500;
ALTER TABLE ONLY public.learning_analytics ALTER COLUMN content_id SET STATISTICS 1000;

CREATE MATERIALIZED VIEW public.content_popularity AS
 SELECT c.id AS content_id,
    COALESCE(l.views, (0)::bigint) AS views,
    COALESCE(l.learners, (0)::bigint) AS learners,
    COALESCE(l.completions, (0)::bigint) AS completions,
    COALESCE(l.seconds, (0)::bigint) AS seconds,
    l.average_rating,
    COALESCE(l.ratings, (0)::bigint) AS ratings,
    COALESCE(r.views_30d, (0)::bigint) AS views_30d,
    ( SELECT public.clock_now() AS clock_now) AS as_of
   FROM ((public.content_items c
     LEFT JOIN ( SELECT la.content_id,
            sum(la.opens) AS views,
            count(*) AS learners,
            count(la.completed_at) AS completions,
            (sum(la.seconds))::bigint AS seconds,
            (round(avg(la.rating), 2))::double precision AS average_rating,
            count(la.rating) AS ratings
           FROM public.learning_analytics la
          GROUP BY la.content_id) l ON ((l.content_id = c.id)))
     LEFT JOIN ( SELECT k.content_id,
            count(*) AS views_30d
           FROM public.content_consumption k
          WHERE (k.begins_visit AND (k.created_at > (( SELECT public.clock_now() AS clock_now) - '30 days'::interval)))
          GROUP BY k.content_id) r ON ((r.content_id = c.id)))
  WHERE (c.deleted_at IS NULL)
  WITH NO DATA;

CREATE TABLE public.content_prerequisites (
    content_id uuid NOT NULL,
    required_id uuid NOT NULL,
    CONSTRAINT content_prerequisites_not_itself CHECK ((content_id <> required_id))
);

CREATE TABLE public.content_source_folders (
    source text NOT NULL,
    path text NOT NULL,
    category_id uuid NOT NULL
);

CREATE TABLE public.content_source_locks (
    source text NOT NULL
);

CREATE TABLE public.content_source_settings (
    source text NOT NULL,
    language text NOT NULL
);

CREATE TABLE public.content_sources (
    content_id uuid NOT NULL,
    source text NOT NULL,
    path text NOT NULL,
    document text NOT NULL,
    checksum bytea NOT NULL,
    pruned_from text,
    imported_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    likeness bytea,
    asks text,
    taken_digest bytea,
    CONSTRAINT content_sources_checksum_is_sha256 CHECK ((length(checksum) = 32)),
    CONSTRAINT content_sources_likeness_is_sha256 CHECK ((length(likeness) = 32)),
    CONSTRAINT content_sources_pruned_from_known CHECK ((pruned_from = ANY (ARRAY['draft'::text, 'published'::text]))),
    CONSTRAINT content_sources_taken_digest_is_sha256 CHECK ((length(taken_digest) = 32))
);

CREATE TABLE public.content_unlocks (
    user_id uuid NOT NULL,
    content_id uuid NOT NULL,
    opens_at timestamp with time zone NOT NULL
);

CREATE TABLE public.function_locks (
    name text NOT NULL
);

CREATE TABLE public.idempotency_keys (
    actor_id uuid NOT NULL,
    mutation text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    payload jsonb,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT idempotency_keys_key_length CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);

CREATE TABLE public.job_runs (
    kind text NOT NULL,
    last_started_at timestamp with time zone NOT NULL,
    last_finished_at timestamp with time zone NOT NULL,
    last_duration_us bigint NOT NULL,
    last_failed_at timestamp with time zone,
    last_error text DEFAULT ''::text NOT NULL,
    runs bigint DEFAULT 0 NOT NULL,
    failures bigint DEFAULT 0 NOT NULL,
    CONSTRAINT job_runs_counts_range CHECK (((last_duration_us >= 0) AND ((failures >= 0) AND (failures <= runs))))
);

CREATE TABLE public.known_timeline (
    only_row boolean DEFAULT true NOT NULL,
    system_identifier bigint NOT NULL,
    timeline bigint NOT NULL,
    noted_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT known_timeline_one_row CHECK (only_row)
);

CREATE TABLE public.learning_allowances (
    user_id uuid NOT NULL,
    used_until timestamp with time zone NOT NULL,
    granted_seconds integer NOT NULL,
    CONSTRAINT learning_allowances_granted_range CHECK (((granted_seconds >= 0) AND (granted_seconds <= 86400)))
);

CREATE TABLE public.log_archives (
    log text NOT NULL,
    month date NOT NULL,
    file text NOT NULL,
    bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    row_count bigint NOT NULL,
    rows_digest bytea NOT NULL,
    archived_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    checked_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    dropped_at timestamp with time zone,
    restored_at timestamp with time zone,
    CONSTRAINT log_archives_counts_range CHECK (((bytes > 0) AND (row_count >= 0))),
    CONSTRAINT log_archives_log_known CHECK ((log = ANY (ARRAY['login_attempts'::text, 'security_audit_log'::text]))),
    CONSTRAINT log_archives_month_is_first_day CHECK ((month = date_trunc('month'::text, (month)::timestamp with time zone))),
    CONSTRAINT log_archives_sums_are_sha256 CHECK (((length(sha256) = 32) AND (length(rows_digest) = 32)))
);

CREATE TABLE public.login_attempts (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    user_id uuid,
    email public.citext,
    status text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    ip_address inet,
    user_agent text,
    device text,
    personal_salt bytea,
    personal_digest bytea NOT NULL,
    content_hash bytea NOT NULL,
    CONSTRAINT login_attempts_status_known CHECK ((status = ANY (ARRAY['success'::text, 'failed'::text, 'throttled'::text])))
)
PARTITION BY RANGE (created_at);
ALTER TABLE ONLY public.login_attempts ALTER COLUMN email SET STATISTICS 500;
ALTER TABLE ONLY public.login_attempts ALTER COLUMN ip_address SET STATISTICS 500;

CREATE TABLE public.login_attempts_default (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    user_id uuid,
    email public.citext,
    status text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    ip_address inet,
    user_agent text,
    device text,
    personal_salt bytea,
    personal_digest bytea NOT NULL,
    content_hash bytea NOT NULL,
    CONSTRAINT login_attempts_status_known CHECK ((status = ANY (ARRAY['success'::text, 'failed'::text, 'throttled'::text])))
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.05');
ALTER TABLE ONLY public.login_attempts_default ALTER COLUMN email SET STATISTICS 500;
ALTER TABLE ONLY public.login_attempts_default ALTER COLUMN ip_address SET STATISTICS 500;

ALTER TABLE public.login_attempts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.login_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.login_throttles (
    email public.citext NOT NULL,
    place text NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    window_start timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    last_failure_at timestamp with time zone,
    trusted_at timestamp with time zone
)
WITH (autovacuum_vacuum_scale_factor='0.02', fillfactor='90');

CREATE TABLE public.mail_messages (
    id uuid DEFAULT public.new_id() NOT NULL,
    cause text NOT NULL,
    template text NOT NULL,
    recipient text NOT NULL,
    user_id uuid,
    locale text DEFAULT 'en'::text NOT NULL,
    template_values jsonb DEFAULT '{}'::jsonb NOT NULL,
    link_action text,
    verification_id uuid,
    status text DEFAULT 'queued'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text DEFAULT ''::text NOT NULL,
    sent_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT mail_messages_cause_length CHECK (((length(cause) >= 1) AND (length(cause) <= 255))),
    CONSTRAINT mail_messages_link_whole CHECK (((link_action IS NULL) = (verification_id IS NULL))),
    CONSTRAINT mail_messages_recipient_form CHECK (((recipient ~ '^[^@\s]+@[^@\s]+$'::text) AND (length(recipient) <= 254))),
    CONSTRAINT mail_messages_sent_has_date CHECK (((status <> 'sent'::text) OR (sent_at IS NOT NULL))),
    CONSTRAINT mail_messages_status_known CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text, 'dropped'::text])))
)
WITH (autovacuum_vacuum_scale_factor='0.05');

CREATE TABLE public.maintenance_window (
    one boolean DEFAULT true NOT NULL,
    from_hour smallint DEFAULT 2 NOT NULL,
    to_hour smallint DEFAULT 5 NOT NULL,
    CONSTRAINT maintenance_window_hours_range CHECK ((((from_hour >= 0) AND (from_hour <= 23)) AND ((to_hour >= 0) AND (to_hour <= 23)) AND (from_hour <> to_hour))),
    CONSTRAINT maintenance_window_is_one CHECK (one)
);

CREATE TABLE public.password_history (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL
);

CREATE TABLE public.payments (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    subscription_id uuid,
    status text NOT NULL,
    amount_minor bigint NOT NULL,
    refunded_minor bigint DEFAULT 0 NOT NULL,
    currency text NOT NULL,
    provider text NOT NULL,
    provider_payment_id text NOT NULL,
    failure_code text,
    paid_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    reference text DEFAULT ''::text NOT NULL,
    CONSTRAINT payments_amount_range CHECK (((amount_minor >= 0) AND (amount_minor <= '9007199254740991'::bigint))),
    CONSTRAINT payments_currency_form CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payments_reference_length CHECK ((length(reference) <= 200)),
    CONSTRAINT payments_refund_range CHECK (((refunded_minor >= 0) AND (refunded_minor <= amount_minor))),
    CONSTRAINT payments_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text, 'refunded'::text])))
);

CREATE TABLE public.refresh_tokens (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    family_id uuid NOT NULL,
    parent_id uuid,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT refresh_tokens_token_is_sha256 CHECK ((length(token_hash) = 32))
);

CREATE TABLE public.restore_drills (
    id uuid DEFAULT public.new_id() NOT NULL,
    backup_name text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    reason text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    lost_ms bigint,
    took_ms bigint,
    tables integer,
    rows_counted bigint,
    last_error text DEFAULT ''::text NOT NULL,
    CONSTRAINT restore_drills_ended_says_when CHECK (((state = 'running'::text) = (finished_at IS NULL))),
    CONSTRAINT restore_drills_error_length CHECK ((length(last_error) <= 500)),
    CONSTRAINT restore_drills_passed_has_figures CHECK (((state <> 'passed'::text) OR (num_nonnulls(lost_ms, took_ms, tables, rows_counted) = 4))),
    CONSTRAINT restore_drills_reason_known CHECK ((reason = ANY (ARRAY['schedule'::text, 'request'::text, 'command'::text]))),
    CONSTRAINT restore_drills_state_known CHECK ((state = ANY (ARRAY['running'::text, 'passed'::text, 'failed'::text])))
);

CREATE TABLE public.retention_rules (
    name text NOT NULL,
    days integer NOT NULL,
    least_days integer NOT NULL,
    description text NOT NULL,
    updated_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT retention_rules_days_range CHECK (((days >= least_days) AND (days <= 36500))),
    CONSTRAINT retention_rules_least_range CHECK ((least_days >= 1))
);

CREATE TABLE public.role_grants (
    role_name text NOT NULL,
    object text NOT NULL,
    privileges text NOT NULL
);

CREATE TABLE public.roles (
    id uuid DEFAULT public.new_id() NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    permissions text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT roles_name_form CHECK ((name ~ '^[a-z][a-z_]{1,38}$'::text)),
    CONSTRAINT roles_permissions_known CHECK ((permissions <@ ARRAY['users.read'::text, 'users.write'::text, 'roles.assign'::text, 'billing.read'::text, 'billing.write'::text, 'content.read_all'::text, 'content.write'::text, 'access.grant'::text, 'analytics.read'::text, 'analytics.refresh'::text, 'security.read'::text, 'security.write'::text, 'audit.read'::text, 'schema.read'::text, 'operations.read'::text, 'operations.write'::text]))
);

CREATE TABLE public.sealed_proofs (
    seal_id bigint NOT NULL,
    log text NOT NULL,
    month date,
    row_ids bigint[] NOT NULL,
    content_hashes bytea[] NOT NULL,
    CONSTRAINT sealed_proofs_whole CHECK (((cardinality(row_ids) = cardinality(content_hashes)) AND ((month IS NOT NULL) OR (log = 'audit_trail'::text))))
);

CREATE TABLE public.security_audit_log (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    event text NOT NULL,
    severity text NOT NULL,
    user_id uuid,
    actor_id uuid,
    session_id uuid,
    request_id text,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    ip_address inet,
    user_agent text,
    personal_salt bytea,
    personal_digest bytea NOT NULL,
    content_hash bytea NOT NULL,
    CONSTRAINT security_audit_log_severity_known CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'error'::text, 'critical'::text])))
)
PARTITION BY RANGE (created_at);
ALTER TABLE ONLY public.security_audit_log ALTER COLUMN event SET STATISTICS 500;

CREATE TABLE public.security_audit_log_default (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    event text NOT NULL,
    severity text NOT NULL,
    user_id uuid,
    actor_id uuid,
    session_id uuid,
    request_id text,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    ip_address inet,
    user_agent text,
    personal_salt bytea,
    personal_digest bytea NOT NULL,
    content_hash bytea NOT NULL,
    CONSTRAINT security_audit_log_severity_known CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'error'::text, 'critical'::text])))
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.05');
ALTER TABLE ONLY public.security_audit_log_default ALTER COLUMN event SET STATISTICS 500;

ALTER TABLE public.security_audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.security_audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.slow_checks (
    name text NOT NULL,
    examined_at timestamp with time zone NOT NULL,
    level text,
    what text DEFAULT ''::text NOT NULL,
    remedy text DEFAULT ''::text NOT NULL,
    CONSTRAINT slow_checks_level_known CHECK ((level = ANY (ARRAY['warning'::text, 'critical'::text])))
);

CREATE TABLE public.subscription_changes (
    id uuid DEFAULT public.new_id() NOT NULL,
    subscription_id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    from_plan_id uuid,
    to_plan_id uuid,
    from_status text,
    to_status text,
    amount_minor bigint DEFAULT 0 NOT NULL,
    effective_at timestamp with time zone NOT NULL,
    actor_id uuid,
    reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT subscription_changes_kind_known CHECK ((kind = ANY (ARRAY['started'::text, 'renewed'::text, 'upgraded'::text, 'downgraded'::text, 'cancel_scheduled'::text, 'cancel_withdrawn'::text, 'canceled'::text, 'paused'::text, 'resumed'::text, 'payment_failed'::text, 'expired'::text])))
);

CREATE TABLE public.trial_digests (
    digest bytea NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT trial_digests_digest_length CHECK ((octet_length(digest) = 32))
);

CREATE TABLE public.users (
    id uuid DEFAULT public.new_id() NOT NULL,
    email public.citext NOT NULL,
    username public.citext NOT NULL,
    password_hash text,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    phone text,
    locale text DEFAULT 'en'::text NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    account_status text DEFAULT 'active'::text NOT NULL,
    email_verified_at timestamp with time zone,
    phone_verified_at timestamp with time zone,
    last_login_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT users_account_status_known CHECK ((account_status = ANY (ARRAY['pending'::text, 'active'::text, 'suspended'::text, 'locked'::text, 'closed'::text]))),
    CONSTRAINT users_email_form CHECK (((email OPERATOR(public.~) '^[^@\s]+@[^@\s]+$'::public.citext) AND (length((email)::text) <= 254))),
    CONSTRAINT users_id_is_not_the_visitor CHECK ((id <> '00000000-0000-0000-0000-000000000000'::uuid)),
    CONSTRAINT users_locale_length CHECK (((length(locale) >= 1) AND (length(locale) <= 35))),
    CONSTRAINT users_phone_form CHECK ((phone ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT users_time_zone_length CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 64))),
    CONSTRAINT users_username_form CHECK ((username OPERATOR(public.~) '^[a-zA-Z0-9][a-zA-Z0-9._-]{1,38}$'::public.citext))
);

CREATE VIEW public.user_activity_summary AS
 SELECT u.id AS user_id,
    COALESCE(l.items_started, (0)::bigint) AS items_started,
    COALESCE(l.items_completed, (0)::bigint) AS items_completed,
    (COALESCE(round(((100.0 * (l.items_completed)::numeric) / (NULLIF(l.items_started, 0))::numeric), 1), (0)::numeric))::double precision AS completion_rate,
    COALESCE(l.seconds, (0)::bigint) AS seconds,
    l.last_learned_at,
    a.logins_30d,
    a.failed_logins_30d,
    u.last_login_at
   FROM ((public.users u
     LEFT JOIN LATERAL ( SELECT count(*) AS items_started,
            count(la.completed_at) AS items_completed,
            (sum(la.seconds))::bigint AS seconds,
            max(la.last_at) AS last_learned_at
           FROM public.learning_analytics la
          WHERE (la.user_id = u.id)) l ON (true))
     LEFT JOIN LATERAL ( SELECT count(*) FILTER (WHERE (t.status = 'success'::text)) AS logins_30d,
            count(*) FILTER (WHERE (t.status <> 'success'::text)) AS failed_logins_30d
           FROM public.login_attempts t
          WHERE ((t.user_id = u.id) AND (t.created_at > (( SELECT public.clock_now() AS clock_now) - '30 days'::interval)))) a ON (true))
  WHERE (u.deleted_at IS NULL);

CREATE TABLE public.user_content_permissions (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    content_id uuid,
    category_id uuid,
    effect text NOT NULL,
    starts_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    ends_at timestamp with time zone,
    granted_by uuid,
    reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by uuid,
    CONSTRAINT user_content_permissions_date_order CHECK (((ends_at IS NULL) OR (ends_at > starts_at))),
    CONSTRAINT user_content_permissions_effect_known CHECK ((effect = ANY (ARRAY['allow'::text, 'deny'::text]))),
    CONSTRAINT user_content_permissions_one_target CHECK ((num_nonnulls(content_id, category_id) = 1))
);

CREATE TABLE public.user_roles (
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    granted_by uuid,
    granted_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    expires_at timestamp with time zone
);

CREATE VIEW public.user_content_access AS
 SELECT person.user_id,
    item.id AS content_id,
        CASE
            WHEN person.is_staff THEN true
            WHEN (NOT person.is_active) THEN false
            WHEN ((item.status <> 'published'::text) OR (item.published_at > ( SELECT public.clock_now() AS clock_now))) THEN false
            WHEN (explicit.effect = 'deny'::text) THEN false
            WHEN ((explicit.effect IS NULL) AND (item.access_level > person.level)) THEN false
            WHEN ((person.waiting IS NOT NULL) AND (person.waiting ? (item.id)::text)) THEN false
            WHEN (item.prerequisite_count > 0) THEN (NOT (EXISTS ( SELECT
               FROM ((public.content_prerequisites q
                 JOIN public.content_items needed ON (((needed.id = q.required_id) AND (needed.deleted_at IS NULL))))
                 LEFT JOIN public.learning_analytics done ON (((done.user_id = person.user_id) AND (done.content_id = q.required_id))))
              WHERE ((q.content_id = item.id) AND (done.completed_at IS NULL)))))
            ELSE true
        END AS has_access,
        CASE
            WHEN person.is_staff THEN 'staff'::text
            WHEN (NOT person.is_active) THEN 'account_inactive'::text
            WHEN ((item.status <> 'published'::text) OR (item.published_at > ( SELECT public.clock_now() AS clock_now))) THEN 'not_published'::text
            WHEN (explicit.effect = 'deny'::text) THEN 'denied'::text
            WHEN ((explicit.effect IS NULL) AND (item.access_level > person.level)) THEN
            CASE
                WHEN person.is_visitor THEN 'sign_in_required'::text
                ELSE 'plan_required'::text
            END
            WHEN ((person.waiting IS NOT NULL) AND (person.waiting ? (item.id)::text)) THEN 'not_yet_open'::text
            WHEN ((item.prerequisite_count > 0) AND (EXISTS ( SELECT
               FROM ((public.content_prerequisites q
                 JOIN public.content_items needed ON (((needed.id = q.required_id) AND (needed.deleted_at IS NULL))))
                 LEFT JOIN public.learning_analytics done ON (((done.user_id = person.user_id) AND (done.content_id = q.required_id))))
              WHERE ((q.content_id = item.id) AND (done.completed_at IS NULL))))) THEN
            CASE
                WHEN person.is_visitor THEN 'sign_in_required'::text
                ELSE 'prerequisite_missing'::text
            END
            WHEN (explicit.effect = 'allow'::text) THEN 'granted'::text
            WHEN (item.access_level = 0) THEN 'open_to_all'::text
            WHEN (item.access_level = 1) THEN 'signed_in'::text
            ELSE 'subscription'::text
        END AS reason,
    item.access_level AS required_level,
    person.level AS user_level
   FROM ((( SELECT who.user_id,
            who.is_visitor,
            who.is_active,
            facts.is_staff,
            facts.level,
            facts.item_effects,
            facts.category_effects,
            facts.waiting
           FROM (( SELECT u.id AS user_id,
                    false AS is_visitor,
                    (u.account_status = 'active'::text) AS is_active,
                    u.deleted_at
                   FROM public.users u
                UNION ALL
                 SELECT ( SELECT '00000000-0000-0000-0000-000000000000'::uuid AS uuid) AS uuid,
                    true,
                    true,
                    NULL::timestamp with time zone) who
             CROSS JOIN LATERAL ( SELECT (who.is_active AND (EXISTS ( SELECT
                           FROM (public.user_roles ur
                             JOIN public.roles r ON ((r.id = ur.role_id)))
                          WHERE ((ur.user_id = who.user_id) AND ('content.read_all'::text = ANY (r.permissions)) AND ((ur.expires_at IS NULL) OR (ur.expires_at > ( SELECT public.clock_now() AS clock_now))))))) AS is_staff,
                        CASE
                            WHEN who.is_visitor THEN 0
                            ELSE GREATEST(1, ( SELECT max(a.access_level) AS max
                               FROM public.active_user_subscriptions a
                              WHERE (a.user_id = who.user_id)))
                        END AS level,
                    ( SELECT jsonb_object_agg(g.content_id, g.effect ORDER BY g.effect) AS jsonb_object_agg
                           FROM public.user_content_permissions g
                          WHERE ((g.user_id = who.user_id) AND (g.content_id IS NOT NULL) AND (g.revoked_at IS NULL) AND (g.starts_at <= ( SELECT public.clock_now() AS clock_now)) AND ((g.ends_at IS NULL) OR (g.ends_at > ( SELECT public.clock_now() AS clock_now))))) AS item_effects,
                    ( SELECT jsonb_object_agg(t.descendant_id, g.effect ORDER BY t.depth DESC, g.effect) AS jsonb_object_agg
                           FROM (public.user_content_permissions g
                             JOIN public.content_category_paths t ON ((t.ancestor_id = g.category_id)))
                          WHERE ((g.user_id = who.user_id) AND (g.category_id IS NOT NULL) AND (g.revoked_at IS NULL) AND (g.starts_at <= ( SELECT public.clock_now() AS clock_now)) AND ((g.ends_at IS NULL) OR (g.ends_at > ( SELECT public.clock_now() AS clock_now))))) AS category_effects,
                    ( SELECT jsonb_object_agg(l.content_id, true) AS jsonb_object_agg
                           FROM public.content_unlocks l
                          WHERE ((l.user_id = who.user_id) AND (l.opens_at > ( SELECT public.clock_now() AS clock_now)))) AS waiting
                 OFFSET 0) facts)
          WHERE (who.deleted_at IS NULL)) person
     CROSS JOIN public.content_items item)
     CROSS JOIN LATERAL ( SELECT COALESCE(
                CASE
                    WHEN (person.item_effects IS NOT NULL) THEN (person.item_effects ->> (item.id)::text)
                    ELSE NULL::text
                END,
                CASE
                    WHEN (person.category_effects IS NOT NULL) THEN (person.category_effects ->> (item.category_id)::text)
                    ELSE NULL::text
                END) AS effect
         OFFSET 0) explicit)
  WHERE (item.deleted_at IS NULL);

CREATE TABLE public.user_security_settings (
    user_id uuid NOT NULL,
    two_factor_enabled boolean DEFAULT false NOT NULL,
    two_factor_secret bytea,
    login_notifications boolean DEFAULT true NOT NULL,
    password_changed_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    CONSTRAINT user_security_settings_secret_when_enabled CHECK (((NOT two_factor_enabled) OR (two_factor_secret IS NOT NULL)))
);

CREATE TABLE public.user_sessions (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    session_token text NOT NULL,
    data bytea NOT NULL,
    ip_address inet,
    user_agent text DEFAULT ''::text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    CONSTRAINT user_sessions_end_reason_known CHECK ((end_reason = ANY (ARRAY['signed_out'::text, 'revoked'::text, 'expired'::text, 'renewed'::text]))),
    CONSTRAINT user_sessions_ended_says_when CHECK ((is_active OR (ended_at IS NOT NULL)))
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_analyze_scale_factor='0.05', fillfactor='90');

CREATE VIEW public.user_security_status AS
 SELECT u.id AS user_id,
    u.account_status,
    (u.email_verified_at IS NOT NULL) AS email_verified,
    (u.phone_verified_at IS NOT NULL) AS phone_verified,
    COALESCE(s.two_factor_enabled, false) AS two_factor_enabled,
    s.password_changed_at,
    u.last_login_at,
    ( SELECT count(*) AS count
           FROM public.user_sessions us
          WHERE ((us.user_id = u.id) AND us.is_active AND (us.expires_at > ( SELECT public.clock_now() AS clock_now)))) AS active_sessions,
    ( SELECT max(us.last_seen_at) AS max
           FROM public.user_sessions us
          WHERE ((us.user_id = u.id) AND us.is_active)) AS last_seen_at,
    ( SELECT count(*) AS count
           FROM public.api_tokens t
          WHERE ((t.user_id = u.id) AND (t.revoked_at IS NULL) AND ((t.expires_at IS NULL) OR (t.expires_at > ( SELECT public.clock_now() AS clock_now))))) AS live_api_tokens,
    ( SELECT count(*) AS count
           FROM public.login_attempts la
          WHERE ((la.user_id = u.id) AND (la.status <> 'success'::text) AND (la.created_at > (( SELECT public.clock_now() AS clock_now) - '24:00:00'::interval)))) AS failed_logins_24h,
    ( SELECT t.last_failure_at
           FROM public.login_throttles t
          WHERE ((t.email OPERATOR(public.=) u.email) AND (t.place = '*'::text) AND (t.failures >= 100) AND (t.window_start > (( SELECT public.clock_now() AS clock_now) - '01:00:00'::interval)))) AS throttled_since
   FROM (public.users u
     LEFT JOIN public.user_security_settings s ON ((s.user_id = u.id)))
  WHERE (u.deleted_at IS NULL);

CREATE TABLE public.user_verifications (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    target public.citext NOT NULL,
    token_hash bytea NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT public.clock_now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    password_hash text,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL,
    CONSTRAINT user_verifications_purpose_known CHECK ((purpose = ANY (ARRAY['email'::text, 'phone'::text, 'password_reset'::text, 'invitation'::text, 'email_change'::text, 'email_undo'::text]))),
    CONSTRAINT user_verifications_registration_is_email CHECK (((password_hash IS NULL) OR (purpose = 'email'::text))),
    CONSTRAINT user_verifications_token_is_sha256 CHECK ((length(token_hash) = 32))
);

CREATE VIEW report.content_popularity AS
 SELECT c.slug,
    c.title,
    k.name AS category,
    c.kind,
    c.access_level,
    p.views,
    p.learners,
    p.completions,
    p.seconds,
    p.average_rating,
    p.ratings,
    p.views_30d,
    p.as_of
   FROM ((public.content_popularity p
     JOIN public.content_items c ON (((c.id = p.content_id) AND (c.status <> 'draft'::text) AND (c.published_at <= p.as_of))))
     JOIN public.content_categories k ON ((k.id = c.category_id)));

COMMENT ON VIEW report.content_popularity IS 'One row per item that is or was published; views are visits; seconds is learning time of all people together.';

CREATE VIEW report.subscription_metrics AS
SELECT
    NULL::text AS plan_slug,
    NULL::text AS plan_name,
    NULL::text AS billing_cycle,
    NULL::text AS currency,
    NULL::bigint AS active_count,
    NULL::bigint AS trialing_count,
    NULL::bigint AS past_due_count,
    NULL::bigint AS paused_count,
    NULL::bigint AS ended_count,
    NULL::bigint AS started_30d,
    NULL::bigint AS ended_30d,
    NULL::bigint AS mrr_minor,
    NULL::bigint AS revenue_30d_minor,
    NULL::timestamp with time zone AS as_of;

COMMENT ON VIEW report.subscription_metrics IS 'One row per plan; money in minor units of currency; as_of is the time of the last refresh.';

CREATE VIEW report.user_activity AS
 SELECT user_activity_summary.user_id,
    user_activity_summary.items_started,
    user_activity_summary.items_completed,
    user_activity_summary.completion_rate,
    user_activity_summary.seconds,
    user_activity_summary.last_learned_at,
    user_activity_summary.logins_30d,
    user_activity_summary.failed_logins_30d
   FROM public.user_activity_summary;

COMMENT ON VIEW report.user_activity IS 'One row per person; completion_rate in percent of the items she started.';

ALTER TABLE ONLY public.content_consumption ATTACH PARTITION public.content_consumption_default DEFAULT;

ALTER TABLE ONLY public.login_attempts ATTACH PARTITION public.login_attempts_default DEFAULT;

ALTER TABLE ONLY public.security_audit_log ATTACH PARTITION public.security_audit_log_default DEFAULT;

ALTER TABLE ONLY public.subscription_plans
    ADD CONSTRAINT subscription_plans_pkey PRIMARY KEY (id);

CREATE MATERIALIZED VIEW public.subscription_metrics AS
 SELECT p.id AS plan_id,
    p.slug AS plan_slug,
    p.name AS plan_name,
    p.billing_cycle,
    p.currency,
    count(s.id) FILTER (WHERE (s.status = 'active'::text)) AS active_count,
    count(s.id) FILTER (WHERE (s.status = 'trialing'::text)) AS trialing_count,
    count(s.id) FILTER (WHERE (s.status = 'past_due'::text)) AS past_due_count,
    count(s.id) FILTER (WHERE (s.status = 'paused'::text)) AS paused_count,
    count(s.id) FILTER (WHERE (s.status = ANY (ARRAY['canceled'::text, 'expired'::text]))) AS ended_count,
    count(s.id) FILTER (WHERE (s.started_at > (( SELECT public.clock_now() AS clock_now) - '30 days'::interval))) AS started_30d,
    count(s.id) FILTER (WHERE (s.ended_at > (( SELECT public.clock_now() AS clock_now) - '30 days'::interval))) AS ended_30d,
        CASE p.billing_cycle
            WHEN 'lifetime'::text THEN (0)::bigint
            ELSE (round((((count(s.id) FILTER (WHERE ((s.status = ANY (ARRAY['active'::text, 'past_due'::text])) AND (s.complimentary_reason IS NULL))) * p.price_minor))::numeric /
            CASE p.billing_cycle
                WHEN 'yearly'::text THEN 12.0
                ELSE (1)::numeric
            END)))::bigint
        END AS mrr_minor,
    (COALESCE(( SELECT sum((y.amount_minor - y.refunded_minor)) AS sum
           FROM (public.payments y
             JOIN public.user_subscriptions ps ON (((ps.id = y.subscription_id) AND (ps.plan_id = p.id))))
          WHERE ((y.status = ANY (ARRAY['succeeded'::text, 'refunded'::text])) AND (y.currency = p.currency) AND (y.paid_at > (( SELECT public.clock_now() AS clock_now) - '30 days'::interval)))), (0)::numeric))::bigint AS revenue_30d_minor,
    ( SELECT public.clock_now() AS clock_now) AS as_of
   FROM (public.subscription_plans p
     LEFT JOIN public.user_subscriptions s ON ((s.plan_id = p.id)))
  WHERE (p.deleted_at IS NULL)
  GROUP BY p.id
  WITH NO DATA;

ALTER TABLE ONLY public.account_limits
    ADD CONSTRAINT account_limits_pkey PRIMARY KEY (place);

ALTER TABLE ONLY public.account_requests
    ADD CONSTRAINT account_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alert_rules
    ADD CONSTRAINT alert_rules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alert_rules
    ADD CONSTRAINT alert_rules_reads_key UNIQUE (reads);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_token_key UNIQUE (token_hash);

ALTER TABLE ONLY public.audit_personal_values
    ADD CONSTRAINT audit_personal_values_pkey PRIMARY KEY (audit_id, side, column_name);

ALTER TABLE ONLY public.audit_seals
    ADD CONSTRAINT audit_seals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_trail
    ADD CONSTRAINT audit_trail_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_unsealed
    ADD CONSTRAINT audit_unsealed_pkey PRIMARY KEY (log, row_id);

ALTER TABLE ONLY public.backups
    ADD CONSTRAINT backups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.consumption_keys
    ADD CONSTRAINT consumption_keys_pkey PRIMARY KEY (user_id, content_id, event_key);

ALTER TABLE ONLY public.content_bodies
    ADD CONSTRAINT content_bodies_pkey PRIMARY KEY (content_id);

ALTER TABLE ONLY public.content_categories
    ADD CONSTRAINT content_categories_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.content_categories
    ADD CONSTRAINT content_categories_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.content_category_paths
    ADD CONSTRAINT content_category_paths_pkey PRIMARY KEY (descendant_id, ancestor_id);

ALTER TABLE ONLY public.content_consumption
    ADD CONSTRAINT content_consumption_pkey PRIMARY KEY (created_at, id);

ALTER TABLE ONLY public.content_consumption_default
    ADD CONSTRAINT content_consumption_default_pkey PRIMARY KEY (created_at, id);

ALTER TABLE ONLY public.content_files
    ADD CONSTRAINT content_files_pkey PRIMARY KEY (content_id, sha256);

ALTER TABLE ONLY public.content_imported_texts
    ADD CONSTRAINT content_imported_texts_pkey PRIMARY KEY (content_id);

ALTER TABLE ONLY public.content_items
    ADD CONSTRAINT content_items_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.content_items
    ADD CONSTRAINT content_items_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.content_prerequisites
    ADD CONSTRAINT content_prerequisites_pkey PRIMARY KEY (content_id, required_id);

ALTER TABLE ONLY public.content_source_folders
    ADD CONSTRAINT content_source_folders_pkey PRIMARY KEY (source, path);

ALTER TABLE ONLY public.content_source_locks
    ADD CONSTRAINT content_source_locks_pkey PRIMARY KEY (source);

ALTER TABLE ONLY public.content_source_settings
    ADD CONSTRAINT content_source_settings_pkey PRIMARY KEY (source);

ALTER TABLE ONLY public.content_sources
    ADD CONSTRAINT content_sources_path_key UNIQUE (source, path);

ALTER TABLE ONLY public.content_sources
    ADD CONSTRAINT content_sources_pkey PRIMARY KEY (content_id);

ALTER TABLE ONLY public.content_unlocks
    ADD CONSTRAINT content_unlocks_pkey PRIMARY KEY (user_id, content_id);

ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT epochs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.function_locks
    ADD CONSTRAINT function_locks_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor_id, mutation, key);

ALTER TABLE ONLY public.job_runs
    ADD CONSTRAINT job_runs_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY public.known_timeline
    ADD CONSTRAINT known_timeline_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.learning_allowances
    ADD CONSTRAINT learning_allowances_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.learning_analytics
    ADD CONSTRAINT learning_analytics_pkey PRIMARY KEY (user_id, content_id);

ALTER TABLE ONLY public.log_archives
    ADD CONSTRAINT log_archives_pkey PRIMARY KEY (log, month);

ALTER TABLE ONLY public.login_attempts
    ADD CONSTRAINT login_attempts_pkey PRIMARY KEY (created_at, id);

ALTER TABLE ONLY public.login_attempts_default
    ADD CONSTRAINT login_attempts_default_pkey PRIMARY KEY (created_at, id);

ALTER TABLE ONLY public.login_throttles
    ADD CONSTRAINT login_throttles_pkey PRIMARY KEY (email, place);

ALTER TABLE ONLY public.mail_messages
    ADD CONSTRAINT mail_messages_cause_key UNIQUE (cause);

ALTER TABLE ONLY public.mail_messages
    ADD CONSTRAINT mail_messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.maintenance_window
    ADD CONSTRAINT maintenance_window_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.password_history
    ADD CONSTRAINT password_history_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_provider_key UNIQUE (provider, provider_payment_id);

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_token_key UNIQUE (token_hash);

ALTER TABLE ONLY public.restore_drills
    ADD CONSTRAINT restore_drills_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.retention_rules
    ADD CONSTRAINT retention_rules_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.role_grants
    ADD CONSTRAINT role_grants_pkey PRIMARY KEY (role_name, object);

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_name_key UNIQUE (name);

ALTER TABLE ONLY public.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sealed_proofs
    ADD CONSTRAINT sealed_proofs_part_key UNIQUE NULLS NOT DISTINCT (seal_id, month);

ALTER TABLE ONLY public.security_audit_log
    ADD CONSTRAINT security_audit_log_pkey PRIMARY KEY (created_at, id);

ALTER TABLE ONLY public.security_audit_log_default
    ADD CONSTRAINT security_audit_log_default_pkey PRIMARY KEY (created_at, id);

ALTER TABLE ONLY public.slow_checks
    ADD CONSTRAINT slow_checks_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.subscription_changes
    ADD CONSTRAINT subscription_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.subscription_plans
    ADD CONSTRAINT subscription_plans_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.subscription_seats
    ADD CONSTRAINT subscription_seats_pkey PRIMARY KEY (subscription_id, user_id);

ALTER TABLE ONLY public.trial_digests
    ADD CONSTRAINT trial_digests_pkey PRIMARY KEY (digest);

ALTER TABLE ONLY public.user_content_permissions
    ADD CONSTRAINT user_content_permissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_pkey PRIMARY KEY (user_id, role_id);

ALTER TABLE ONLY public.user_security_settings
    ADD CONSTRAINT user_security_settings_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.user_sessions
    ADD CONSTRAINT user_sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.user_sessions
    ADD CONSTRAINT user_sessions_token_key UNIQUE (session_token);

ALTER TABLE ONLY public.user_subscriptions
    ADD CONSTRAINT user_subscriptions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.user_verifications
    ADD CONSTRAINT user_verifications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.user_verifications
    ADD CONSTRAINT user_verifications_token_key UNIQUE (token_hash);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX account_limits_last_idx ON public.account_limits USING btree (last_at);

CREATE INDEX account_requests_created_idx ON public.account_requests USING btree (created_at);

CREATE INDEX account_requests_user_idx ON public.account_requests USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX alerts_acknowledged_by_idx ON public.alerts USING btree (acknowledged_by) WHERE (acknowledged_by IS NOT NULL);

CREATE UNIQUE INDEX alerts_open_key ON public.alerts USING btree (rule_id) WHERE (ended_at IS NULL);

CREATE INDEX alerts_opened_idx ON public.alerts USING btree (opened_at DESC, id DESC);

CREATE INDEX alerts_rule_idx ON public.alerts USING btree (rule_id);

CREATE INDEX api_tokens_created_idx ON public.api_tokens USING btree (created_at DESC, id DESC);

CREATE INDEX api_tokens_user_idx ON public.api_tokens USING btree (user_id, created_at DESC, id DESC);

CREATE INDEX audit_personal_values_subject_idx ON public.audit_personal_values USING btree (subject_id) WHERE (subject_id IS NOT NULL);

CREATE INDEX audit_trail_actor_idx ON public.audit_trail USING btree (actor_id, created_at DESC) WHERE (actor_id IS NOT NULL);

CREATE INDEX audit_trail_created_idx ON public.audit_trail USING btree (created_at DESC, id DESC);

CREATE INDEX audit_trail_row_idx ON public.audit_trail USING btree (table_name, row_id, created_at DESC);

CREATE INDEX audit_trail_session_idx ON public.audit_trail USING btree (session_id, created_at DESC) WHERE (session_id IS NOT NULL);

CREATE INDEX audit_trail_subject_idx ON public.audit_trail USING btree (subject_id, created_at DESC) WHERE (subject_id IS NOT NULL);

CREATE INDEX backups_started_idx ON public.backups USING btree (started_at DESC, id DESC);

CREATE INDEX consumption_keys_created_idx ON public.consumption_keys USING btree (created_at);

CREATE INDEX content_bodies_body_search_idx ON public.content_bodies USING gin (body_search);

CREATE INDEX content_bodies_search_idx ON public.content_bodies USING gin (search);

CREATE INDEX content_categories_name_idx ON public.content_categories USING btree (name, id) WHERE (deleted_at IS NULL);

CREATE INDEX content_categories_order_idx ON public.content_categories USING btree ("position", id) WHERE (deleted_at IS NULL);

CREATE INDEX content_categories_parent_idx ON public.content_categories USING btree (parent_id, "position", id) WHERE (deleted_at IS NULL);

CREATE INDEX content_category_paths_ancestor_idx ON public.content_category_paths USING btree (ancestor_id, descendant_id, depth);

CREATE INDEX content_consumption_content_idx ON ONLY public.content_consumption USING btree (content_id, created_at DESC, id DESC);

CREATE INDEX content_consumption_default_content_id_created_at_id_idx ON public.content_consumption_default USING btree (content_id, created_at DESC, id DESC);

CREATE INDEX content_consumption_id_idx ON ONLY public.content_consumption USING btree (id);

CREATE INDEX content_consumption_default_id_idx ON public.content_consumption_default USING btree (id);

CREATE INDEX content_consumption_user_idx ON ONLY public.content_consumption USING btree (user_id, created_at DESC, id DESC);

CREATE INDEX content_consumption_default_user_id_created_at_id_idx ON public.content_consumption_default USING btree (user_id, created_at DESC, id DESC);

CREATE INDEX content_files_sha256_idx ON public.content_files USING btree (sha256);

CREATE INDEX content_items_author_idx ON public.content_items USING btree (author_id);

CREATE INDEX content_items_category_fk_idx ON public.content_items USING btree (category_id);

CREATE INDEX content_items_category_idx ON public.content_items USING btree (category_id, published_at DESC, id DESC) WHERE ((status = 'published'::text) AND (deleted_at IS NULL));

CREATE INDEX content_items_changed_idx ON public.content_items USING btree (updated_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX content_items_created_idx ON public.content_items USING btree (created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX content_items_deleted_changed_idx ON public.content_items USING btree (updated_at DESC, id DESC) WHERE (deleted_at IS NOT NULL);

CREATE INDEX content_items_deleted_created_idx ON public.content_items USING btree (created_at DESC, id DESC) WHERE (deleted_at IS NOT NULL);

CREATE INDEX content_items_deleted_title_idx ON public.content_items USING btree (title, id) WHERE (deleted_at IS NOT NULL);

CREATE INDEX content_items_language_idx ON public.content_items USING btree (language, published_at DESC, id DESC) WHERE ((status = 'published'::text) AND (deleted_at IS NULL));

CREATE INDEX content_items_newest_idx ON public.content_items USING btree (published_at DESC, id DESC) WHERE ((status = 'published'::text) AND (deleted_at IS NULL));

CREATE INDEX content_items_status_idx ON public.content_items USING btree (status, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX content_items_tags_idx ON public.content_items USING gin (tags) WHERE ((status = 'published'::text) AND (deleted_at IS NULL));

CREATE INDEX content_items_title_idx ON public.content_items USING btree (title, id) WHERE (deleted_at IS NULL);

CREATE INDEX content_popularity_completed_idx ON public.content_popularity USING btree (completions DESC, content_id DESC);

CREATE UNIQUE INDEX content_popularity_content_key ON public.content_popularity USING btree (content_id);

CREATE INDEX content_popularity_rated_idx ON public.content_popularity USING btree (COALESCE(average_rating, (0)::double precision) DESC, content_id DESC);

CREATE INDEX content_popularity_recent_idx ON public.content_popularity USING btree (views_30d DESC, content_id DESC);

CREATE INDEX content_popularity_views_idx ON public.content_popularity USING btree (views DESC, content_id DESC);

CREATE INDEX content_prerequisites_required_idx ON public.content_prerequisites USING btree (required_id);

CREATE INDEX content_source_folders_category_idx ON public.content_source_folders USING btree (category_id);

CREATE INDEX content_sources_document_idx ON public.content_sources USING btree (source, document);

CREATE INDEX content_unlocks_content_idx ON public.content_unlocks USING btree (content_id);

CREATE INDEX content_unlocks_opens_idx ON public.content_unlocks USING btree (user_id, opens_at);

CREATE INDEX idempotency_keys_created_idx ON public.idempotency_keys USING btree (created_at);

CREATE INDEX learning_analytics_content_idx ON public.learning_analytics USING btree (content_id, last_at DESC, user_id DESC);

CREATE INDEX learning_analytics_recent_idx ON public.learning_analytics USING btree (user_id, last_at DESC, content_id DESC);

CREATE INDEX login_attempts_email_idx ON ONLY public.login_attempts USING btree (email, created_at DESC, id DESC);

CREATE INDEX login_attempts_default_email_created_at_id_idx ON public.login_attempts_default USING btree (email, created_at DESC, id DESC);

CREATE INDEX login_attempts_id_idx ON ONLY public.login_attempts USING btree (id);

CREATE INDEX login_attempts_default_id_idx ON public.login_attempts_default USING btree (id);

CREATE INDEX login_attempts_ip_idx ON ONLY public.login_attempts USING btree (ip_address, created_at DESC, id DESC);

CREATE INDEX login_attempts_default_ip_address_created_at_id_idx ON public.login_attempts_default USING btree (ip_address, created_at DESC, id DESC);

CREATE INDEX login_attempts_status_idx ON ONLY public.login_attempts USING btree (status, created_at DESC, id DESC);

CREATE INDEX login_attempts_default_status_created_at_id_idx ON public.login_attempts_default USING btree (status, created_at DESC, id DESC);

CREATE INDEX login_attempts_user_idx ON ONLY public.login_attempts USING btree (user_id, created_at DESC, id DESC);

CREATE INDEX login_attempts_default_user_id_created_at_id_idx ON public.login_attempts_default USING btree (user_id, created_at DESC, id DESC);

CREATE INDEX login_throttles_idle_idx ON public.login_throttles USING btree (window_start) WHERE (trusted_at IS NULL);

CREATE INDEX mail_messages_created_idx ON public.mail_messages USING btree (created_at DESC, id DESC);

CREATE INDEX mail_messages_status_idx ON public.mail_messages USING btree (status, created_at DESC, id DESC);

CREATE INDEX mail_messages_template_idx ON public.mail_messages USING btree (template, created_at DESC, id DESC);

CREATE INDEX mail_messages_user_idx ON public.mail_messages USING btree (user_id, created_at DESC, id DESC) WHERE (user_id IS NOT NULL);

CREATE INDEX password_history_created_idx ON public.password_history USING btree (created_at DESC, id DESC);

CREATE INDEX password_history_user_idx ON public.password_history USING btree (user_id, created_at DESC, id DESC);

CREATE INDEX payments_amount_idx ON public.payments USING btree (amount_minor DESC, id DESC);

CREATE INDEX payments_created_idx ON public.payments USING btree (created_at DESC, id DESC);

CREATE INDEX payments_currency_idx ON public.payments USING btree (currency, created_at DESC, id DESC);

CREATE INDEX payments_status_idx ON public.payments USING btree (status, created_at DESC, id DESC);

CREATE INDEX payments_subscription_idx ON public.payments USING btree (subscription_id, created_at DESC, id DESC);

CREATE INDEX payments_user_idx ON public.payments USING btree (user_id, created_at DESC, id DESC);

CREATE INDEX refresh_tokens_created_idx ON public.refresh_tokens USING btree (created_at DESC, id DESC);

CREATE INDEX refresh_tokens_expires_idx ON public.refresh_tokens USING btree (expires_at);

CREATE INDEX refresh_tokens_family_idx ON public.refresh_tokens USING btree (family_id);

CREATE INDEX refresh_tokens_parent_idx ON public.refresh_tokens USING btree (parent_id) WHERE (parent_id IS NOT NULL);

CREATE INDEX refresh_tokens_user_idx ON public.refresh_tokens USING btree (user_id);

CREATE INDEX restore_drills_started_idx ON public.restore_drills USING btree (started_at DESC, id DESC);

CREATE INDEX sealed_proofs_archive_idx ON public.sealed_proofs USING btree (log, month);

CREATE INDEX security_audit_log_actor_idx ON ONLY public.security_audit_log USING btree (actor_id, created_at DESC, id DESC);

CREATE INDEX security_audit_log_default_actor_id_created_at_id_idx ON public.security_audit_log_default USING btree (actor_id, created_at DESC, id DESC);

CREATE INDEX security_audit_log_event_idx ON ONLY public.security_audit_log USING btree (event, created_at DESC, id DESC);

CREATE INDEX security_audit_log_default_event_created_at_id_idx ON public.security_audit_log_default USING btree (event, created_at DESC, id DESC);

CREATE INDEX security_audit_log_id_idx ON ONLY public.security_audit_log USING btree (id);

CREATE INDEX security_audit_log_default_id_idx ON public.security_audit_log_default USING btree (id);

CREATE INDEX security_audit_log_severity_idx ON ONLY public.security_audit_log USING btree (severity, created_at DESC, id DESC);

CREATE INDEX security_audit_log_default_severity_created_at_id_idx ON public.security_audit_log_default USING btree (severity, created_at DESC, id DESC);

CREATE INDEX security_audit_log_user_idx ON ONLY public.security_audit_log USING btree (user_id, created_at DESC, id DESC);

CREATE INDEX security_audit_log_default_user_id_created_at_id_idx ON public.security_audit_log_default USING btree (user_id, created_at DESC, id DESC);

CREATE INDEX subscription_changes_created_idx ON public.subscription_changes USING btree (created_at DESC, id DESC);

CREATE INDEX subscription_changes_from_plan_idx ON public.subscription_changes USING btree (from_plan_id) WHERE (from_plan_id IS NOT NULL);

CREATE INDEX subscription_changes_subscription_idx ON public.subscription_changes USING btree (subscription_id, created_at DESC, id DESC);

CREATE INDEX subscription_changes_to_plan_idx ON public.subscription_changes USING btree (to_plan_id) WHERE (to_plan_id IS NOT NULL);

CREATE INDEX subscription_changes_user_idx ON public.subscription_changes USING btree (user_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX subscription_metrics_plan_key ON public.subscription_metrics USING btree (plan_id);

CREATE INDEX subscription_seats_assigned_by_idx ON public.subscription_seats USING btree (assigned_by) WHERE (assigned_by IS NOT NULL);

CREATE INDEX subscription_seats_user_idx ON public.subscription_seats USING btree (user_id, subscription_id);

CREATE INDEX user_content_permissions_category_idx ON public.user_content_permissions USING btree (category_id) WHERE (category_id IS NOT NULL);

CREATE INDEX user_content_permissions_content_idx ON public.user_content_permissions USING btree (content_id) WHERE (content_id IS NOT NULL);

CREATE INDEX user_content_permissions_created_idx ON public.user_content_permissions USING btree (created_at DESC, id DESC);

CREATE INDEX user_content_permissions_ending_idx ON public.user_content_permissions USING btree (COALESCE(ends_at, 'infinity'::timestamp with time zone), id);

CREATE INDEX user_content_permissions_granted_by_idx ON public.user_content_permissions USING btree (granted_by) WHERE (granted_by IS NOT NULL);

CREATE INDEX user_content_permissions_item_idx ON public.user_content_permissions USING btree (user_id, content_id, effect, starts_at, ends_at) WHERE ((content_id IS NOT NULL) AND (revoked_at IS NULL));

CREATE INDEX user_content_permissions_revoked_by_idx ON public.user_content_permissions USING btree (revoked_by) WHERE (revoked_by IS NOT NULL);

CREATE INDEX user_content_permissions_tree_idx ON public.user_content_permissions USING btree (user_id, category_id, effect, starts_at, ends_at) WHERE ((category_id IS NOT NULL) AND (revoked_at IS NULL));

CREATE INDEX user_roles_granted_by_idx ON public.user_roles USING btree (granted_by) WHERE (granted_by IS NOT NULL);

CREATE INDEX user_roles_granted_idx ON public.user_roles USING btree (granted_at DESC, user_id DESC, role_id DESC);

CREATE INDEX user_roles_role_idx ON public.user_roles USING btree (role_id);

CREATE INDEX user_security_settings_two_factor_idx ON public.user_security_settings USING btree (user_id) WHERE two_factor_enabled;

CREATE INDEX user_sessions_created_idx ON public.user_sessions USING btree (created_at DESC, id DESC);

CREATE INDEX user_sessions_ended_idx ON public.user_sessions USING btree (ended_at) WHERE (NOT is_active);

CREATE INDEX user_sessions_expires_idx ON public.user_sessions USING btree (expires_at) WHERE is_active;

CREATE INDEX user_sessions_open_idx ON public.user_sessions USING btree (created_at DESC, id DESC) WHERE is_active;

CREATE INDEX user_sessions_seen_idx ON public.user_sessions USING btree (last_seen_at DESC, id DESC);

CREATE INDEX user_sessions_user_fk_idx ON public.user_sessions USING btree (user_id);

CREATE INDEX user_sessions_user_idx ON public.user_sessions USING btree (user_id, last_seen_at DESC, id DESC) WHERE is_active;

CREATE INDEX user_subscriptions_created_idx ON public.user_subscriptions USING btree (created_at DESC, id DESC);

CREATE INDEX user_subscriptions_due_idx ON public.user_subscriptions USING btree (next_due_at, id) WHERE (next_due_at IS NOT NULL);

CREATE INDEX user_subscriptions_ending_idx ON public.user_subscriptions USING btree (access_until, id);

CREATE UNIQUE INDEX user_subscriptions_one_living ON public.user_subscriptions USING btree (user_id) WHERE (status = ANY (ARRAY['trialing'::text, 'active'::text, 'past_due'::text, 'paused'::text]));

CREATE INDEX user_subscriptions_plan_idx ON public.user_subscriptions USING btree (plan_id, status);

CREATE UNIQUE INDEX user_subscriptions_provider_key ON public.user_subscriptions USING btree (provider, provider_subscription_id) WHERE (provider_subscription_id IS NOT NULL);

CREATE INDEX user_subscriptions_user_idx ON public.user_subscriptions USING btree (user_id, access_until);

CREATE INDEX user_verifications_created_idx ON public.user_verifications USING btree (created_at DESC, id DESC);

CREATE INDEX user_verifications_expires_idx ON public.user_verifications USING btree (expires_at);

CREATE INDEX user_verifications_user_idx ON public.user_verifications USING btree (user_id, purpose);

CREATE INDEX users_created_idx ON public.users USING btree (created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX users_email_idx ON public.users USING btree (email);

CREATE UNIQUE INDEX users_email_key ON public.users USING btree (lower(((email)::text COLLATE "C"))) WHERE ((deleted_at IS NULL) AND (account_status <> 'closed'::text));

CREATE INDEX users_email_prefix_idx ON public.users USING btree (lower((email)::text) text_pattern_ops) WHERE (deleted_at IS NULL);

CREATE INDEX users_last_login_idx ON public.users USING btree (COALESCE(last_login_at, '-infinity'::timestamp with time zone) DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX users_pending_idx ON public.users USING btree (updated_at) WHERE ((account_status = 'pending'::text) AND (deleted_at IS NULL));

CREATE INDEX users_status_idx ON public.users USING btree (account_status, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX users_username_key ON public.users USING btree (username) WHERE (deleted_at IS NULL);

CREATE INDEX users_username_prefix_idx ON public.users USING btree (lower((username)::text) text_pattern_ops) WHERE (deleted_at IS NULL);

ALTER INDEX public.content_consumption_content_idx ATTACH PARTITION public.content_consumption_default_content_id_created_at_id_idx;

ALTER INDEX public.content_consumption_id_idx ATTACH PARTITION public.content_consumption_default_id_idx;

ALTER INDEX public.content_consumption_pkey ATTACH PARTITION public.content_consumption_default_pkey;

ALTER INDEX public.content_consumption_user_idx ATTACH PARTITION public.content_consumption_default_user_id_created_at_id_idx;

ALTER INDEX public.login_attempts_email_idx ATTACH PARTITION public.login_attempts_default_email_created_at_id_idx;

ALTER INDEX public.login_attempts_id_idx ATTACH PARTITION public.login_attempts_default_id_idx;

ALTER INDEX public.login_attempts_ip_idx ATTACH PARTITION public.login_attempts_default_ip_address_created_at_id_idx;

ALTER INDEX public.login_attempts_pkey ATTACH PARTITION public.login_attempts_default_pkey;

ALTER INDEX public.login_attempts_status_idx ATTACH PARTITION public.login_attempts_default_status_created_at_id_idx;

ALTER INDEX public.login_attempts_user_idx ATTACH PARTITION public.login_attempts_default_user_id_created_at_id_idx;

ALTER INDEX public.security_audit_log_actor_idx ATTACH PARTITION public.security_audit_log_default_actor_id_created_at_id_idx;

ALTER INDEX public.security_audit_log_event_idx ATTACH PARTITION public.security_audit_log_default_event_created_at_id_idx;

ALTER INDEX public.security_audit_log_id_idx ATTACH PARTITION public.security_audit_log_default_id_idx;

ALTER INDEX public.security_audit_log_pkey ATTACH PARTITION public.security_audit_log_default_pkey;

ALTER INDEX public.security_audit_log_severity_idx ATTACH PARTITION public.security_audit_log_default_severity_created_at_id_idx;

ALTER INDEX public.security_audit_log_user_idx ATTACH PARTITION public.security_audit_log_default_user_id_created_at_id_idx;

CREATE OR REPLACE VIEW report.subscription_metrics AS
 SELECT subscription_metrics.plan_slug,
    subscription_metrics.plan_name,
    subscription_metrics.billing_cycle,
    subscription_metrics.currency,
    subscription_metrics.active_count,
    subscription_metrics.trialing_count,
    subscription_metrics.past_due_count,
    subscription_metrics.paused_count,
    subscription_metrics.ended_count,
    subscription_metrics.started_30d,
    subscription_metrics.ended_30d,
    subscription_metrics.mrr_minor,
    subscription_metrics.revenue_30d_minor,
    subscription_metrics.as_of
   FROM public.subscription_metrics;

CREATE TRIGGER alert_rules_audit_delete AFTER DELETE ON public.alert_rules REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER alert_rules_audit_insert AFTER INSERT ON public.alert_rules REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER alert_rules_audit_update AFTER UPDATE ON public.alert_rules REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER api_tokens_audit_delete AFTER DELETE ON public.api_tokens REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER api_tokens_audit_insert AFTER INSERT ON public.api_tokens REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER api_tokens_audit_update AFTER UPDATE ON public.api_tokens REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER audit_trail_hash BEFORE INSERT ON public.audit_trail FOR EACH ROW EXECUTE FUNCTION public.hash_log_row('audit_trail');

CREATE TRIGGER content_bodies_audit_delete AFTER DELETE ON public.content_bodies REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id', '', '', 'content_id, ''sha256:'' || encode(sha256(convert_to(body, ''UTF8'')), ''hex'') as body');

CREATE TRIGGER content_bodies_audit_update AFTER UPDATE ON public.content_bodies REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id', '', '', 'content_id, ''sha256:'' || encode(sha256(convert_to(body, ''UTF8'')), ''hex'') as body');

CREATE TRIGGER content_bodies_search BEFORE UPDATE OF body ON public.content_bodies FOR EACH ROW EXECUTE FUNCTION public.keep_content_search();

CREATE TRIGGER content_categories_audit_delete AFTER DELETE ON public.content_categories REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER content_categories_audit_insert AFTER INSERT ON public.content_categories REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER content_categories_audit_update AFTER UPDATE ON public.content_categories REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER content_categories_paths_insert AFTER INSERT ON public.content_categories FOR EACH ROW EXECUTE FUNCTION public.keep_category_paths();

CREATE TRIGGER content_categories_paths_move AFTER UPDATE OF parent_id ON public.content_categories FOR EACH ROW WHEN ((old.parent_id IS DISTINCT FROM new.parent_id)) EXECUTE FUNCTION public.keep_category_paths();

CREATE TRIGGER content_categories_touch BEFORE UPDATE ON public.content_categories FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER content_files_audit_delete AFTER DELETE ON public.content_files REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id,sha256', '', '');

CREATE TRIGGER content_files_audit_insert AFTER INSERT ON public.content_files REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id,sha256', '', '');

CREATE TRIGGER content_files_audit_update AFTER UPDATE ON public.content_files REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id,sha256', '', '');

CREATE TRIGGER content_items_audit_delete AFTER DELETE ON public.content_items REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER content_items_audit_insert AFTER INSERT ON public.content_items REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER content_items_audit_update AFTER UPDATE ON public.content_items REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER content_items_count_version BEFORE UPDATE ON public.content_items FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION public.count_item_version();

CREATE TRIGGER content_items_search AFTER INSERT OR UPDATE OF title, summary, preview, access_level ON public.content_items FOR EACH ROW EXECUTE FUNCTION public.keep_content_search();

CREATE TRIGGER content_items_take_back BEFORE UPDATE ON public.content_items FOR EACH ROW WHEN (((old.access_level = 0) AND (new.access_level > 0))) EXECUTE FUNCTION public.take_back_automatic_text();

CREATE TRIGGER content_items_touch BEFORE UPDATE ON public.content_items FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER content_prerequisites_audit_delete AFTER DELETE ON public.content_prerequisites REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id,required_id', '', '');

CREATE TRIGGER content_prerequisites_audit_insert AFTER INSERT ON public.content_prerequisites REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id,required_id', '', '');

CREATE TRIGGER content_prerequisites_audit_update AFTER UPDATE ON public.content_prerequisites REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id,required_id', '', '');

CREATE TRIGGER content_prerequisites_count AFTER INSERT OR DELETE ON public.content_prerequisites FOR EACH ROW EXECUTE FUNCTION public.keep_prerequisite_count();

CREATE TRIGGER content_sources_audit_delete AFTER DELETE ON public.content_sources REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id', '', '', 'content_id, source, path, document, checksum, pruned_from, asks');

CREATE TRIGGER content_sources_audit_insert AFTER INSERT ON public.content_sources REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id', '', '', 'content_id, source, path, document, checksum, pruned_from, asks');

CREATE TRIGGER content_sources_audit_update AFTER UPDATE ON public.content_sources REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('content_id', '', '', 'content_id, source, path, document, checksum, pruned_from, asks');

CREATE TRIGGER content_unlocks_audit_delete AFTER DELETE ON public.content_unlocks REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('user_id,content_id', 'user_id', '');

CREATE TRIGGER content_unlocks_audit_insert AFTER INSERT ON public.content_unlocks REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('user_id,content_id', 'user_id', '');

CREATE TRIGGER content_unlocks_audit_update AFTER UPDATE ON public.content_unlocks REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('user_id,content_id', 'user_id', '');

CREATE TRIGGER login_attempts_hash BEFORE INSERT ON public.login_attempts FOR EACH ROW EXECUTE FUNCTION public.hash_log_row('login_attempts');

CREATE TRIGGER maintenance_window_audit_delete AFTER DELETE ON public.maintenance_window REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('one', '', '');

CREATE TRIGGER maintenance_window_audit_insert AFTER INSERT ON public.maintenance_window REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('one', '', '');

CREATE TRIGGER maintenance_window_audit_update AFTER UPDATE ON public.maintenance_window REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('one', '', '');

CREATE TRIGGER payments_audit_delete AFTER DELETE ON public.payments REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER payments_audit_insert AFTER INSERT ON public.payments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER payments_audit_update AFTER UPDATE ON public.payments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER payments_touch BEFORE UPDATE ON public.payments FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER retention_rules_audit_delete AFTER DELETE ON public.retention_rules REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('name', '', '');

CREATE TRIGGER retention_rules_audit_insert AFTER INSERT ON public.retention_rules REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('name', '', '');

CREATE TRIGGER retention_rules_audit_update AFTER UPDATE ON public.retention_rules REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('name', '', '');

CREATE TRIGGER retention_rules_touch BEFORE UPDATE ON public.retention_rules FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER roles_audit_delete AFTER DELETE ON public.roles REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER roles_audit_insert AFTER INSERT ON public.roles REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER roles_audit_update AFTER UPDATE ON public.roles REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER roles_touch BEFORE UPDATE ON public.roles FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER security_audit_log_hash BEFORE INSERT ON public.security_audit_log FOR EACH ROW EXECUTE FUNCTION public.hash_log_row('security_audit_log');

CREATE TRIGGER subscription_plans_audit_delete AFTER DELETE ON public.subscription_plans REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER subscription_plans_audit_insert AFTER INSERT ON public.subscription_plans REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER subscription_plans_audit_update AFTER UPDATE ON public.subscription_plans REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', '', '');

CREATE TRIGGER subscription_plans_touch BEFORE UPDATE ON public.subscription_plans FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER subscription_seats_audit_delete AFTER DELETE ON public.subscription_seats REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('subscription_id,user_id', 'user_id', '');

CREATE TRIGGER subscription_seats_audit_insert AFTER INSERT ON public.subscription_seats REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('subscription_id,user_id', 'user_id', '');

CREATE TRIGGER subscription_seats_audit_update AFTER UPDATE ON public.subscription_seats REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('subscription_id,user_id', 'user_id', '');

CREATE TRIGGER user_content_permissions_audit_delete AFTER DELETE ON public.user_content_permissions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER user_content_permissions_audit_insert AFTER INSERT ON public.user_content_permissions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER user_content_permissions_audit_update AFTER UPDATE ON public.user_content_permissions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER user_roles_audit_delete AFTER DELETE ON public.user_roles REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('user_id,role_id', 'user_id', '');

CREATE TRIGGER user_roles_audit_insert AFTER INSERT ON public.user_roles REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('user_id,role_id', 'user_id', '');

CREATE TRIGGER user_roles_audit_update AFTER UPDATE ON public.user_roles REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('user_id,role_id', 'user_id', '');

CREATE TRIGGER user_security_settings_audit_delete AFTER DELETE ON public.user_security_settings REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('user_id', 'user_id', '');

CREATE TRIGGER user_security_settings_audit_insert AFTER INSERT ON public.user_security_settings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('user_id', 'user_id', '');

CREATE TRIGGER user_security_settings_audit_update AFTER UPDATE ON public.user_security_settings REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('user_id', 'user_id', '');

CREATE TRIGGER user_security_settings_touch BEFORE UPDATE ON public.user_security_settings FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER user_subscriptions_audit_delete AFTER DELETE ON public.user_subscriptions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER user_subscriptions_audit_insert AFTER INSERT ON public.user_subscriptions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER user_subscriptions_audit_update AFTER UPDATE ON public.user_subscriptions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'user_id', '');

CREATE TRIGGER user_subscriptions_touch BEFORE UPDATE ON public.user_subscriptions FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER users_audit_delete AFTER DELETE ON public.users REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'id', 'email,username,first_name,last_name,phone');

CREATE TRIGGER users_audit_insert AFTER INSERT ON public.users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'id', 'email,username,first_name,last_name,phone');

CREATE TRIGGER users_audit_update AFTER UPDATE ON public.users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.record_row_change('id', 'id', 'email,username,first_name,last_name,phone');

CREATE TRIGGER users_touch BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

ALTER TABLE ONLY public.account_requests
    ADD CONSTRAINT account_requests_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_acknowledged_by_fkey FOREIGN KEY (acknowledged_by) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_rule_fkey FOREIGN KEY (rule_id) REFERENCES public.alert_rules(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_bodies
    ADD CONSTRAINT content_bodies_content_fkey FOREIGN KEY (content_id) REFERENCES public.content_items(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_categories
    ADD CONSTRAINT content_categories_parent_fkey FOREIGN KEY (parent_id) REFERENCES public.content_categories(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.content_category_paths
    ADD CONSTRAINT content_category_paths_ancestor_fkey FOREIGN KEY (ancestor_id) REFERENCES public.content_categories(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_category_paths
    ADD CONSTRAINT content_category_paths_descendant_fkey FOREIGN KEY (descendant_id) REFERENCES public.content_categories(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_files
    ADD CONSTRAINT content_files_content_fkey FOREIGN KEY (content_id) REFERENCES public.content_items(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_imported_texts
    ADD CONSTRAINT content_imported_texts_content_fkey FOREIGN KEY (content_id) REFERENCES public.content_items(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_items
    ADD CONSTRAINT content_items_author_fkey FOREIGN KEY (author_id) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.content_items
    ADD CONSTRAINT content_items_category_fkey FOREIGN KEY (category_id) REFERENCES public.content_categories(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.content_prerequisites
    ADD CONSTRAINT content_prerequisites_content_fkey FOREIGN KEY (content_id) REFERENCES public.content_items(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_prerequisites
    ADD CONSTRAINT content_prerequisites_required_fkey FOREIGN KEY (required_id) REFERENCES public.content_items(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_source_folders
    ADD CONSTRAINT content_source_folders_category_fkey FOREIGN KEY (category_id) REFERENCES public.content_categories(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_sources
    ADD CONSTRAINT content_sources_content_fkey FOREIGN KEY (content_id) REFERENCES public.content_items(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_unlocks
    ADD CONSTRAINT content_unlocks_content_fkey FOREIGN KEY (content_id) REFERENCES public.content_items(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.content_unlocks
    ADD CONSTRAINT content_unlocks_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.learning_allowances
    ADD CONSTRAINT learning_allowances_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.learning_analytics
    ADD CONSTRAINT learning_analytics_content_fkey FOREIGN KEY (content_id) REFERENCES public.content_items(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.learning_analytics
    ADD CONSTRAINT learning_analytics_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.mail_messages
    ADD CONSTRAINT mail_messages_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.password_history
    ADD CONSTRAINT password_history_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_subscription_fkey FOREIGN KEY (subscription_id) REFERENCES public.user_subscriptions(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_parent_fkey FOREIGN KEY (parent_id) REFERENCES public.refresh_tokens(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.refresh_tokens
    ADD CONSTRAINT refresh_tokens_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sealed_proofs
    ADD CONSTRAINT sealed_proofs_archive_fkey FOREIGN KEY (log, month) REFERENCES public.log_archives(log, month) ON DELETE RESTRICT;

ALTER TABLE ONLY public.sealed_proofs
    ADD CONSTRAINT sealed_proofs_seal_fkey FOREIGN KEY (seal_id) REFERENCES public.audit_seals(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.subscription_changes
    ADD CONSTRAINT subscription_changes_from_plan_fkey FOREIGN KEY (from_plan_id) REFERENCES public.subscription_plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.subscription_changes
    ADD CONSTRAINT subscription_changes_subscription_fkey FOREIGN KEY (subscription_id) REFERENCES public.user_subscriptions(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.subscription_changes
    ADD CONSTRAINT subscription_changes_to_plan_fkey FOREIGN KEY (to_plan_id) REFERENCES public.subscription_plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.subscription_changes
    ADD CONSTRAINT subscription_changes_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.subscription_seats
    ADD CONSTRAINT subscription_seats_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.subscription_seats
    ADD CONSTRAINT subscription_seats_subscription_fkey FOREIGN KEY (subscription_id) REFERENCES public.user_subscriptions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.subscription_seats
    ADD CONSTRAINT subscription_seats_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_content_permissions
    ADD CONSTRAINT user_content_permissions_category_fkey FOREIGN KEY (category_id) REFERENCES public.content_categories(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_content_permissions
    ADD CONSTRAINT user_content_permissions_content_fkey FOREIGN KEY (content_id) REFERENCES public.content_items(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_content_permissions
    ADD CONSTRAINT user_content_permissions_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.user_content_permissions
    ADD CONSTRAINT user_content_permissions_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.user_content_permissions
    ADD CONSTRAINT user_content_permissions_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES public.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_role_fkey FOREIGN KEY (role_id) REFERENCES public.roles(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_security_settings
    ADD CONSTRAINT user_security_settings_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_sessions
    ADD CONSTRAINT user_sessions_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_subscriptions
    ADD CONSTRAINT user_subscriptions_plan_fkey FOREIGN KEY (plan_id) REFERENCES public.subscription_plans(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.user_subscriptions
    ADD CONSTRAINT user_subscriptions_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.user_verifications
    ADD CONSTRAINT user_verifications_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO lyceum_app;
GRANT USAGE ON SCHEMA public TO lyceum_report;

GRANT USAGE ON SCHEMA report TO lyceum_report;

REVOKE ALL ON FUNCTION pg_catalog.lo_creat(integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION pg_catalog.lo_create(oid) FROM PUBLIC;

REVOKE ALL ON FUNCTION pg_catalog.lo_from_bytea(oid, bytea) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.analyze_parents() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.apply_grants() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.archivable_months() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.attach_month(log_name text, wanted date, table_name text) FROM PUBLIC;

REVOKE ALL ON PROCEDURE public.audit_columns(IN audited regclass, IN key_columns text, IN subject_column text, IN shown text) FROM PUBLIC;

REVOKE ALL ON PROCEDURE public.audit_table(IN audited regclass, IN key_columns text, IN subject_column text, IN personal_columns text) FROM PUBLIC;

GRANT SELECT ON TABLE public.epochs TO lyceum_app;

REVOKE ALL ON FUNCTION public.begin_epoch(until timestamp with time zone, backup text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.begin_restore(log_name text, wanted date) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.changed_row(log_name text, wanted date, page jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.close_month(log_name text, wanted date, file text, bytes bigint, file_sum bytea, read_digest bytea) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.count_item_version() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.current_timeline() FROM PUBLIC;
GRANT ALL ON FUNCTION public.current_timeline() TO lyceum_app;

REVOKE ALL ON FUNCTION public.drop_month(log_name text, wanted date) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.droppable_months() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ensure_partitions(ahead integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ensure_partitions(ahead integer) TO lyceum_app;

REVOKE ALL ON FUNCTION public.finish_restore(log_name text, wanted date) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.forget_trail(after_seal bigint, OUT forgotten bigint, OUT last_seal bigint) FROM PUBLIC;

REVOKE ALL ON PROCEDURE public.grant_to(IN wanted_role text, IN wanted_privileges text, VARIADIC objects text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.hash_log_row() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.health_grants() FROM PUBLIC;
GRANT ALL ON FUNCTION public.health_grants() TO lyceum_app;

REVOKE ALL ON FUNCTION public.health_migrations() FROM PUBLIC;
GRANT ALL ON FUNCTION public.health_migrations() TO lyceum_app;

REVOKE ALL ON FUNCTION public.health_partitions() FROM PUBLIC;
GRANT ALL ON FUNCTION public.health_partitions() TO lyceum_app;

REVOKE ALL ON FUNCTION public.health_seals() FROM PUBLIC;
GRANT ALL ON FUNCTION public.health_seals() TO lyceum_app;

REVOKE ALL ON FUNCTION public.hold_source(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hold_source(wanted text) TO lyceum_app;

REVOKE ALL ON FUNCTION public.index_health() FROM PUBLIC;
GRANT ALL ON FUNCTION public.index_health() TO lyceum_app;

REVOKE ALL ON FUNCTION public.keep_category_paths() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.keep_content_search() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.keep_for(rule text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_for(rule text) TO lyceum_app;

REVOKE ALL ON FUNCTION public.keep_prerequisite_count() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.keep_request_value(trail_id bigint, name text, subject uuid, kept text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.missing_grants() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.month_digest(part regclass, OUT row_count bigint, OUT digest bytea) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.month_name(log_name text, wanted date) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.month_page(log_name text, wanted date, after_at timestamp with time zone, after_id bigint, most integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.note_timeline() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.partition_sets() FROM PUBLIC;
GRANT ALL ON FUNCTION public.partition_sets() TO lyceum_app;

REVOKE ALL ON FUNCTION public.personal_changed(log_name text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_row_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.refresh_analytics() FROM PUBLIC;
GRANT ALL ON FUNCTION public.refresh_analytics() TO lyceum_app;

REVOKE ALL ON FUNCTION public.restore_page(log_name text, wanted date, page jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.seal_audit() FROM PUBLIC;
GRANT ALL ON FUNCTION public.seal_audit() TO lyceum_app;

REVOKE ALL ON FUNCTION public.table_health() FROM PUBLIC;
GRANT ALL ON FUNCTION public.table_health() TO lyceum_app;

REVOKE ALL ON FUNCTION public.take_back_automatic_text() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.track_login_attempt(attempt_email public.citext, attempt_status text, attempt_ip inet, attempt_user_agent text, attempt_device text, attempt_reason text, OUT allowed boolean, OUT retry_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.track_login_attempt(attempt_email public.citext, attempt_status text, attempt_ip inet, attempt_user_agent text, attempt_device text, attempt_reason text, OUT allowed boolean, OUT retry_at timestamp with time zone) TO lyceum_app;

REVOKE ALL ON FUNCTION public.verify_audit() FROM PUBLIC;
GRANT ALL ON FUNCTION public.verify_audit() TO lyceum_app;

REVOKE ALL ON FUNCTION public.verify_rows() FROM PUBLIC;
GRANT ALL ON FUNCTION public.verify_rows() TO lyceum_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_limits TO lyceum_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.account_requests TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.subscription_plans TO lyceum_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.subscription_seats TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.user_subscriptions TO lyceum_app;

GRANT SELECT ON TABLE public.active_user_subscriptions TO lyceum_app;

GRANT SELECT,UPDATE ON TABLE public.alert_rules TO lyceum_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alerts TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.api_tokens TO lyceum_app;

GRANT SELECT ON TABLE public.audit_requests TO lyceum_app;

GRANT SELECT ON TABLE public.audit_seals TO lyceum_app;

GRANT SELECT ON TABLE public.audit_trail TO lyceum_app;

GRANT SELECT ON TABLE public.backups TO lyceum_app;

GRANT SELECT ON TABLE public.clock TO lyceum_app;
GRANT SELECT ON TABLE public.clock TO lyceum_report;

GRANT SELECT,INSERT,DELETE ON TABLE public.consumption_keys TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.content_bodies TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.content_categories TO lyceum_app;

GRANT SELECT ON TABLE public.content_category_paths TO lyceum_app;

GRANT SELECT,INSERT ON TABLE public.content_consumption TO lyceum_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.content_files TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.content_imported_texts TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.content_items TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.learning_analytics TO lyceum_app;

GRANT SELECT ON TABLE public.content_popularity TO lyceum_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.content_prerequisites TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.content_source_folders TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.content_source_settings TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.content_sources TO lyceum_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.content_unlocks TO lyceum_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.job_runs TO lyceum_app;

GRANT SELECT ON TABLE public.known_timeline TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.learning_allowances TO lyceum_app;

GRANT SELECT ON TABLE public.log_archives TO lyceum_app;

GRANT SELECT ON TABLE public.login_attempts TO lyceum_app;

GRANT SELECT,DELETE,UPDATE ON TABLE public.login_throttles TO lyceum_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mail_messages TO lyceum_app;

GRANT SELECT ON TABLE public.maintenance_window TO lyceum_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.password_history TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.payments TO lyceum_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.refresh_tokens TO lyceum_app;

GRANT SELECT ON TABLE public.restore_drills TO lyceum_app;

GRANT SELECT ON TABLE public.retention_rules TO lyceum_app;

GRANT SELECT ON TABLE public.role_grants TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.roles TO lyceum_app;

GRANT SELECT,INSERT ON TABLE public.security_audit_log TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.slow_checks TO lyceum_app;

GRANT SELECT,INSERT ON TABLE public.subscription_changes TO lyceum_app;

GRANT SELECT,INSERT ON TABLE public.trial_digests TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.users TO lyceum_app;

GRANT SELECT ON TABLE public.user_activity_summary TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.user_content_permissions TO lyceum_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_roles TO lyceum_app;

GRANT SELECT ON TABLE public.user_content_access TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.user_security_settings TO lyceum_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.user_sessions TO lyceum_app;

GRANT SELECT ON TABLE public.user_security_status TO lyceum_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_verifications TO lyceum_app;

GRANT SELECT ON TABLE report.content_popularity TO lyceum_report;

GRANT SELECT ON TABLE report.subscription_metrics TO lyceum_report;

GRANT SELECT ON TABLE report.user_activity TO lyceum_report;

GRANT SELECT ON TABLE public.subscription_metrics TO lyceum_app;

