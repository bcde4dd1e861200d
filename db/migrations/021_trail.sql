-- +goose Up
-- 021 Trail: mail that is dropped.
set local lock_timeout = '5s';

alter table mail_messages drop constraint mail_messages_status_known;
alter table mail_messages add constraint mail_messages_status_known check (status in ('queued', 'sent', 'failed', 'dropped'));
