package operations

import (
	"context"
	"time"

	"lyceum/domain/operations"
	"lyceum/store/sqlkit"
)

var serverReading = sqlkit.Statement(`select current_setting('server_version_num')::int as version, clock_timestamp() as now,
		current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
		current_setting('synchronous_commit') as synchronous_commit, current_setting('max_connections')::int as max_connections,
		current_setting('superuser_reserved_connections')::int as reserved,
		(select count(*) from pg_stat_activity where backend_type = 'client backend') as connections,
		current_setting('archive_mode') as archive_mode,
		a.last_archived_time as archived_at, a.last_failed_time as archive_failed_at, a.failed_count as archive_failures
	from pg_stat_archiver a`)

// ReadServer reads what the server says of itself, and the machine's time halfway through.
func (m Maintenance) ReadServer(ctx context.Context, now func() time.Time) (*operations.ServerReading, time.Time, error) {
	before := now()
	r, err := sqlkit.Row[operations.ServerReading](ctx, m.db, serverReading)
	return r, before.Add(now().Sub(before) / 2), err
}

var timelineReading = sqlkit.Statement(`select c.timeline, k.timeline as known, c.system_identifier = k.system_identifier as same_cluster
	from known_timeline k cross join current_timeline() c`)

// ReadTimeline reads where the database is, and where the school knows it to be.
func (m Maintenance) ReadTimeline(ctx context.Context) (*operations.TimelineReading, error) {
	return sqlkit.Row[operations.TimelineReading](ctx, m.db, timelineReading)
}

// What only the owner may change is named here, and not read from the table of grants: a wrong grant must be noticed. The first is a log
// that the serving role adds to; in the others a row that is added is a lie as well.
var roleReadings = sqlkit.Statement(`select r.rolname as role, r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls as powerful,
		pg_has_role(r.oid, c.relowner, 'member') as owns, has_schema_privilege(r.oid, 'public', 'create') as creates,
		(select string_agg(t, ', ' order by n)
			from unnest(array['security_audit_log', 'login_attempts', 'audit_trail', 'audit_personal_values', 'audit_seals', 'sealed_proofs',
				'log_archives', 'retention_rules', 'clock', 'backups', 'known_timeline']) with ordinality x (t, n)
			where has_table_privilege(r.oid, t, 'delete, truncate') or has_any_column_privilege(r.oid, t, 'update')
				or n > 1 and has_any_column_privilege(r.oid, t, 'insert')) as changes
	from pg_roles r cross join pg_class c where c.oid = 'public.clock'::regclass and r.rolname in ('lyceum_app', 'lyceum_report') order by 1`)

// ReadRoles reads what the program's roles may do.
func (m Maintenance) ReadRoles(ctx context.Context) ([]operations.RoleReading, error) {
	return sqlkit.Rows[operations.RoleReading](ctx, m.db, roleReadings)
}

var publicReading = sqlkit.Statement(`select has_database_privilege('public', current_database(), 'connect') as connects,
	has_database_privilege('public', current_database(), 'temporary') as temporary, has_schema_privilege('public', 'public', 'create') as creates`)

// ReadPublic reads what every role may do here.
func (m Maintenance) ReadPublic(ctx context.Context) (*operations.PublicReading, error) {
	return sqlkit.Row[operations.PublicReading](ctx, m.db, publicReading)
}

var (
	grantReadings     = sqlkit.Statement(`select g from health_grants() g`)
	migrationReadings = sqlkit.Statement(`select f from health_migrations() f`)
	partitionReadings = sqlkit.Statement(`select p.table_name, p.months_ahead, p.stray from health_partitions() p`)
)

// ReadGrants reads which privileges are missing, or are still everybody's.
func (m Maintenance) ReadGrants(ctx context.Context) ([]string, error) {
	return sqlkit.Rows[string](ctx, m.db, grantReadings)
}

// ReadMigrations reads the names of the migrations that were run.
func (m Maintenance) ReadMigrations(ctx context.Context) ([]string, error) {
	return sqlkit.Rows[string](ctx, m.db, migrationReadings)
}

// ReadPartitions reads how the tables by months are prepared.
func (m Maintenance) ReadPartitions(ctx context.Context) ([]operations.PartitionReading, error) {
	return sqlkit.Rows[operations.PartitionReading](ctx, m.db, partitionReadings)
}

// A log is small where it waits to be sealed; the newest rows may belong to transactions that are still open.
var sealReading = sqlkit.Statement(`select s.last_at, u.unsealed, u.oldest_waits from health_seals() u
	cross join (select max(a.sealed_at) as last_at from (select sealed_at from audit_seals order by id desc limit 1) a) s`)

