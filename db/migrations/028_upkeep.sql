-- +goose Up
-- 028 Upkeep: how long rows are kept, months of logs that leave for archives and come back, and what an administrator must see of the
-- tables and their indexes. What is sealed keeps its proof when its rows leave.
set local lock_timeout = '5s';

insert into function_locks (name) values ('archive');

-- ── how long ────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The least is what the school needs to work, or what an inquiry needs; nobody goes below it by mistake.
create table retention_rules (
    name        text        not null,
    days        integer     not null,
    least_days  integer     not null,
    description text        not null,
    updated_at  timestamptz not null default clock_now(),
    constraint retention_rules_pkey primary key (name),
    constraint retention_rules_least_range check (least_days >= 1),
    constraint retention_rules_days_range check (days between least_days and 36500)
);
create trigger retention_rules_touch before update on retention_rules for each row execute function touch_updated_at();

insert into retention_rules (name, days, least_days, description) values
    ('login_attempts', 400, 90, 'Login attempts; after that their month is in an archive.'),
    ('security_audit_log', 730, 180, 'Security events; after that their month is in an archive.'),
    ('archived_months', 30, 1, 'A month of a log that was archived, as a table that nothing reads any more.'),
    ('restored_months', 30, 1, 'A month of a log that was brought back from its archive.'),
    ('audit_trail', 2555, 365, 'The row changes of the audit log; their hashes stay for the seals.'),
    ('ended_sessions', 90, 7, 'Sessions, from their end.'),
    ('refresh_tokens', 7, 1, 'Refresh tokens, from their expiry.'),
    ('api_tokens', 365, 30, 'API tokens, from their expiry or revocation.'),
    ('verifications', 7, 1, 'Links and codes sent by mail, from their expiry.'),
    ('ended_grants', 730, 30, 'Grants of content, from their end or revocation.'),
    ('mail_messages', 30, 1, 'Messages that were sent or given up, from their creation.'),
    ('consumption_keys', 30, 7, 'The keys by which a report of progress that is sent twice is noticed.');

call audit_table('retention_rules', 'name', '');

-- keep_for(name) is how long rows of a rule are kept. Null for an unknown rule, so that a comparison with it deletes nothing.
create function keep_for(rule text) returns interval
    language sql stable parallel safe
as $$
    select make_interval(days => r.days) from retention_rules r where r.name = rule
$$;

-- The hours of the day, by the school's clock in UTC, in which indexes are built anew. From 22 to 3 runs over midnight.
create table maintenance_window (
    one       boolean  not null default true,
    from_hour smallint not null default 2,
    to_hour   smallint not null default 5,
    constraint maintenance_window_pkey primary key (one),
    constraint maintenance_window_is_one check (one),
    constraint maintenance_window_hours_range check (from_hour between 0 and 23 and to_hour between 0 and 23 and from_hour <> to_hour)
);
insert into maintenance_window default values;
call audit_table('maintenance_window', 'one', '');

create index user_sessions_ended_idx on user_sessions (ended_at) where not is_active;

-- ── what is written into a log ──────────────────────────────────────────────────────────────────────────────────────

-- Whoever is not the owner writes a row for now: a row for another time could take the place of a month that has left, and make months of any
-- number. PostgreSQL refuses a row whose time would have put it into another month.
-- +goose StatementBegin
create or replace function hash_log_row() returns trigger
    language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
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
-- +goose StatementEnd

-- personal_changed(log) is a condition over a row t of a log: its personal values are not those that were sealed. Erased means: no salt and
-- no value. A value without its salt was put there. (A digest is over inet as text, which JSON writes differently: this asks a row, not JSON.)
create function personal_changed(log_name text) returns text
    language sql immutable parallel safe
as $$
    select case log_name
        when 'login_attempts' then 'case when t.personal_salt is null then num_nonnulls(t.email, t.ip_address, t.user_agent, t.device) > 0
            else t.personal_digest <> personal_digest(t.personal_salt, t.email::text, t.ip_address::text, t.user_agent, t.device) end'
        when 'security_audit_log' then 'case when t.personal_salt is null then num_nonnulls(t.ip_address, t.user_agent) > 0
            else t.personal_digest <> personal_digest(t.personal_salt, t.ip_address::text, t.user_agent) end'
        else 'false' end
