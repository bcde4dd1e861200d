-- +goose Up
-- 017 Privileges: what everyone may do by default is taken, what was granted can be compared with what was meant, and no
-- lock that a function of the owner's relies on can be held by another role.
set local lock_timeout = '5s';

-- ── locks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- An advisory lock can be taken by whoever computes its key, a report's session as well. A row lock needs UPDATE on the
-- table, which only the owner has: only the functions below, which run with the owner's rights, get these.
create table function_locks (
    name text not null,
    constraint function_locks_pkey primary key (name)
);
insert into function_locks (name) values
    ('content_category_paths'), ('content_prerequisites'), ('demo'), ('ensure_partitions'), ('refresh_analytics'), ('roles'), ('seal_audit');

-- One row for each source that was ever imported, for the same purpose.
create table content_source_locks (
    source text not null,
    constraint content_source_locks_pkey primary key (source)
);

-- hold_source(source) keeps other imports of the source away until the transaction ends, and returns false when another
-- one is running.
-- +goose StatementBegin
create function hold_source(wanted text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '500ms'
as $$
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
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function keep_category_paths() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
as $$
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
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function keep_prerequisite_count() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
as $$
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
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function ensure_partitions(ahead integer default 3) returns setof text
    language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set lock_timeout = '5s'
as $$
declare
    parent      record;
    first_day   date;
    part        text;
    this_month  constant date := date_trunc('month', clock_now())::date;
    stray       date[];
begin
    if ahead not between 0 and 120 then
        raise exception using errcode = 'invalid_parameter_value', message = 'ahead must be 0 to 120 months';
    end if;
    -- Two runners at once would both find a month missing.
    perform from function_locks where name = 'ensure_partitions' for update;
    for parent in
        select c.relname::text as name, d.relname::text as default_name
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
            continue when to_regclass(quote_ident(part)) is not null;
            execute format('create table %I (like %I including defaults including constraints)', part, parent.name);
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

-- +goose StatementBegin
create or replace function refresh_analytics() returns timestamptz
    language plpgsql security definer set search_path = public, pg_temp
as $$
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
-- +goose StatementEnd

-- Whatever holds the sealer's lock for longer than two seconds makes the call fail (55P03), which the program logs.
-- +goose StatementBegin
create or replace function seal_audit() returns bigint
    language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s'
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
$$;
-- +goose StatementEnd

-- ── privileges ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- missing_grants() names what the roles that exist lack of what they are meant to have, and what everyone still has on
-- the database or could do with large objects, as far as the user may change it. It returns no row when all is as meant.
-- +goose StatementBegin
create function missing_grants() returns setof text
    language sql stable
as $$
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
-- +goose StatementEnd

-- apply_grants() gives every existing role what role_grants says and takes from everyone what PostgreSQL gives by default:
-- to connect, to make temporary tables and large objects. It names in one notice the roles that are missing. Privileges on
-- the database are no part of a template or of most dumps: the runner calls this whenever missing_grants() finds something.
-- +goose StatementBegin
create or replace function apply_grants() returns void
    language plpgsql
as $$
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
-- +goose StatementEnd

revoke execute on function hold_source(text), missing_grants() from public;
revoke usage on schema public from public;

call grant_to('lyceum_app', 'execute', 'function hold_source(text)');
-- A view reads its tables with its owner's rights, but calls its functions with the reader's: clock_now() reads the clock.
call grant_to('lyceum_report', 'usage', 'schema public');
call grant_to('lyceum_report', 'select', 'table clock');
select apply_grants();