// ReadSeals reads how far the seals have come.
func (m Maintenance) ReadSeals(ctx context.Context) (*operations.SealReading, error) {
	return sqlkit.Row[operations.SealReading](ctx, m.db, sealReading)
}

var mailReading = sqlkit.Statement(`select
		(select count(*) from mail_messages m where m.status = 'failed' and m.created_at > clock_now() - interval '4 days') as given_up,
		count(*) as waiting, coalesce(extract(epoch from clock_now() - min(m.created_at)), 0)::float8 as oldest_waits
	from mail_messages m where m.status = 'queued'`)

// ReadMail reads how mail goes.
func (m Maintenance) ReadMail(ctx context.Context) (*operations.MailReading, error) {
	return sqlkit.Row[operations.MailReading](ctx, m.db, mailReading)
}

// The database's own collation stands in pg_database; those of columns in pg_collation. What has no version cannot be compared.
var collationReadings = sqlkit.Statement(`select 'the database''s own' as name, d.datcollversion as built,
		pg_database_collation_actual_version(d.oid) as actual
	from pg_database d where d.datname = current_database() and d.datcollversion is not null
		and d.datcollversion is distinct from pg_database_collation_actual_version(d.oid)
	union all
	select c.collname::text, c.collversion, pg_collation_actual_version(c.oid) from pg_collation c
	where c.collversion is not null and c.collversion is distinct from pg_collation_actual_version(c.oid)
		and exists (select from pg_depend p where p.refclassid = 'pg_collation'::regclass and p.refobjid = c.oid)`)

// ReadCollations reads which collations have changed.
func (m Maintenance) ReadCollations(ctx context.Context) ([]operations.CollationReading, error) {
	return sqlkit.Rows[operations.CollationReading](ctx, m.db, collationReadings)
}

// ReadJobKinds reads how the jobs went.
func (m Maintenance) ReadJobKinds(ctx context.Context) ([]*operations.JobKind, error) {
	return NewReader(m.db, nil).JobKinds(ctx)
}

// Autovacuum begins at a fifth of a table; two fifths are a sign that it does not keep up, or cannot.
var tableReadings = sqlkit.Statement(`select t.schemaname || '.' || t.relname as table_name, t.n_dead_tup as dead, t.n_live_tup as live
	from pg_stat_user_tables t where t.n_dead_tup > 10000 and t.n_dead_tup > 0.4 * (t.n_live_tup + t.n_dead_tup) order by 2 desc limit 5`)

// ReadTables reads which tables have many dead rows.
func (m Maintenance) ReadTables(ctx context.Context) ([]operations.TableReading, error) {
	return sqlkit.Rows[operations.TableReading](ctx, m.db, tableReadings)
}

var wraparoundReading = sqlkit.Statement(`select age(d.datfrozenxid)::bigint as age, current_setting('autovacuum_freeze_max_age')::bigint as max
	from pg_database d where d.datname = current_database()`)

// ReadWraparound reads how old the oldest transaction is.
func (m Maintenance) ReadWraparound(ctx context.Context) (*operations.WraparoundReading, error) {
	return sqlkit.Row[operations.WraparoundReading](ctx, m.db, wraparoundReading)
}

var (
	slowChecks = sqlkit.Statement(`select s.name, s.examined_at, s.level, s.what, s.remedy from slow_checks s order by s.name`)
	// The time is the machine's, as those of the jobs that write it.
	keepSlowCheck = sqlkit.Statement(`insert into slow_checks as s (name, examined_at, level, what, remedy) values ($1, now(), $2, left($3, 1000), left($4, 1000))
		on conflict (name) do update set examined_at = excluded.examined_at, level = excluded.level, what = excluded.what, remedy = excluded.remedy`)
)

// ReadSlowChecks reads what the slow checks said last.
func (m Maintenance) ReadSlowChecks(ctx context.Context) ([]operations.SlowCheck, error) {
	return sqlkit.Rows[operations.SlowCheck](ctx, m.db, slowChecks)
}

// KeepSlowCheck keeps what a slow check says now; ExaminedAt is not looked at.
func (m Maintenance) KeepSlowCheck(ctx context.Context, c operations.SlowCheck) error {
	_, err := m.db.Exec(ctx, keepSlowCheck, c.Name, c.Level, c.What, c.Remedy)
	return sqlkit.Wrap(err)
}
