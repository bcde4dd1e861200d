-- +goose Up
-- 025 Operations: who may look after the running school, and how its jobs went.
set local lock_timeout = '5s';

alter table roles drop constraint roles_permissions_known;
alter table roles add constraint roles_permissions_known check (permissions <@ array[
    'users.read', 'users.write', 'roles.assign', 'billing.read', 'billing.write', 'content.read_all', 'content.write', 'access.grant',
    'analytics.read', 'analytics.refresh', 'security.read', 'security.write', 'audit.read', 'schema.read', 'operations.read', 'operations.write']);
-- The roles of a new school are made by these files; a change of them in one that is in use belongs into its trail.
-- +goose StatementBegin
do $$
begin
    if not exists (select from users) then
        alter table roles disable trigger roles_audit_update;
    end if;
    update roles set permissions = permissions || array['operations.read', 'operations.write'] where name = 'admin';
    alter table roles enable trigger roles_audit_update;
end
$$;
-- +goose StatementEnd

-- One row for each kind of job. The queue forgets a finished job after a day; this does not. Times are the machine's, as the queue's.
create table job_runs (
    kind             text        not null,
    last_started_at  timestamptz not null,
    last_finished_at timestamptz not null,
    last_duration_us bigint      not null,
    last_failed_at   timestamptz,
    last_error       text        not null default '',
    runs             bigint      not null default 0,
    failures         bigint      not null default 0,
    constraint job_runs_pkey primary key (kind),
    constraint job_runs_counts_range check (last_duration_us >= 0 and failures between 0 and runs)
);

call grant_to('lyceum_app', 'select, insert, update', 'table job_runs');
select apply_grants();
