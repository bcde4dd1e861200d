-- +goose Up
-- 027 Health and alerts: what an examination reads with the owner's rights, and rules that tell when something is wrong.
set local lock_timeout = '5s';

-- +goose StatementBegin
create function health_grants() returns setof text
    language sql stable security definer set search_path = public, pg_temp
as $$
    select g from missing_grants() g order by 1 limit 20
$$;

-- The runner's table is not there for whoever runs these files with psql.
create function health_migrations() returns setof text
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
    if to_regclass('migration.checksums') is not null then
        return query execute 'select name from migration.checksums';
    end if;
end
$$;

-- How many months are prepared after this one without a gap, up to a year, and what fell into the default partition. That one is empty unless
-- something is wrong, so that counting it is cheap.
create function health_partitions() returns table (table_name text, months_ahead int, stray bigint)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
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

create function health_seals() returns table (unsealed bigint, oldest_waits float8)
    language sql stable security definer set search_path = public, pg_temp
as $$
    select count(*), coalesce(extract(epoch from clock_now() - min(u.created_at)), 0)::float8 from audit_unsealed u
$$;
-- +goose StatementEnd

-- What is watched. A rule reads a figure, which is bad from its threshold on, or a check of the doctor's, which says by itself how bad it is.
create table alert_rules (
    id                 uuid        not null default new_id(),
    reads              text        not null,
    description        text        not null,
    threshold          bigint,
    critical_threshold bigint,
    enabled            boolean     not null default true,
    quiet_from         time,
    quiet_until        time,
    quiet_zone         text        not null default 'UTC',
    changed_at         timestamptz not null default clock_now(),
    constraint alert_rules_pkey primary key (id),
    constraint alert_rules_reads_key unique (reads),
    constraint alert_rules_reads_form check (reads ~ '^(doctor\.)?[a-z_-]+$'),
    constraint alert_rules_thresholds_whole check ((reads like 'doctor.%') = (threshold is null) and (threshold is not null or critical_threshold is null)),
    constraint alert_rules_threshold_range check (threshold > 0 and critical_threshold > threshold),
    constraint alert_rules_quiet_whole check ((quiet_from is null) = (quiet_until is null) and quiet_from <> quiet_until)
);

-- What the checks said last that are too dear for every minute: a job each makes them and keeps it here. level is null when nothing was wrong.
create table slow_checks (
    name        text        not null,
    examined_at timestamptz not null,
    level       text,
    what        text        not null default '',
    remedy      text        not null default '',
    constraint slow_checks_pkey primary key (name),
    constraint slow_checks_level_known check (level in ('warning', 'critical'))
);

-- What was or is wrong. told_level is what people were last told; an alert that ended is told once more, when quiet hours allow it.
create table alerts (
    id              uuid        not null default new_id(),
    rule_id         uuid        not null,
    level           text        not null,
    what            text        not null,
    remedy          text        not null,
    value           bigint,
    opened_at       timestamptz not null default clock_now(),
    last_seen_at    timestamptz not null default clock_now(),
    ended_at        timestamptz,
    told_level      text,
    told_at         timestamptz,
    end_told        boolean     not null default false,
    acknowledged_at timestamptz,
    acknowledged_by uuid,
    constraint alerts_pkey primary key (id),
    constraint alerts_rule_fkey foreign key (rule_id) references alert_rules on delete cascade,
    constraint alerts_acknowledged_by_fkey foreign key (acknowledged_by) references users on delete set null,
    constraint alerts_level_known check (level in ('warning', 'critical')),
    constraint alerts_told_level_known check (told_level in ('warning', 'critical')),
    constraint alerts_told_whole check ((told_level is null) = (told_at is null))
);
create unique index alerts_open_key on alerts (rule_id) where ended_at is null;
create index alerts_rule_idx on alerts (rule_id);
create index alerts_opened_idx on alerts (opened_at desc, id desc);
create index alerts_acknowledged_by_idx on alerts (acknowledged_by) where acknowledged_by is not null;

insert into alert_rules (reads, description, threshold, critical_threshold, enabled) values
    ('active_sessions', 'The number of sessions that are open.', 100000, null, false),
    ('login_attempts', 'The number of attempts to sign in within the last hour.', 10000, null, false),
    ('failed_login_attempts', 'The number of attempts to sign in that failed within the last hour.', 100, 1000, true),
    ('suspicious_events', 'The number of events with the severity warning, error or critical in the security log within the last day.', 100, 1000, true),
    ('past_due_subscriptions', 'The number of subscriptions that are not paid, by the last computed metrics.', 100, null, false);
insert into alert_rules (reads, description)
select 'doctor.' || c, 'What the check "' || c || '" of the doctor finds.'
  from unnest(array['settings', 'proxy', 'postgresql', 'durability', 'connections', 'wal-archive', 'migrations', 'roles', 'grants', 'public-rights', 'clock',
    'disk', 'partitions', 'seals', 'mail', 'mail-server', 'collations', 'jobs', 'dead-rows', 'transaction-ids', 'certificate', 'known-passwords', 'backup',
    'restore-drill']) c;

-- From here on, and not for what the school begins with.
call audit_table('alert_rules', 'id', '');

revoke execute on function health_grants(), health_migrations(), health_partitions(), health_seals() from public;
call grant_to('lyceum_app', 'execute', 'function health_grants()');
call grant_to('lyceum_app', 'execute', 'function health_migrations()');
call grant_to('lyceum_app', 'execute', 'function health_partitions()');
call grant_to('lyceum_app', 'execute', 'function health_seals()');
call grant_to('lyceum_app', 'select, update', 'table alert_rules');
call grant_to('lyceum_app', 'select, insert, update, delete', 'table alerts');
call grant_to('lyceum_app', 'select, insert, update', 'table slow_checks');
select apply_grants();
