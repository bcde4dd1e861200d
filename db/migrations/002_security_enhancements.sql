-- +goose Up
-- 002 Security enhancements: passwords, sign-in attempts, sessions, tokens, the event log and the trail of row changes.
set local lock_timeout = '5s';

create table password_history (
    id            uuid        not null default new_id(),
    user_id       uuid        not null,
    password_hash text        not null,
    created_at    timestamptz not null default clock_now(),
    constraint password_history_pkey primary key (id),
    constraint password_history_user_fkey foreign key (user_id) references users on delete cascade
);
create index password_history_user_idx on password_history (user_id, created_at desc, id desc);
create index password_history_created_idx on password_history (created_at desc, id desc);

create table user_security_settings (
    user_id             uuid        not null,
    two_factor_enabled  boolean     not null default false,
    two_factor_secret   bytea,
    login_notifications boolean     not null default true,
    password_changed_at timestamptz,
    created_at          timestamptz not null default clock_now(),
    updated_at          timestamptz not null default clock_now(),
    constraint user_security_settings_pkey primary key (user_id),
    constraint user_security_settings_user_fkey foreign key (user_id) references users on delete cascade,
    constraint user_security_settings_secret_when_enabled check (not two_factor_enabled or two_factor_secret is not null)
);
create trigger user_security_settings_touch before update on user_security_settings
    for each row execute function touch_updated_at();

-- scs keeps the hash of its token here, never the token. A row outlives its session, for the history.
create table user_sessions (
    id            uuid        not null default new_id(),
    user_id       uuid        not null,
    session_token text        not null,
    data          bytea       not null,
    ip_address    inet,
    user_agent    text        not null default '',
    is_active     boolean     not null default true,
    created_at    timestamptz not null default clock_now(),
    last_seen_at  timestamptz not null default clock_now(),
    expires_at    timestamptz not null,
    ended_at      timestamptz,
    end_reason    text,
    constraint user_sessions_pkey primary key (id),
    constraint user_sessions_token_key unique (session_token),
    constraint user_sessions_user_fkey foreign key (user_id) references users on delete cascade,
    constraint user_sessions_end_reason_known check (end_reason in ('signed_out', 'revoked', 'expired', 'renewed')),
    constraint user_sessions_ended_says_when check (is_active or ended_at is not null)
);
create index user_sessions_user_idx on user_sessions (user_id, last_seen_at desc, id desc) where is_active;
create index user_sessions_user_fk_idx on user_sessions (user_id);
create index user_sessions_created_idx on user_sessions (created_at desc, id desc);
create index user_sessions_seen_idx on user_sessions (last_seen_at desc, id desc);
create index user_sessions_expires_idx on user_sessions (expires_at) where is_active;

create table api_tokens (
    id           uuid        not null default new_id(),
    user_id      uuid        not null,
    name         text        not null,
    prefix       text        not null,
    token_hash   bytea       not null,
    scopes       text[]      not null default '{}',
    last_used_at timestamptz,
    last_used_ip inet,
    created_at   timestamptz not null default clock_now(),
    expires_at   timestamptz,
    revoked_at   timestamptz,
    constraint api_tokens_pkey primary key (id),
    constraint api_tokens_token_key unique (token_hash),
    constraint api_tokens_user_fkey foreign key (user_id) references users on delete cascade,
    constraint api_tokens_token_is_sha256 check (length(token_hash) = 32)
);
create index api_tokens_user_idx on api_tokens (user_id, created_at desc, id desc);
create index api_tokens_created_idx on api_tokens (created_at desc, id desc);

create table refresh_tokens (
    id         uuid        not null default new_id(),
    user_id    uuid        not null,
    family_id  uuid        not null,
    parent_id  uuid,
    token_hash bytea       not null,
    created_at timestamptz not null default clock_now(),
    expires_at timestamptz not null,
    used_at    timestamptz,
    revoked_at timestamptz,
    constraint refresh_tokens_pkey primary key (id),
    constraint refresh_tokens_token_key unique (token_hash),
    constraint refresh_tokens_user_fkey foreign key (user_id) references users on delete cascade,
    constraint refresh_tokens_parent_fkey foreign key (parent_id) references refresh_tokens on delete set null,
    constraint refresh_tokens_token_is_sha256 check (length(token_hash) = 32)
);
create index refresh_tokens_user_idx on refresh_tokens (user_id);
create index refresh_tokens_family_idx on refresh_tokens (family_id);
create index refresh_tokens_parent_idx on refresh_tokens (parent_id) where parent_id is not null;
create index refresh_tokens_created_idx on refresh_tokens (created_at desc, id desc);
create index refresh_tokens_expires_idx on refresh_tokens (expires_at);