$$;

-- ── archives of closed months ───────────────────────────────────────────────────────────────────────────────────────

create schema archived;

-- One row for each month of a log that left the database. rows_digest is month_digest() of its rows; sha256 is the file's.
create table log_archives (
    log         text        not null,
    month       date        not null,
    file        text        not null,
    bytes       bigint      not null,
    sha256      bytea       not null,
    row_count   bigint      not null,
    rows_digest bytea       not null,
    archived_at timestamptz not null default clock_now(),
    checked_at  timestamptz not null default clock_now(),
    dropped_at  timestamptz,
    restored_at timestamptz,
    constraint log_archives_pkey primary key (log, month),
    constraint log_archives_log_known check (log in ('login_attempts', 'security_audit_log')),
    constraint log_archives_month_is_first_day check (month = date_trunc('month', month)),
    constraint log_archives_sums_are_sha256 check (length(sha256) = 32 and length(rows_digest) = 32),
    constraint log_archives_counts_range check (bytes > 0 and row_count >= 0)
);

-- The content hashes of sealed rows that left: of a month that was archived, or, without a month, of row changes that were deleted by
-- their rule. Of a seal across the turn of a month there are two parts. What a proof counts for is verify_audit()'s to say.
create table sealed_proofs (
    seal_id        bigint   not null,
    log            text     not null,
    month          date,
    row_ids        bigint[] not null,
    content_hashes bytea[]  not null,
    constraint sealed_proofs_part_key unique nulls not distinct (seal_id, month),
    constraint sealed_proofs_seal_fkey foreign key (seal_id) references audit_seals on delete restrict,
    constraint sealed_proofs_archive_fkey foreign key (log, month) references log_archives on delete restrict,
    constraint sealed_proofs_whole check (cardinality(row_ids) = cardinality(content_hashes) and (month is not null or log = 'audit_trail'))
);
create index sealed_proofs_archive_idx on sealed_proofs (log, month);

-- month_name(log, month) is the name of the partition. Only logs are archived: progress and analytics read consumption of any age.
-- +goose StatementBegin
create function month_name(log_name text, wanted date) returns text
    language plpgsql immutable
as $$
begin
    if log_name not in ('login_attempts', 'security_audit_log') or wanted <> date_trunc('month', wanted) then
        raise exception using errcode = 'invalid_parameter_value', message = format('%s of %s is no month of a log', log_name, wanted);
    end if;
    return log_name || to_char(wanted, '"_y"YYYY"m"MM');
end
$$;
-- +goose StatementEnd

-- archivable_months() lists what is older than its rule, oldest first. A month that was brought back stays for its time. Rows that
-- are written into a month which has left already stay in the default partition: its archive is not touched again.
create function archivable_months() returns table (log text, month date)
    language sql stable set search_path = public, pg_temp set timezone = 'UTC'
as $$
    select p.relname::text, m.month
      from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
      cross join lateral (select to_date(right(c.relname, 7), 'YYYY"m"MM') as month) m
      join retention_rules r on r.name = p.relname
     where p.relnamespace = 'public'::regnamespace and p.relname in ('login_attempts', 'security_audit_log') and c.relname ~ '_y\d{4}m\d{2}$'
       and m.month + interval '1 month' <= clock_now() - make_interval(days => r.days)
       and not exists (select from log_archives a where a.log = p.relname and a.month = m.month
                        and (a.restored_at is null or a.restored_at > clock_now() - keep_for('restored_months')))
     order by m.month, p.relname
$$;

-- month_digest(table) is how many rows a table has, and a sum over all that is in them.
-- +goose StatementBegin
create function month_digest(part regclass, out row_count bigint, out digest bytea)
    language plpgsql stable set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
