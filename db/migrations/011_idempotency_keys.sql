-- +goose Up
-- 011 Idempotency keys: a mutation that moves money or grants access runs once per (actor, mutation, key).
set local lock_timeout = '5s';

create table idempotency_keys (
    actor_id   uuid        not null,
    mutation   text        not null,
    key        text        not null,
    body_hash  bytea       not null,
    payload    jsonb,
    created_at timestamptz not null default clock_now(),
    constraint idempotency_keys_pkey primary key (actor_id, mutation, key),
    constraint idempotency_keys_key_length check (length(key) between 1 and 255)
);
create index idempotency_keys_created_idx on idempotency_keys (created_at);

call grant_to('lyceum_app', 'select, insert, update, delete', 'table idempotency_keys');
select apply_grants();