-- ── logs: append only, monthly partitions, no foreign keys (people are soft-deleted, logs outlive them) ─────────────────

-- What a person must be able to have erased (email, address, agent, device) is hashed with a salt of its own row; the
-- content hash covers only that digest, so that erasing the values and the salt leaves every seal intact.
create table login_attempts (
    id              bigint      not null generated always as identity,
    created_at      timestamptz not null default clock_now(),
    user_id         uuid,
    email           citext,
    status          text        not null,
    reason          text        not null default '',
    ip_address      inet,
    user_agent      text,
    device          text,
    personal_salt   bytea,
    personal_digest bytea       not null,
    content_hash    bytea       not null,
    constraint login_attempts_pkey primary key (created_at, id),
    constraint login_attempts_status_known check (status in ('success', 'failed', 'throttled'))
) partition by range (created_at);
create table login_attempts_default partition of login_attempts default;
create index login_attempts_email_idx on login_attempts (email, created_at desc, id desc);
create index login_attempts_user_idx on login_attempts (user_id, created_at desc, id desc);
create index login_attempts_status_idx on login_attempts (status, created_at desc, id desc);
create index login_attempts_ip_idx on login_attempts (ip_address, created_at desc, id desc);
create index login_attempts_id_idx on login_attempts (id);

create table security_audit_log (
    id              bigint      not null generated always as identity,
    created_at      timestamptz not null default clock_now(),
    event           text        not null,
    severity        text        not null,
    user_id         uuid,
    actor_id        uuid,
    session_id      uuid,
    request_id      text,
    details         jsonb       not null default '{}',
    ip_address      inet,
    user_agent      text,
    personal_salt   bytea,
    personal_digest bytea       not null,
    content_hash    bytea       not null,
    constraint security_audit_log_pkey primary key (created_at, id),
    constraint security_audit_log_severity_known check (severity in ('info', 'warning', 'error', 'critical'))
) partition by range (created_at);
create table security_audit_log_default partition of security_audit_log default;
create index security_audit_log_user_idx on security_audit_log (user_id, created_at desc, id desc);
create index security_audit_log_severity_idx on security_audit_log (severity, created_at desc, id desc);
create index security_audit_log_event_idx on security_audit_log (event, created_at desc, id desc);
create index security_audit_log_actor_idx on security_audit_log (actor_id, created_at desc, id desc);
create index security_audit_log_id_idx on security_audit_log (id);

-- Who changed which row. Secrets never appear; personal values stand as salted digests whose sources are in
-- audit_personal_values.
create table audit_trail (
    id           bigint      not null generated always as identity,
    created_at   timestamptz not null default clock_now(),
    table_name   text        not null,
    row_id       text        not null,
    action       text        not null,
    actor_id     uuid,
    subject_id   uuid,
    request_id   text,
    old_values   jsonb,
    new_values   jsonb,
    content_hash bytea       not null,
    constraint audit_trail_pkey primary key (id),
    constraint audit_trail_action_known check (action in ('insert', 'update', 'delete'))
);
create index audit_trail_created_idx on audit_trail (created_at desc, id desc);
create index audit_trail_row_idx on audit_trail (table_name, row_id, created_at desc);
create index audit_trail_actor_idx on audit_trail (actor_id, created_at desc) where actor_id is not null;
create index audit_trail_subject_idx on audit_trail (subject_id, created_at desc) where subject_id is not null;

create table audit_personal_values (
    audit_id    bigint not null,
    side        text   not null,
    column_name text   not null,
    subject_id  uuid,
    salt        bytea  not null,
    value       text   not null,
    constraint audit_personal_values_pkey primary key (audit_id, side, column_name),
    constraint audit_personal_values_side_known check (side in ('old', 'new'))
);
create index audit_personal_values_subject_idx on audit_personal_values (subject_id) where subject_id is not null;

-- Rows written and not yet sealed: the sealer's inbox. (A chain inside the rows would queue every writer.)
create table audit_unsealed (
    log        text        not null,
    row_id     bigint      not null,
    created_at timestamptz not null,
    constraint audit_unsealed_pkey primary key (log, row_id)
);

-- +goose StatementBegin
create function personal_digest(salt bytea, variadic vals text[]) returns bytea
    language sql immutable parallel safe
as $$ select sha256(salt || convert_to(to_jsonb(vals)::text, 'UTF8')) $$;
-- +goose StatementEnd

-- The hash of a log row: every column but the hash itself and the erasable values, which personal_digest stands for.
-- +goose StatementBegin
create function log_row_hash(log_row jsonb) returns bytea
    language sql immutable parallel safe
