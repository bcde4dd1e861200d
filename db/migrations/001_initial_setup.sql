-- +goose Up
-- 001 Initial setup: people and roles, plans and subscriptions, the catalogue and who was granted what.
-- Runs under goose and under `psql -f` from db/. Manners: ../CONVENTIONS.md.
set local lock_timeout = '5s';

create extension if not exists citext;

-- The three roles are cluster-wide, so several schools in one cluster share them, and a user without CREATEROLE may
-- migrate all the same: what is missing is said once, by apply_grants() at the end of 003.
-- +goose StatementBegin
do $$
declare
    wanted text;
begin
    foreach wanted in array array['lyceum_owner', 'lyceum_app', 'lyceum_report'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin', wanted);
            end if;
        exception
            when insufficient_privilege or duplicate_object or unique_violation then null;
        end;
    end loop;
end
$$;
-- +goose StatementEnd

-- ── who may do what ─────────────────────────────────────────────────────────────────────────────────────────────────

-- The privileges each role is meant to have, remembered, so that a role made later gets them from apply_grants().
create table role_grants (
    role_name  text not null,
    object     text not null,
    privileges text not null,
    constraint role_grants_pkey primary key (role_name, object)
);

-- apply_grants() gives every existing role what role_grants says, and names in one notice the roles that are missing.
-- +goose StatementBegin
create function apply_grants() returns void
    language plpgsql
as $$
declare
    wish record;
    missing text;
begin
    for wish in select g.* from role_grants g join pg_roles r on r.rolname = g.role_name order by g.role_name, g.object loop
        execute format('grant %s on %s to %I', wish.privileges, wish.object, wish.role_name);
    end loop;
    select string_agg(distinct g.role_name, ', ') into missing
      from role_grants g where not exists (select from pg_roles r where r.rolname = g.role_name);
    if missing is not null then
        raise notice 'missing roles: %. Let a superuser create them, then run: select apply_grants()', missing;
    end if;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create procedure grant_to(wanted_role text, wanted_privileges text, variadic objects text[])
    language plpgsql
as $$
begin
    insert into role_grants (role_name, object, privileges)
    select wanted_role, o, wanted_privileges from unnest(objects) o
    on conflict (role_name, object) do update set privileges = excluded.privileges;
end
$$;
-- +goose StatementEnd

-- ── time and identity ───────────────────────────────────────────────────────────────────────────────────────────────

-- One row. The offset is zero in production; a test clock moves the whole school by changing it (owner only).
create table clock (
    only_row boolean  not null default true,
    shift    interval not null default '0',
    constraint clock_pkey primary key (only_row),
    constraint clock_one_row check (only_row)
);
insert into clock default values;

-- The only source of time. Statements and views write `(select clock_now())`, so that it runs once per statement.
-- (plpgsql: an SQL function with a table in it is never inlined, and costs twice as much a call.)
-- +goose StatementBegin
create function clock_now() returns timestamptz
    language plpgsql stable parallel safe
as $$
begin
    return now() + (select c.shift from public.clock c);
end
$$;
-- +goose StatementEnd

-- UUID version 7 (RFC 9562): ordered by creation, so that primary keys stay local. PostgreSQL has its own from 18 on.
create function new_id() returns uuid
    language sql volatile parallel safe
as $$
    select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- +goose StatementBegin
create function touch_updated_at() returns trigger
    language plpgsql
as $$
begin
    new.updated_at := clock_now();
    return new;
end
$$;
-- +goose StatementEnd

-- ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────

create table users (
    id                uuid        not null default new_id(),
    email             citext      not null,
    username          citext      not null,
    password_hash     text,
    first_name        text        not null default '',
    last_name         text        not null default '',
    phone             text,
    locale            text        not null default 'en',
    time_zone         text        not null default 'UTC',
    account_status    text        not null default 'active',
    email_verified_at timestamptz,
    phone_verified_at timestamptz,
    last_login_at     timestamptz,
    created_at        timestamptz not null default clock_now(),
    updated_at        timestamptz not null default clock_now(),
    deleted_at        timestamptz,
    constraint users_pkey primary key (id),
    -- The all-zero id is the visitor's in user_content_access.
    constraint users_id_is_not_the_visitor check (id <> '00000000-0000-0000-0000-000000000000'),
    constraint users_email_form check (email ~ '^[^@\s]+@[^@\s]+$' and length(email) <= 254),
    constraint users_username_form check (username ~ '^[a-zA-Z0-9][a-zA-Z0-9._-]{1,38}$'),
    constraint users_account_status_known check (account_status in ('pending', 'active', 'suspended', 'locked', 'closed'))
);
-- Only living accounts hold a name; the plain index serves the login query of SPEC.md, which does not ask deleted_at.
create unique index users_email_key on users (email) where deleted_at is null;
create unique index users_username_key on users (username) where deleted_at is null;
create index users_email_idx on users (email);
create index users_created_idx on users (created_at desc, id desc) where deleted_at is null;
create index users_status_idx on users (account_status, created_at desc, id desc) where deleted_at is null;
create index users_last_login_idx on users (coalesce(last_login_at, '-infinity') desc, id desc) where deleted_at is null;
create trigger users_touch before update on users for each row execute function touch_updated_at();

create table roles (
    id          uuid        not null default new_id(),
    name        text        not null,
    description text        not null default '',
    permissions text[]      not null default '{}',
    created_at  timestamptz not null default clock_now(),
    updated_at  timestamptz not null default clock_now(),
    constraint roles_pkey primary key (id),
    constraint roles_name_key unique (name),
    constraint roles_name_form check (name ~ '^[a-z][a-z_]{1,38}$'),
    constraint roles_permissions_known check (permissions <@ array[
        'users.read', 'users.write', 'roles.assign', 'billing.read', 'billing.write', 'content.read_all', 'content.write',
        'access.grant', 'analytics.read', 'analytics.refresh', 'security.read', 'security.write', 'audit.read', 'schema.read'])
);
create trigger roles_touch before update on roles for each row execute function touch_updated_at();

insert into roles (name, description, permissions) values
    ('admin', 'Runs the school: everything', array[
        'users.read', 'users.write', 'roles.assign', 'billing.read', 'billing.write', 'content.read_all', 'content.write',
        'access.grant', 'analytics.read', 'analytics.refresh', 'security.read', 'security.write', 'audit.read', 'schema.read']),
    ('editor', 'Writes and publishes content', array['content.read_all', 'content.write']),
    ('analyst', 'Reads the analytics', array['analytics.read', 'analytics.refresh', 'schema.read']),
    ('billing', 'Looks after subscriptions and payments', array['users.read', 'billing.read', 'billing.write']),
    ('support', 'Helps people', array['users.read', 'billing.read', 'access.grant', 'security.read']);

create table user_roles (
    user_id    uuid        not null,
    role_id    uuid        not null,
    granted_by uuid,
    granted_at timestamptz not null default clock_now(),
    expires_at timestamptz,
    constraint user_roles_pkey primary key (user_id, role_id),
    constraint user_roles_user_fkey foreign key (user_id) references users on delete cascade,
    constraint user_roles_role_fkey foreign key (role_id) references roles on delete restrict,
    constraint user_roles_granted_by_fkey foreign key (granted_by) references users on delete set null
);
create index user_roles_role_idx on user_roles (role_id);
create index user_roles_granted_idx on user_roles (granted_at desc, user_id desc, role_id desc);
create index user_roles_granted_by_idx on user_roles (granted_by) where granted_by is not null;

create table user_verifications (
    id         uuid        not null default new_id(),
    user_id    uuid        not null,
    purpose    text        not null,
    target     citext      not null,
    token_hash bytea       not null,
    tries      smallint    not null default 0,
    created_at timestamptz not null default clock_now(),
    expires_at timestamptz not null,
    used_at    timestamptz,
    constraint user_verifications_pkey primary key (id),
    constraint user_verifications_token_key unique (token_hash),
    constraint user_verifications_user_fkey foreign key (user_id) references users on delete cascade,
    constraint user_verifications_purpose_known check (purpose in ('email', 'phone', 'password_reset')),
    constraint user_verifications_token_is_sha256 check (length(token_hash) = 32)
);
create index user_verifications_user_idx on user_verifications (user_id, purpose);
create index user_verifications_created_idx on user_verifications (created_at desc, id desc);
create index user_verifications_expires_idx on user_verifications (expires_at);

-- ── plans ───────────────────────────────────────────────────────────────────────────────────────────────────────────

-- access_level is a ladder: 0 everyone, 1 whoever is signed in, 2 and up what a plan opens, with all that is below.
create table subscription_plans (
    id            uuid        not null default new_id(),
    slug          text        not null,
    name          text        not null,
    description   text        not null default '',
    access_level  integer     not null,
    price_minor   bigint      not null,
    currency      text        not null default 'EUR',
    billing_cycle text        not null,
    trial_days    integer     not null default 0,
    seats         integer     not null default 1,
    position      integer     not null default 0,
    is_offered    boolean     not null default true,
    created_at    timestamptz not null default clock_now(),
    updated_at    timestamptz not null default clock_now(),
    deleted_at    timestamptz,
    constraint subscription_plans_pkey primary key (id),
    constraint subscription_plans_slug_key unique (slug),
    constraint subscription_plans_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    constraint subscription_plans_access_level_range check (access_level between 1 and 1000),
    constraint subscription_plans_price_range check (price_minor between 0 and 9007199254740991),
    constraint subscription_plans_currency_form check (currency ~ '^[A-Z]{3}$'),
    constraint subscription_plans_billing_cycle_known check (billing_cycle in ('monthly', 'yearly', 'lifetime')),
    constraint subscription_plans_trial_days_range check (trial_days between 0 and 365),
    constraint subscription_plans_seats_range check (seats between 1 and 10000)
);
create trigger subscription_plans_touch before update on subscription_plans for each row execute function touch_updated_at();

-- status tells the story; access_until alone decides access ('infinity' for a lifetime plan). Dunning, pause and
-- cancellation only move access_until.
create table user_subscriptions (
    id                       uuid        not null default new_id(),
    user_id                  uuid        not null,
    plan_id                  uuid        not null,
    status                   text        not null,
    seats                    integer     not null default 1,
    started_at               timestamptz not null default clock_now(),
    trial_ends_at            timestamptz,
    current_period_start     timestamptz not null default clock_now(),
    current_period_end       timestamptz,
    access_until             timestamptz not null,
    cancel_at                timestamptz,
    canceled_at              timestamptz,
    ended_at                 timestamptz,
    provider                 text,
    provider_subscription_id text,
    created_at               timestamptz not null default clock_now(),
    updated_at               timestamptz not null default clock_now(),
    constraint user_subscriptions_pkey primary key (id),
    constraint user_subscriptions_user_fkey foreign key (user_id) references users on delete restrict,
    constraint user_subscriptions_plan_fkey foreign key (plan_id) references subscription_plans on delete restrict,
    constraint user_subscriptions_status_known check (status in
        ('pending', 'incomplete', 'trialing', 'active', 'past_due', 'paused', 'canceled', 'expired')),
    constraint user_subscriptions_seats_range check (seats between 1 and 10000),
    constraint user_subscriptions_period_order check (current_period_end is null or current_period_end > current_period_start)
);
-- At most one own living subscription.
create unique index user_subscriptions_one_living on user_subscriptions (user_id)
    where status in ('trialing', 'active', 'past_due', 'paused');
create unique index user_subscriptions_provider_key on user_subscriptions (provider, provider_subscription_id)
    where provider_subscription_id is not null;
create index user_subscriptions_user_idx on user_subscriptions (user_id, access_until);
create index user_subscriptions_plan_idx on user_subscriptions (plan_id, status);
create index user_subscriptions_created_idx on user_subscriptions (created_at desc, id desc);
create index user_subscriptions_ending_idx on user_subscriptions (access_until, id);
create trigger user_subscriptions_touch before update on user_subscriptions for each row execute function touch_updated_at();

-- ── the catalogue ───────────────────────────────────────────────────────────────────────────────────────────────────

create table content_categories (
    id         uuid        not null default new_id(),
    parent_id  uuid,
    slug       text        not null,
    name       text        not null,
    summary    text        not null default '',
    position   integer     not null default 0,
    created_at timestamptz not null default clock_now(),
    updated_at timestamptz not null default clock_now(),
    deleted_at timestamptz,
    constraint content_categories_pkey primary key (id),
    constraint content_categories_slug_key unique (slug),
    constraint content_categories_parent_fkey foreign key (parent_id) references content_categories on delete restrict,
    constraint content_categories_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    constraint content_categories_not_own_parent check (parent_id <> id)
);
create index content_categories_parent_idx on content_categories (parent_id, position, id) where deleted_at is null;
create index content_categories_order_idx on content_categories (position, id) where deleted_at is null;
create index content_categories_name_idx on content_categories (name, id) where deleted_at is null;
create trigger content_categories_touch before update on content_categories for each row execute function touch_updated_at();

-- The tree's closure: every ancestor of every category, itself at depth 0. Kept by trigger, never written by hand.
create table content_category_paths (
    ancestor_id   uuid    not null,
    descendant_id uuid    not null,
    depth         integer not null,
    constraint content_category_paths_pkey primary key (descendant_id, ancestor_id),
    constraint content_category_paths_ancestor_fkey foreign key (ancestor_id) references content_categories on delete cascade,
    constraint content_category_paths_descendant_fkey foreign key (descendant_id) references content_categories on delete cascade
);
create index content_category_paths_ancestor_idx on content_category_paths (ancestor_id, descendant_id, depth);

-- +goose StatementBegin
create function keep_category_paths() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    -- One mover at a time: two concurrent moves could otherwise close a circle that neither of them sees.
    perform pg_advisory_xact_lock(hashtext('content_category_paths'));
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
create trigger content_categories_paths_insert after insert on content_categories
    for each row execute function keep_category_paths();
create trigger content_categories_paths_move after update of parent_id on content_categories
    for each row when (old.parent_id is distinct from new.parent_id) execute function keep_category_paths();

create table content_items (
    id               uuid        not null default new_id(),
    category_id      uuid        not null,
    author_id        uuid,
    slug             text        not null,
    title            text        not null,
    summary          text        not null default '',
    preview          text        not null default '',
    kind             text        not null default 'lesson',
    status           text        not null default 'draft',
    access_level     integer     not null default 0,
    duration_seconds integer     not null default 0,
    language         text        not null default 'en',
    tags             text[]      not null default '{}',
    published_at     timestamptz,
    created_at       timestamptz not null default clock_now(),
    updated_at       timestamptz not null default clock_now(),
    deleted_at       timestamptz,
    constraint content_items_pkey primary key (id),
    constraint content_items_slug_key unique (slug),
    constraint content_items_category_fkey foreign key (category_id) references content_categories on delete restrict,
    constraint content_items_author_fkey foreign key (author_id) references users on delete set null,
    constraint content_items_slug_form check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    constraint content_items_title_length check (length(title) between 1 and 300),
    constraint content_items_kind_known check (kind in ('lesson', 'notebook', 'video', 'course', 'module', 'dataset')),
    constraint content_items_status_known check (status in ('draft', 'published', 'archived')),
    constraint content_items_access_level_range check (access_level between 0 and 1000),
    constraint content_items_duration_range check (duration_seconds >= 0),
    constraint content_items_published_has_date check (status <> 'published' or published_at is not null)
);
create index content_items_newest_idx on content_items (published_at desc, id desc) where status = 'published' and deleted_at is null;
create index content_items_title_idx on content_items (title, id) where status = 'published' and deleted_at is null;
create index content_items_category_idx on content_items (category_id, published_at desc, id desc)
    where status = 'published' and deleted_at is null;
create index content_items_category_fk_idx on content_items (category_id);
create index content_items_author_idx on content_items (author_id);
create index content_items_status_idx on content_items (status, created_at desc, id desc) where deleted_at is null;
create index content_items_language_idx on content_items (language, published_at desc, id desc) where status = 'published' and deleted_at is null;
create index content_items_tags_idx on content_items using gin (tags) where status = 'published' and deleted_at is null;
create index content_items_created_idx on content_items (created_at desc, id desc) where deleted_at is null;
create index content_items_changed_idx on content_items (updated_at desc, id desc) where deleted_at is null;
create trigger content_items_touch before update on content_items for each row execute function touch_updated_at();

-- Explicit grants and denials for a person, on one item or on a category and all below it. Nearest wins, deny wins ties.
create table user_content_permissions (
    id          uuid        not null default new_id(),
    user_id     uuid        not null,
    content_id  uuid,
    category_id uuid,
    effect      text        not null,
    starts_at   timestamptz not null default clock_now(),
    ends_at     timestamptz,
    granted_by  uuid,
    reason      text        not null default '',
    created_at  timestamptz not null default clock_now(),
    revoked_at  timestamptz,
    revoked_by  uuid,
    constraint user_content_permissions_pkey primary key (id),
    constraint user_content_permissions_user_fkey foreign key (user_id) references users on delete cascade,
    constraint user_content_permissions_content_fkey foreign key (content_id) references content_items on delete cascade,
    constraint user_content_permissions_category_fkey foreign key (category_id) references content_categories on delete cascade,
    constraint user_content_permissions_granted_by_fkey foreign key (granted_by) references users on delete set null,
    constraint user_content_permissions_revoked_by_fkey foreign key (revoked_by) references users on delete set null,
    constraint user_content_permissions_effect_known check (effect in ('allow', 'deny')),
    constraint user_content_permissions_one_target check (num_nonnulls(content_id, category_id) = 1),
    constraint user_content_permissions_date_order check (ends_at is null or ends_at > starts_at)
);
create index user_content_permissions_item_idx on user_content_permissions (user_id, content_id, effect, starts_at, ends_at)
    where content_id is not null and revoked_at is null;
create index user_content_permissions_tree_idx on user_content_permissions (user_id, category_id, effect, starts_at, ends_at)
    where category_id is not null and revoked_at is null;
create index user_content_permissions_content_idx on user_content_permissions (content_id) where content_id is not null;
create index user_content_permissions_category_idx on user_content_permissions (category_id) where category_id is not null;
create index user_content_permissions_granted_by_idx on user_content_permissions (granted_by) where granted_by is not null;
create index user_content_permissions_revoked_by_idx on user_content_permissions (revoked_by) where revoked_by is not null;
create index user_content_permissions_ending_idx on user_content_permissions (coalesce(ends_at, 'infinity'), id);
create index user_content_permissions_created_idx on user_content_permissions (created_at desc, id desc);

call grant_to('lyceum_app', 'usage', 'schema public');
call grant_to('lyceum_app', 'select', 'table clock', 'table role_grants', 'table content_category_paths');
call grant_to('lyceum_app', 'select, insert, update', 'table users', 'table roles', 'table subscription_plans',
    'table user_subscriptions', 'table content_categories', 'table content_items', 'table user_content_permissions');
call grant_to('lyceum_app', 'select, insert, update, delete', 'table user_roles', 'table user_verifications');
