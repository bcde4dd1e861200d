-- +goose Up
-- 020 Mail: what is to be sent, was sent, or could not be. A River job carries the id of its row.
set local lock_timeout = '5s';

-- One row for each cause, so that nothing is told twice. A link's token is not stored: whoever sends makes it from a key outside
-- the database and the id of the verification.
create table mail_messages (
    id              uuid        not null default new_id(),
    cause           text        not null,
    template        text        not null,
    recipient       text        not null,
    user_id         uuid,
    locale          text        not null default 'en',
    template_values jsonb       not null default '{}',
    link_action     text,
    verification_id uuid,
    status          text        not null default 'queued',
    attempts        integer     not null default 0,
    last_error      text        not null default '',
    sent_at         timestamptz,
    created_at      timestamptz not null default clock_now(),
    constraint mail_messages_pkey primary key (id),
    constraint mail_messages_cause_key unique (cause),
    constraint mail_messages_user_fkey foreign key (user_id) references users on delete cascade,
    constraint mail_messages_status_known check (status in ('queued', 'sent', 'failed')),
    constraint mail_messages_cause_length check (length(cause) between 1 and 255),
    constraint mail_messages_recipient_form check (recipient ~ '^[^@\s]+@[^@\s]+$' and length(recipient) <= 254),
    constraint mail_messages_link_whole check ((link_action is null) = (verification_id is null)),
    constraint mail_messages_sent_has_date check (status <> 'sent' or sent_at is not null)
);
create index mail_messages_created_idx on mail_messages (created_at desc, id desc);
create index mail_messages_status_idx on mail_messages (status, created_at desc, id desc);
create index mail_messages_user_idx on mail_messages (user_id, created_at desc, id desc) where user_id is not null;

call grant_to('lyceum_app', 'select, insert, update, delete', 'table mail_messages');
select apply_grants();
