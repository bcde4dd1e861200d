-- What every part of the demo is made with, for one transaction. Nothing is drawn at random: a number follows from the seed
-- (current_setting('demo.seed')), what it is for, and the row, so that rows may be made in any order and are always alike.

-- made_id(kind, key, at) is a UUID of version 7: its time is at, its other bits follow from the seed, the kind and the key.
-- named_id(kind, key) is one that follows from kind and key alone: the same in every demo, so that examples can name it.
-- dice(what, n) is evenly spread over 0 ≤ x < 1; what is any number that keeps one use apart from the others.
do $do$
begin
    execute format($sql$
        create function pg_temp.made_id(kind text, key text, at timestamptz) returns uuid language sql stable as $f$
            select overlay(overlay(overlay(md5(%L || kind || ':' || key) placing '7' from 13) placing '8' from 17)
                placing lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') from 1)::uuid
        $f$;
        create function pg_temp.dice(what int, n bigint) returns float8 language sql immutable as $f$
            select (hashint8extended(n, %s + what * 1000003::bigint) & 4503599627370495) / 4503599627370496.0::float8
        $f$;
        $sql$, current_setting('demo.seed') || ':', current_setting('demo.seed')::bigint);
end
$do$;

create function pg_temp.named_id(kind text, key text) returns uuid language sql immutable as $$
    select overlay(overlay(overlay(md5(kind || ':' || key) placing '7' from 13) placing '8' from 17) placing '0190c0ffee00' from 1)::uuid
$$;

-- pick(what, n, among) is a whole number from 1 to among.
create function pg_temp.pick(what int, n bigint, among bigint) returns int language sql immutable as
    $$ select 1 + floor(pg_temp.dice(what, n) * among)::int $$;