as $$
    select sha256(convert_to((log_row - '{content_hash,personal_salt,email,ip_address,user_agent,device}'::text[])::text, 'UTF8'))
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function hash_log_row() returns trigger
    language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
begin
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
create trigger login_attempts_hash before insert on login_attempts for each row execute function hash_log_row('login_attempts');
create trigger security_audit_log_hash before insert on security_audit_log for each row execute function hash_log_row('security_audit_log');
create trigger audit_trail_hash before insert on audit_trail for each row execute function hash_log_row('audit_trail');

-- record_row_change(key columns, subject column, personal columns): statement-level, one trail row per changed row.
-- Actor and request come from the transaction helper (lyceum.actor, lyceum.request).
-- +goose StatementBegin
create function record_row_change() returns trigger
    language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
declare
    secret   constant text[] := '{password_hash,token_hash,session_token,two_factor_secret,data}';
    noise    constant text[] := '{updated_at,last_login_at,last_used_at,last_used_ip}';
    personal constant text[] := string_to_array(tg_argv[2], ',');
    changed  record;
    side     record;
    trail_id bigint;
    new_salt bytea;
    shown    jsonb[];
    kept     jsonb := '[]';
    held     jsonb;
    col      text;
begin
    for changed in
        execute case tg_op
            when 'INSERT' then 'select null::jsonb as old_row, to_jsonb(n) as new_row from new_rows n'
            when 'DELETE' then 'select to_jsonb(o) as old_row, null::jsonb as new_row from old_rows o'
            else format('select to_jsonb(o) as old_row, to_jsonb(n) as new_row from old_rows o join new_rows n using (%s)', tg_argv[0])
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

        trail_id := nextval(pg_get_serial_sequence('public.audit_trail', 'id'));
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
                    values (trail_id, side.name, col, (coalesce(changed.new_row, changed.old_row) ->> tg_argv[1])::uuid,
                            new_salt, shown[side.n] ->> col);
                    shown[side.n] := shown[side.n]
                        || jsonb_build_object(col, 'digest:' || encode(personal_digest(new_salt, shown[side.n] ->> col), 'hex'));
                end if;
            end loop;
        end loop;

        insert into audit_trail (id, table_name, row_id, action, actor_id, subject_id, request_id, old_values, new_values)
        overriding system value
        values (trail_id, tg_table_name,
                (select string_agg(coalesce(changed.new_row, changed.old_row) ->> k, ':')
                   from unnest(string_to_array(tg_argv[0], ',')) k),
                lower(tg_op),
                nullif(current_setting('lyceum.actor', true), '')::uuid,
                (coalesce(changed.new_row, changed.old_row) ->> tg_argv[1])::uuid,
                nullif(current_setting('lyceum.request', true), ''),
                shown[1], shown[2]);
    end loop;
    return null;
end
$$;
-- +goose StatementEnd

-- audit_table(table, key columns, subject column, personal columns) puts the three triggers on a table.
-- +goose StatementBegin
create procedure audit_table(audited regclass, key_columns text, subject_column text, personal_columns text default '')
    language plpgsql
as $$
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
-- +goose StatementEnd

call audit_table('users', 'id', 'id', 'email,username,first_name,last_name,phone');
call audit_table('roles', 'id', '');
call audit_table('user_roles', 'user_id,role_id', 'user_id');
call audit_table('user_security_settings', 'user_id', 'user_id');
call audit_table('api_tokens', 'id', 'user_id');
call audit_table('subscription_plans', 'id', '');
call audit_table('user_subscriptions', 'id', 'user_id');
call audit_table('content_categories', 'id', '');
call audit_table('content_items', 'id', '');
call audit_table('user_content_permissions', 'id', 'user_id');

-- ── sign-in attempts and their throttle ─────────────────────────────────────────────────────────────────────────────

-- One updatable row per (email, place). The place is a device that has signed in before, else the network address; the
-- place '*' is the whole account. Counting happens before the password is looked at, so parallel guesses cannot slip by.
create table login_throttles (
    email           citext      not null,
    place           text        not null,
    failures        integer     not null default 0,
    window_start    timestamptz not null default clock_now(),
    last_failure_at timestamptz,
    trusted_at      timestamptz,
    constraint login_throttles_pkey primary key (email, place)
);
create index login_throttles_idle_idx on login_throttles (window_start) where trusted_at is null;

