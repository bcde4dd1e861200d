-- +goose Up
-- 031 Many seals: a school that is in use for a year has a million of them, most with one row. They are verified and forgotten in batches.
set local lock_timeout = '5s';

-- verify_audit() walks the chain and returns the first thing that is wrong, if any, and then one row ('unsealed') for each log with rows
-- that no seal names yet. A row that has left is proven by its hash in sealed_proofs, if it may have left: with a month that the seal reaches
-- into, that is older than the least of its rule, is away, and has as many proofs as its archive has rows; or as a row change older than the
-- least of theirs.
-- One statement verifies some thousands of seals: three for each seal took 17 minutes for 1.8 million of them. The times of a batch are
-- parameters of a statement that is planned for it, so that only its months are planned and read.
-- +goose StatementBegin
create or replace function verify_audit() returns table (log text, row_id bigint, seal_id bigint, problem text)
    language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
declare
    away      text[];
    old_trail timestamptz;
    verified  bigint := -9223372036854775808; -- a condition with or would read all seals from the first on for each batch
    expected  bytea := '';
    batch     record;
    bad       record;
    statement text;
begin
    select coalesce(array_agg(a.log || a.month), '{}') into away
      from log_archives a join retention_rules r on r.name = a.log
     where a.restored_at is null and a.month + interval '1 month' <= clock_now() - make_interval(days => r.least_days)
       and a.row_count = (select coalesce(sum(cardinality(p.row_ids)), 0) from sealed_proofs p where p.log = a.log and p.month = a.month);
    select clock_now() - make_interval(days => r.least_days) into old_trail from retention_rules r where r.name = 'audit_trail';
    select string_agg(format($q$
        select s.id, array_agg(coalesce(t.content_hash, p.hash) order by w.id) as hashes,
               min(w.id) filter (where case when t.id is null then p.id is null else t.content_hash <> log_row_hash(to_jsonb(t)) or %s end) as bad_id,
               array_agg(w.id) filter (where t.id is null and p.id is null) as deleted
          from s left join lateral unnest(s.row_ids) w (id) on true
          left join %I t on t.id = w.id and t.created_at between s.first_at and s.last_at and t.created_at between $3 and $4
          left join p on p.seal_id = s.id and p.id = w.id
         where s.log = %L group by s.id$q$, personal_changed(l), l, l), ' union all ')
      into statement from unnest(array['audit_trail', 'login_attempts', 'security_audit_log']) l;
    statement := format($q$
        with s as materialized (
            select a.*, lag(a.id, 1, greatest($1, 0)) over o as id_before, lag(a.hash, 1, $5) over o as hash_before
              from audit_seals a where a.id > $1 and a.id <= $2 window o as (order by a.id)),
        p as materialized (
            select s.id as seal_id, u.id, u.hash
              from s join sealed_proofs p on p.seal_id = s.id and p.log = s.log cross join lateral unnest(p.row_ids, p.content_hashes) u (id, hash)
             where case when p.month is null then s.last_at < $6
                        else p.month <= s.last_at and p.month + interval '1 month' > s.first_at and p.log || p.month = any($7) end),
        found as materialized (%s)
        select s.id, s.log, case when f.bad_id is not null and not s.cut then f.bad_id else s.row_ids[1] end as row_id,
               case when s.cut then 'a seal before this one was removed or changed'
                    when f.bad_id is null then 'the rows are not those that were sealed'
                    when f.bad_id = any(f.deleted) then 'the row was deleted' else 'the row was changed' end as problem
          from (select s.*, s.id <> s.id_before + 1 or s.previous_hash <> s.hash_before as cut from s) s join found f on f.id = s.id
         where s.cut or f.bad_id is not null or s.hash <> seal_hash(s.previous_hash, s.log, s.row_ids, f.hashes)
         order by s.id limit 1$q$, statement);
    loop
        -- A seal has up to 10,000 rows, so that what a batch has is bounded by both.
        select max(b.id) as last, min(b.first_at) as from_at, max(b.last_at) as until_at into batch
          from (select a.id, a.first_at, a.last_at, sum(cardinality(a.row_ids)) over (order by a.id) - cardinality(a.row_ids) as rows_before
                  from (select * from audit_seals a where a.id > verified order by a.id limit 5000) a) b
         where b.rows_before < 20000;
        exit when batch.last is null;
        execute statement into bad using verified, batch.last, batch.from_at, batch.until_at, expected, old_trail, away;
        if bad.id is not null then
            return query select bad.log, bad.row_id, bad.id, bad.problem;
            return;
        end if;
        verified := batch.last;
        select a.hash into expected from audit_seals a where a.id = verified;
    end loop;
    -- A personal value of the trail that no longer gives its digest was changed; one that is gone was erased.
    return query
        select 'audit_trail'::text, v.audit_id, null::bigint, 'a personal value was changed'::text
          from audit_personal_values v join audit_trail t on t.id = v.audit_id
         where 'digest:' || encode(personal_digest(v.salt, v.value), 'hex')
               is distinct from (case v.side when 'old' then t.old_values when 'new' then t.new_values else t.request_values end) ->> v.column_name
         order by v.audit_id limit 1;
    return query select u.log, min(u.row_id), null::bigint, 'unsealed'::text from audit_unsealed u group by u.log order by u.log;
end
$$;
-- +goose StatementEnd

-- forget_trail(seal) deletes the row changes of the oldest seals after this one that are older than the rule, whole seals only, and keeps
-- their hashes; last_seal, where the next call begins, is null when there are no more. Without it each call would look anew at all that was
-- forgotten in years, and at seals whose rows stay. A row that was tampered with stays.
drop function forget_trail(integer);
-- +goose StatementBegin
create function forget_trail(after_seal bigint, out forgotten bigint, out last_seal bigint)
    language plpgsql set search_path = public, pg_temp set timezone = 'UTC' set bytea_output = 'hex'
as $$
declare
    old_trail constant timestamptz := clock_now() - keep_for('audit_trail');
    seals     bigint;
begin
    with next as (
        select s.id, s.row_ids, s.first_at, s.last_at from audit_seals s
         where s.id > after_seal and s.log = 'audit_trail' and s.last_at < old_trail and not exists (select from sealed_proofs p where p.seal_id = s.id)
         order by s.id limit 1000),
    old as (select n.* from (select n.*, sum(cardinality(n.row_ids)) over (order by n.id) - cardinality(n.row_ids) as rows_before from next n) n
             where n.rows_before < 10000),
    gone as (delete from audit_trail t using old o where t.id = any(o.row_ids) and t.created_at between o.first_at and o.last_at
               and t.content_hash = log_row_hash(to_jsonb(t))
             returning t.id, t.content_hash, o.id as seal_id),
    personal as (delete from audit_personal_values v using gone g where v.audit_id = g.id),
    proven as (insert into sealed_proofs (seal_id, log, row_ids, content_hashes)
               select g.seal_id, 'audit_trail', array_agg(g.id order by g.id), array_agg(g.content_hash order by g.id) from gone g group by g.seal_id)
    select count(*), count(distinct g.seal_id), (select max(o.id) from old o) into forgotten, seals, last_seal from gone g;
    if forgotten > 0 then
        insert into security_audit_log (event, severity, details)
        values ('row_changes_forgotten', 'info', jsonb_build_object('rows', forgotten, 'seals', seals));
    end if;
end
$$;
-- +goose StatementEnd

revoke execute on function forget_trail(bigint) from public;
