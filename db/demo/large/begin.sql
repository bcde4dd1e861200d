-- The day begins at midnight: two loads of one day count back from the same moment. end.sql moves the clock back.
create temp table demo_clock on commit drop as select shift from clock;
update clock set shift = date_trunc('day', now()) - now();

-- Millions of rows do not go through triggers row by row. What these would have written is written in bulk by the files
-- that follow: hashes in attempts_month.sql and security_month.sql, seals and a trail in seals.sql. bodies.sql does the same for
-- the search vectors. All other triggers stay on, and so do all foreign keys and checks.
create temp table demo_silenced on commit drop as
select t.tgrelid::regclass as on_table, t.tgname as name
  from pg_trigger t join pg_proc p on p.oid = t.tgfoid
 where p.pronamespace = 'public'::regnamespace and not t.tgisinternal and t.tgparentid = 0
   and p.proname in ('record_row_change', 'hash_log_row');

-- On a partitioned table this reaches the partitions.
do $$
declare
    t record;
begin
    for t in select * from demo_silenced loop
        execute format('alter table %s disable trigger %I', t.on_table, t.name);
    end loop;
end
$$;
select ensure_partitions(3);

-- Months. open_month makes demo_month, a plain table like the partitioned one; what fills it pays for no index.
-- close_month makes it the partition of that month, with the rows that were there before, and its indexes are sorted at once.
create function pg_temp.open_month(parent text) returns void language plpgsql as $$
begin
    execute format('create table demo_month (like %I including defaults including constraints)', parent);
end
$$;
create function pg_temp.close_month(parent text, first_day date) returns void language plpgsql as $$
declare
    part constant text := parent || to_char(first_day, '"_y"YYYY"m"MM');
begin
    if to_regclass(quote_ident(part)) is not null then
        execute format('insert into demo_month select * from %I', part);
        execute format('drop table %I', part);
    end if;
    execute format('alter table demo_month rename to %I', part);
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, part, first_day, (first_day + interval '1 month')::date);
end
$$;