-- track_login_attempt(email, status, ip, user agent, device, reason)
--   started  reserves a try; allowed = false when it may not be judged, retry_at says when the next may
--   failed   keeps the reservation as a failure and logs it
--   success  gives the place its trust, clears its failures and logs it
-- Figures: 10 failures per place, then waits of 1, 2, 4, 8 and at most 15 minutes; 100 tries an hour per account,
-- which a place that is trusted does not feel, so that a stranger cannot lock the owner out.
-- +goose StatementBegin
create function track_login_attempt(
    attempt_email citext, attempt_status text, attempt_ip inet, attempt_user_agent text, attempt_device text, attempt_reason text,
    out allowed boolean, out retry_at timestamptz
)
    language plpgsql security definer set search_path = public, pg_temp
as $$
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
    attempt_email := left(attempt_email::text, 254)::citext;
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
    elsif attempt_status = 'success' then
        update login_throttles t set failures = greatest(t.failures - 1, 0)
         where t.email = attempt_email and t.place = '*' and not trusted;
        update login_throttles t set failures = 0, last_failure_at = null
         where t.email = attempt_email and t.place = attempt_place;
        if attempt_device <> '' then
            insert into login_throttles as t (email, place, trusted_at)
            values (attempt_email, 'device:' || attempt_device, this_moment)
            on conflict (email, place) do update set trusted_at = this_moment;
        end if;
        select u.id into person from users u where u.email = attempt_email and u.deleted_at is null;
        update users u set last_login_at = this_moment where u.id = person;
    elsif attempt_status <> 'failed' then
        raise exception using errcode = 'invalid_parameter_value',
            message = format('unknown login attempt status %L: started, failed or success', attempt_status);
    end if;

    if person is null then
        select u.id into person from users u where u.email = attempt_email and u.deleted_at is null;
    end if;
    insert into login_attempts (user_id, email, status, reason, ip_address, user_agent, device)
    values (person, attempt_email, case when allowed then attempt_status else 'throttled' end,
            coalesce(attempt_reason, ''), attempt_ip, left(attempt_user_agent, 400), left(attempt_device, 100));
end
$$;
-- +goose StatementEnd

-- ── partitions ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- ensure_partitions(ahead) makes the monthly partitions of every partitioned table from this month to `ahead` months
-- on, and one for each month that has stray rows in the default partition; those rows move in the same transaction.
-- Returns the names of the partitions it made.
-- +goose StatementBegin
create function ensure_partitions(ahead integer default 3) returns setof text
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
    perform pg_advisory_xact_lock(hashtext('ensure_partitions'));
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

select count(*) as partitions_made from ensure_partitions(3);

-- ── user_security_status ────────────────────────────────────────────────────────────────────────────────────────────

create view user_security_status as
select u.id as user_id,
       u.account_status,
       u.email_verified_at is not null as email_verified,
       u.phone_verified_at is not null as phone_verified,
       coalesce(s.two_factor_enabled, false) as two_factor_enabled,
       s.password_changed_at,
       u.last_login_at,
       (select count(*) from user_sessions us
         where us.user_id = u.id and us.is_active and us.expires_at > (select clock_now())) as active_sessions,
       (select max(us.last_seen_at) from user_sessions us where us.user_id = u.id and us.is_active) as last_seen_at,
       (select count(*) from api_tokens t
         where t.user_id = u.id and t.revoked_at is null
           and (t.expires_at is null or t.expires_at > (select clock_now()))) as live_api_tokens,
       (select count(*) from login_attempts la
         where la.user_id = u.id and la.status <> 'success'
           and la.created_at > (select clock_now()) - interval '24 hours') as failed_logins_24h,
       (select t.last_failure_at from login_throttles t
         where t.email = u.email and t.place = '*' and t.failures >= 100
           and t.window_start > (select clock_now()) - interval '1 hour') as throttled_since
  from users u
  left join user_security_settings s on s.user_id = u.id
 where u.deleted_at is null;

revoke execute on function keep_category_paths(), hash_log_row(), record_row_change(), ensure_partitions(integer),
    track_login_attempt(citext, text, inet, text, text, text) from public;
revoke execute on function apply_grants() from public;
revoke execute on procedure audit_table(regclass, text, text, text), grant_to(text, text, text[]) from public;

call grant_to('lyceum_app', 'select, insert, update', 'table user_security_settings', 'table user_sessions', 'table api_tokens');
call grant_to('lyceum_app', 'select, insert, update, delete', 'table password_history', 'table refresh_tokens');
-- Logs: attempts are written by track_login_attempt alone, the trail by triggers alone.
call grant_to('lyceum_app', 'select', 'table login_attempts', 'table audit_trail', 'table user_security_status');
call grant_to('lyceum_app', 'select, insert', 'table security_audit_log');
call grant_to('lyceum_app', 'select, delete', 'table login_throttles');
call grant_to('lyceum_app', 'execute', 'function ensure_partitions(integer)',
    'function track_login_attempt(citext, text, inet, text, text, text)');
