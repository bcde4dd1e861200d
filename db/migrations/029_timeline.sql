-- +goose Up
-- 029 Timeline: a database that was restored, or moved, behind the program's back is noticed.
set local lock_timeout = '5s';

-- Where the database was when it last went on without losing anything that the school knows of. A restore goes on on another timeline, and so
-- does a standby that takes over; a dump that is read back is in another cluster.
create table known_timeline (
    only_row          boolean     not null default true,
    system_identifier bigint      not null,
    timeline          bigint      not null,
    noted_at          timestamptz not null default now(),
    constraint known_timeline_pkey primary key (only_row),
    constraint known_timeline_one_row check (only_row)
);

-- current_timeline() is where the database is now. The control file tells the timeline of the last checkpoint only, the log that is being
-- written that of now.
create function current_timeline() returns table (system_identifier bigint, timeline bigint)
    language sql stable set search_path = pg_catalog, pg_temp
as $$
    select c.system_identifier, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint from pg_control_system() c
$$;

-- note_timeline() is the owner's: what was lost by going on here is known, or ended by begin_epoch().
create function note_timeline() returns void
    language sql set search_path = public, pg_temp
as $$
    insert into known_timeline (system_identifier, timeline) select c.system_identifier, c.timeline from current_timeline() c
    on conflict (only_row) do update set system_identifier = excluded.system_identifier, timeline = excluded.timeline, noted_at = now()
$$;

select note_timeline();

-- What the school begins with is no change of it.
alter table alert_rules disable trigger user;
insert into alert_rules (reads, description) values ('doctor.timeline', 'What the check "timeline" of the doctor finds.');
alter table alert_rules enable trigger user;

revoke execute on function current_timeline(), note_timeline() from public;
call grant_to('lyceum_app', 'select', 'table known_timeline');
call grant_to('lyceum_app', 'execute', 'function current_timeline()');
select apply_grants();