begin
    execute format('select count(*), sha256(coalesce(string_agg(sha256(convert_to(to_jsonb(t)::text, ''UTF8'')), null order by t.created_at, t.id), ''''))
        from %s t', part) into row_count, digest;
end
$$;
-- +goose StatementEnd

-- month_page(log, month, last row, most) reads the rows of a month as JSON, page by page.
-- +goose StatementBegin
create function month_page(log_name text, wanted date, after_at timestamptz, after_id bigint, most integer) returns setof text
    language plpgsql stable set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
begin
    return query execute format('select to_jsonb(t)::text from %I t where (t.created_at, t.id) > ($1, $2) order by t.created_at, t.id limit $3',
        month_name(log_name, wanted)) using after_at, after_id, most;
end
$$;
-- +goose StatementEnd

-- close_month(log, month, file, bytes, sum of the file, digest) takes a month out of its log once its rows are in a file. It refuses when
-- the rows are not those that were read, were tampered with, or are not all sealed. Nothing waits long behind it: it gives up after half a second.
-- +goose StatementBegin
create function close_month(log_name text, wanted date, file text, bytes bigint, file_sum bytea, read_digest bytea) returns bigint
    language plpgsql set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex' set lock_timeout = '500ms'
as $$
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
$$;
-- +goose StatementEnd

-- droppable_months() lists what was archived long enough ago for its detached table to go.
create function droppable_months() returns table (log text, month date)
    language sql stable set search_path = public, pg_temp
as $$
    select a.log, a.month from log_archives a
     where a.dropped_at is null and a.restored_at is null and a.archived_at <= clock_now() - keep_for('archived_months')
     order by a.month, a.log
$$;

-- +goose StatementBegin
create function drop_month(log_name text, wanted date) returns void
    language plpgsql set search_path = public, pg_temp set lock_timeout = '500ms'
as $$
begin
    execute format('drop table if exists archived.%I', month_name(log_name, wanted));
    update log_archives a set dropped_at = clock_now(), checked_at = clock_now() where a.log = log_name and a.month = wanted;
end
$$;
-- +goose StatementEnd

-- attach_month gives a month of a log its place again. Rows that the owner wrote for it meanwhile come from the default partition.
-- +goose StatementBegin
create function attach_month(log_name text, wanted date, table_name text) returns void
    language plpgsql set search_path = public, pg_temp set timezone = 'UTC' set lock_timeout = '500ms'
as $$
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
-- +goose StatementEnd

-- begin_restore(log, month) returns true when the detached table was still there and is a part of its log again; else it makes an empty
-- table for restore_page, which finish_restore gives its place.
-- +goose StatementBegin
create function begin_restore(log_name text, wanted date) returns boolean
    language plpgsql set search_path = public, pg_temp
as $$
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
-- +goose StatementEnd

-- restore_page(log, month, rows) puts rows as month_page gave them into the table that begin_restore made.
-- +goose StatementBegin
create function restore_page(log_name text, wanted date, page jsonb) returns bigint
    language plpgsql set search_path = public, pg_temp set timezone = 'UTC'
as $$
declare
    n bigint;
begin
    execute format('insert into archived.%I select (jsonb_populate_record(null::public.%I, x)).* from jsonb_array_elements($1) x',
        month_name(log_name, wanted) || '_restoring', log_name) using page;
    get diagnostics n = row_count;
    return n;
end
$$;
-- +goose StatementEnd

create function finish_restore(log_name text, wanted date) returns void
    language sql set search_path = public, pg_temp
as $$
    select attach_month(log_name, wanted, month_name(log_name, wanted) || '_restoring')
$$;

-- changed_row(log, month, rows) names the first of some rows of an archive, as JSON, that is not what was sealed; null when all are.
-- +goose StatementBegin
create function changed_row(log_name text, wanted date, page jsonb) returns bigint
    language plpgsql stable set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
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
$$;
-- +goose StatementEnd

-- forget_trail(seals) deletes the row changes of the oldest seals that are older than the rule, whole seals only, and keeps their hashes.
-- A row that was tampered with stays.
-- +goose StatementBegin
create function forget_trail(most integer) returns bigint
    language plpgsql set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
declare
    forgotten bigint;
    seals     bigint;
begin
    with old as (
        select s.id, s.row_ids, s.first_at, s.last_at from audit_seals s
         where s.log = 'audit_trail' and s.last_at < clock_now() - keep_for('audit_trail')
           and not exists (select from sealed_proofs p where p.seal_id = s.id)
         order by s.id limit most),
    gone as (delete from audit_trail t using old o where t.id = any(o.row_ids) and t.created_at between o.first_at and o.last_at
               and t.content_hash = log_row_hash(to_jsonb(t))
             returning t.id, t.content_hash, o.id as seal_id),
    personal as (delete from audit_personal_values v using gone g where v.audit_id = g.id),
    proven as (insert into sealed_proofs (seal_id, log, row_ids, content_hashes)
               select g.seal_id, 'audit_trail', array_agg(g.id order by g.id), array_agg(g.content_hash order by g.id) from gone g group by g.seal_id)
    select count(*), count(distinct g.seal_id) into forgotten, seals from gone g;
    if forgotten > 0 then
        insert into security_audit_log (event, severity, details)
        values ('row_changes_forgotten', 'info', jsonb_build_object('rows', forgotten, 'seals', seals));
    end if;
    return forgotten;
end
$$;
-- +goose StatementEnd

-- verify_audit() walks the chain and returns the first thing that is wrong, if any, and then one row ('unsealed') for each log with rows
-- that no seal names yet. A row that has left is proven by its hash in sealed_proofs, if it may have left: with a month that the seal reaches
-- into, that is older than the least of its rule, is away, and has as many proofs as its archive has rows; or as a row change older than the
-- least of theirs.
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
    away     text[];
    old_trail    timestamptz;
    proven_ids   bigint[];
    proven       bytea[];
begin
    select coalesce(array_agg(a.log || a.month), '{}') into away
      from log_archives a join retention_rules r on r.name = a.log
     where a.restored_at is null and a.month + interval '1 month' <= clock_now() - make_interval(days => r.least_days)
       and a.row_count = (select coalesce(sum(cardinality(p.row_ids)), 0) from sealed_proofs p where p.log = a.log and p.month = a.month);
    select clock_now() - make_interval(days => r.least_days) into old_trail from retention_rules r where r.name = 'audit_trail';
    for seal in select * from audit_seals order by id loop
        if seal.id <> next_id or seal.previous_hash <> expected then
            return query select seal.log, seal.row_ids[1], seal.id, 'a seal before this one was removed or changed'::text;
            return;
        end if;
        select array_agg(u.id), array_agg(u.hash) into proven_ids, proven
          from sealed_proofs p cross join lateral unnest(p.row_ids, p.content_hashes) u (id, hash)
         where p.seal_id = seal.id and p.log = seal.log
           and case when p.month is null then seal.last_at < old_trail
                    else p.month <= seal.last_at and p.month + interval '1 month' > seal.first_at and p.log || p.month = any(away) end;
        execute format($q$
            select w.id, case when t.id is null then 'the row was deleted' else 'the row was changed' end as problem
              from unnest($1) w (id)
              left join %I t on t.id = w.id and t.created_at between $2 and $3
              left join unnest($4) p (id) on p.id = w.id
             where case when t.id is null then p.id is null
                        else t.content_hash <> log_row_hash(to_jsonb(t)) or %s end
             order by w.id limit 1$q$, seal.log, personal_changed(seal.log))
           into bad using seal.row_ids, seal.first_at, seal.last_at, proven_ids;
        if bad.id is not null then
            return query select seal.log, bad.id, seal.id, bad.problem;
            return;
        end if;
        execute format($q$
            select array_agg(coalesce(t.content_hash, p.hash) order by w.id)
              from unnest($1) w (id)
              left join %I t on t.id = w.id and t.created_at between $2 and $3
              left join unnest($4, $5) p (id, hash) on p.id = w.id$q$, seal.log)
           into hashes using seal.row_ids, seal.first_at, seal.last_at, proven_ids, proven;
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

-- ── what an administrator sees ──────────────────────────────────────────────────────────────────────────────────────

-- partition_sets() tells of each partitioned table how far its months reach, and how many rows have none.
-- +goose StatementBegin
create function partition_sets() returns table (table_name text, months bigint, months_ahead bigint, oldest_month date, default_rows bigint)
    language plpgsql stable security definer set search_path = public, pg_temp set timezone = 'UTC'
as $$
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
$$;
-- +goose StatementEnd

-- table_health() tells of each table what vacuum and analyze did, how much is dead, and how it is read. The bloat is estimated from the
-- average widths of the columns, and null where nothing was analyzed.
create function table_health() returns table (schema_name text, table_name text, bytes bigint, live_rows bigint, dead_rows bigint,
        bloat_bytes bigint, vacuumed_at timestamptz, analyzed_at timestamptz, changed_rows bigint, seq_scans bigint, index_scans bigint,
        unindexed_references text[])
    language sql stable security definer set search_path = public, pg_temp
as $$
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

-- index_health() tells of each index how large it is, how much of that is estimated to be empty, and how often it was read. The bloat is
-- that of B-trees, from the average widths of what they hold, which are read for all indexes at once: pg_stats has no index to look one up.
create function index_health() returns table (schema_name text, index_name text, table_name text, bytes bigint, bloat_bytes bigint,
        scans bigint, is_unique boolean, is_valid boolean, statistics_since timestamptz)
    language sql stable security definer set search_path = public, pg_temp
as $$
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

-- ── autovacuum and statistics ───────────────────────────────────────────────────────────────────────────────────────

-- An inbox that is filled and emptied every second, and rows that are written at each request: a fifth of dead rows is far too late.
alter table audit_unsealed set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
alter table user_sessions set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05, fillfactor = 90);
alter table login_throttles set (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 90);
alter table learning_analytics set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02, fillfactor = 90);
alter table consumption_keys set (autovacuum_vacuum_scale_factor = 0.05);
alter table mail_messages set (autovacuum_vacuum_scale_factor = 0.05);
-- Only appended to: what vacuum does there is to keep index-only scans and the freezing cheap.
alter table audit_trail set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
alter table audit_personal_values set (autovacuum_vacuum_insert_scale_factor = 0.05);

-- Columns whose values are far from equally frequent: a few items have most of the views, a few addresses most of the attempts.
alter table login_attempts alter column email set statistics 500, alter column ip_address set statistics 500;
alter table security_audit_log alter column event set statistics 500;
alter table content_consumption alter column content_id set statistics 1000, alter column user_id set statistics 500;
alter table learning_analytics alter column content_id set statistics 1000, alter column user_id set statistics 500;
alter table audit_trail alter column table_name set statistics 300, alter column row_id set statistics 500;

-- +goose StatementBegin
do $$
declare
    part regclass;
begin
    for part in select i.inhrelid::regclass from pg_inherits i join pg_class p on p.oid = i.inhparent
                 where p.relkind = 'p' and p.relnamespace = 'public'::regnamespace loop
        execute format('alter table %s set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)', part);
    end loop;
end
$$;
-- +goose StatementEnd

-- A new month takes the settings and the statistics targets of its table.
-- +goose StatementBegin
create or replace function ensure_partitions(ahead integer default 3) returns setof text
    language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set lock_timeout = '500ms'
as $$
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
-- +goose StatementEnd

-- analyze_parents() analyzes the partitioned tables as a whole, which autovacuum never does.
-- +goose StatementBegin
create function analyze_parents() returns void
    language plpgsql set search_path = public, pg_temp
as $$
declare
    parent regclass;
begin
    for parent in select p.partrelid::regclass from pg_partitioned_table p join pg_class c on c.oid = p.partrelid
                   where c.relnamespace = 'public'::regnamespace loop
        execute format('analyze %s', parent);
    end loop;
end
$$;
-- +goose StatementEnd

revoke execute on function keep_for(text), personal_changed(text), month_name(text, date), archivable_months(), month_digest(regclass), month_page(text, date, timestamptz, bigint, integer),
    close_month(text, date, text, bigint, bytea, bytea), droppable_months(), drop_month(text, date), attach_month(text, date, text), begin_restore(text, date),
    restore_page(text, date, jsonb), finish_restore(text, date), changed_row(text, date, jsonb), forget_trail(integer), partition_sets(), table_health(),
    index_health(), analyze_parents() from public;

call grant_to('lyceum_app', 'select', 'table retention_rules', 'table maintenance_window', 'table log_archives');
call grant_to('lyceum_app', 'execute', 'function keep_for(text)', 'function partition_sets()', 'function table_health()', 'function index_health()');
select apply_grants();
