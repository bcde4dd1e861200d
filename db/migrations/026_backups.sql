-- +goose Up
-- 026 Backups: which were taken, whether a restore of them was tried, and what a restore ends.
set local lock_timeout = '5s';

-- What is in the places decides; these rows tell administrators. Times are the machine's, as in the queue.
create table backups (
    id              uuid        not null default new_id(),
    name            text        not null default '',
    kind            text        not null default 'built_in',
    state           text        not null default 'running',
    reason          text        not null,
    started_at      timestamptz not null default now(),
    finished_at     timestamptz,
    restorable_from timestamptz,
    cluster_bytes   bigint,
    stored_bytes    bigint,
    files           integer,
    removed_at      timestamptz,
    last_error      text        not null default '',
    constraint backups_pkey primary key (id),
    constraint backups_kind_known check (kind in ('built_in', 'pgbackrest')),
    constraint backups_state_known check (state in ('running', 'whole', 'failed')),
    constraint backups_reason_known check (reason in ('schedule', 'request', 'command')),
    constraint backups_whole_has_name check (state <> 'whole' or name <> '' and finished_at is not null),
    constraint backups_ended_says_when check ((state = 'running') = (finished_at is null)),
    constraint backups_error_length check (length(last_error) <= 500)
);
create index backups_started_idx on backups (started_at desc, id desc);

create table restore_drills (
    id           uuid        not null default new_id(),
    backup_name  text        not null default '',
    state        text        not null default 'running',
    reason       text        not null,
    started_at   timestamptz not null default now(),
    finished_at  timestamptz,
    lost_ms      bigint,
    took_ms      bigint,
    tables       integer,
    rows_counted bigint,
    last_error   text        not null default '',
    constraint restore_drills_pkey primary key (id),
    constraint restore_drills_state_known check (state in ('running', 'passed', 'failed')),
    constraint restore_drills_reason_known check (reason in ('schedule', 'request', 'command')),
    constraint restore_drills_passed_has_figures check (state <> 'passed' or num_nonnulls(lost_ms, took_ms, tables, rows_counted) = 4),
    constraint restore_drills_ended_says_when check ((state = 'running') = (finished_at is null)),
    constraint restore_drills_error_length check (length(last_error) <= 500)
);
create index restore_drills_started_idx on restore_drills (started_at desc, id desc);

-- An epoch begins with a restore. Nothing that let somebody in before it does so after: what was ended or revoked between the restored
-- moment and the restore is not known any more, so that all of it ends.
create table epochs (
    id                   uuid        not null default new_id(),
    began_at             timestamptz not null default now(),
    restored_until       timestamptz,
    backup_name          text        not null default '',
    sessions_ended       bigint      not null,
    tokens_revoked       bigint      not null,
    devices_forgotten    bigint      not null,
    links_voided         bigint      not null,
    requests_dropped     bigint      not null,
    mails_held           bigint      not null,
    constraint epochs_pkey primary key (id)
);

-- begin_epoch() is the owner's, after a restore and before the school opens. Called again it ends what has come since.
-- +goose StatementBegin
create function begin_epoch(until timestamptz, backup text) returns epochs
    language plpgsql set search_path = public, pg_temp
as $$
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
$$;
-- +goose StatementEnd

revoke execute on function begin_epoch(timestamptz, text) from public;
-- The owner alone notes what was taken and tried: backups are not the server's role's to write.
call grant_to('lyceum_app', 'select', 'table backups');
call grant_to('lyceum_app', 'select', 'table restore_drills');
call grant_to('lyceum_app', 'select', 'table epochs');
select apply_grants();
