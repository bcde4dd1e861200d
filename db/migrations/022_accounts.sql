-- +goose Up
-- 022 Accounts: people register, verify, are invited, change their address and password, and leave.
set local lock_timeout = '5s';

-- ── addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────

-- Addresses compare by their ASCII letters without case, whatever the collation of the database: in a Turkish one lower('I') is
-- no i, and citext follows it. An account that its user has closed keeps its row and gives its address back.
drop index users_email_key;
create unique index users_email_key on users (lower(email::text collate "C")) where deleted_at is null and account_status <> 'closed';

alter table users add constraint users_phone_form check (phone ~ '^\+[1-9][0-9]{6,14}$'),
    add constraint users_locale_length check (length(locale) between 1 and 35),
    add constraint users_time_zone_length check (length(time_zone) between 1 and 64);
-- Those that expire are found by it.
create index users_pending_idx on users (updated_at) where account_status = 'pending' and deleted_at is null;

-- ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────────

alter table user_verifications drop constraint user_verifications_purpose_known;
alter table user_verifications add constraint user_verifications_purpose_known
    check (purpose in ('email', 'phone', 'password_reset', 'invitation', 'email_change', 'email_undo'));

-- Each link of a registration opens the account with what was chosen in that very registration: who registered with somebody's address
-- does not choose for whoever registers too. It is emptied with the link.
alter table user_verifications add column password_hash text,
    add column first_name text not null default '',
    add column last_name  text not null default '',
    add column locale     text not null default 'en',
    add constraint user_verifications_registration_is_email check (password_hash is null or purpose = 'email');

-- ── what is asked for by an address ─────────────────────────────────────────────────────────────────────────────────

-- Somebody asked for an account, a link, a new password or a new address. The request looks at no account, so that its answer and
-- its time tell nothing of who has one; a job takes the row and does the work. The row is deleted in the same transaction.
create table account_requests (
    id            uuid        not null default new_id(),
    kind          text        not null,
    email         text        not null,
    user_id       uuid,
    first_name    text        not null default '',
    last_name     text        not null default '',
    locale        text        not null default 'en',
    password_hash text,
    request_id    text        not null default '',
    ip_address    text        not null default '',
    user_agent    text        not null default '',
    created_at    timestamptz not null default clock_now(),
    constraint account_requests_pkey primary key (id),
    constraint account_requests_user_fkey foreign key (user_id) references users on delete cascade,
    constraint account_requests_kind_known check (kind in ('registration', 'verification', 'password_reset', 'email_change')),
    constraint account_requests_email_length check (length(email) between 3 and 254),
    constraint account_requests_registration_has_hash check ((kind = 'registration') = (password_hash is not null)),
    constraint account_requests_change_has_user check ((kind = 'email_change') = (user_id is not null))
);
create index account_requests_created_idx on account_requests (created_at);
create index account_requests_user_idx on account_requests (user_id) where user_id is not null;

-- How often an address or a network may still ask: one row for each place, written by one statement that also judges. A place is
-- what was asked for, with the digest of an address or with a network.
create table account_limits (
    place        text        not null,
    window_start timestamptz not null default clock_now(),
    taken        integer     not null default 0,
    last_at      timestamptz not null default clock_now(),
    constraint account_limits_pkey primary key (place),
    constraint account_limits_place_length check (length(place) between 1 and 120)
);
create index account_limits_last_idx on account_limits (last_at);

-- ── the throttle of sign-ins guards every question for a password ────────────────────────────────────────────────────────

-- As in 002, and 'proved': the password was right and nobody signed in, as when it is asked once more before it is changed.
-- +goose StatementBegin
create or replace function track_login_attempt(
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
-- +goose StatementEnd

call grant_to('lyceum_app', 'select, insert, delete', 'table account_requests');
call grant_to('lyceum_app', 'select, insert, update, delete', 'table account_limits');
call grant_to('lyceum_app', 'select, update, delete', 'table login_throttles');
select apply_grants();
