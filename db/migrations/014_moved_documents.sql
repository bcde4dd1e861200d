-- +goose Up
-- 014 Moved documents: what tells a document whose path has changed from a new one.
set local lock_timeout = '5s';

-- The SHA-256 of a document's own text, without what its references point at. NULL until it is imported again.
alter table content_sources add column likeness bytea
    constraint content_sources_likeness_is_sha256 check (length(likeness) = 32);
