-- +goose Up
-- 018 Brief locks: making a partition locks the default one against its readers. Behind a reader that does not end, everybody
-- who came after it waited 5 s; now 500 ms, and the job tries again.
set local lock_timeout = '5s';

alter function ensure_partitions(integer) set lock_timeout = '500ms';
