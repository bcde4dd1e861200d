package operations

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/store/sqlkit"
)

var beginBackup = sqlkit.Statement(`insert into backups (kind, reason) values ($1, $2) returning id`)

// BeginBackup notes that a backup has begun.
func (m Maintenance) BeginBackup(ctx context.Context, kind operations.BackupKind, reason operations.BackupReason,
) (id domain.BackupID, err error) {
	return id, sqlkit.Wrap(m.db.Get(ctx, &id, beginBackup, kind, reason))
}

var endBackup = sqlkit.Statement(`update backups set state = $2, name = coalesce($3, ''), finished_at = now(), restorable_from = $4, cluster_bytes = $5,
	stored_bytes = $6, files = $7, last_error = ` + told(`coalesce($8::text, '')`) + ` where id = $1 and state = 'running'`)

// EndBackup notes how a backup ended. Of one that failed only its error counts.
func (m Maintenance) EndBackup(ctx context.Context, b operations.Backup) error {
	_, err := m.db.Exec(ctx, endBackup, b.ID, b.State, b.Name, b.RestorableFrom, b.ClusterBytes, b.StoredBytes, b.Files, b.LastError)
	return sqlkit.Wrap(err)
}

var noteBackup = sqlkit.Statement(`insert into backups (kind, state, reason, name, started_at, finished_at, restorable_from, cluster_bytes, stored_bytes)
	select $1, 'whole', $2, $3, $4, $5, $5, $6, $7 where not exists (select from backups b where b.kind = $1 and b.name = $3)`)

// NoteBackup notes a whole backup that another program has taken, once.
func (m Maintenance) NoteBackup(ctx context.Context, b operations.Backup) error {
	_, err := m.db.Exec(ctx, noteBackup, b.Kind, b.Reason, *b.Name, b.StartedAt, b.FinishedAt, b.ClusterBytes, b.StoredBytes)
	return sqlkit.Wrap(err)
}

var removedBackups = sqlkit.Statement(`update backups set removed_at = now()
	where state = 'whole' and kind = $1 and removed_at is null and name <> all($2)`)

// KeepBackups notes which whole backups are still there; the others of the kind were removed by the rule.
func (m Maintenance) KeepBackups(ctx context.Context, kind operations.BackupKind, names []string) error {
	_, err := m.db.Exec(ctx, removedBackups, kind, pq.Array(names))
	return sqlkit.Wrap(err)
}

// A backup takes hours at most: one that still runs after a day was killed.
var abandonBackups = sqlkit.Statement(`with b as (update backups set state = 'failed', finished_at = now(), last_error = 'the program ended meanwhile'
		where state = 'running' returning 1)
	update restore_drills set state = 'failed', finished_at = now(), last_error = 'the program ended meanwhile' where state = 'running'`)

// AbandonBackups notes that what is noted as running was killed. Whoever calls it holds the lock of backups.
func (m Maintenance) AbandonBackups(ctx context.Context) error {
	_, err := m.db.Exec(ctx, abandonBackups)
	return sqlkit.Wrap(err)
}

var newestBackup = sqlkit.Statement(`select max(b.started_at) from backups b
	where b.state = 'whole' and b.removed_at is null and b.started_at <= now()`)

// NewestBackup is when the newest whole backup that is still kept was begun; nil when there is none. One from the future does not count:
// the machine's clock was wrong then.
func (m Maintenance) NewestBackup(ctx context.Context) (at *time.Time, err error) {
	return at, sqlkit.Wrap(m.db.Get(ctx, &at, newestBackup))
}

var firstAttempt = sqlkit.Statement(`select exists (select from river.river_job j
	where j.kind = any($1) and j.state in ('available', 'running', 'scheduled') and coalesce(cardinality(j.errors), 0) = 0)`)

// BackupsUnderWay reports whether a backup or a drill is about to be made that has not failed yet.
func (m Maintenance) BackupsUnderWay(ctx context.Context) (under bool, err error) {
	return under, sqlkit.Wrap(m.db.Get(ctx, &under, firstAttempt, pq.Array(backupKinds)))
}

var backupKinds = []string{operations.BackupJob{}.Kind(), operations.DrillJob{}.Kind()}

var reviveBackups = sqlkit.Statement(`update river.river_job set state = 'available', scheduled_at = now()
	where state = 'running' and kind = any($1)`)

// ReviveBackups lets the jobs begin anew that take backups and try restores and whose program was killed. Whoever calls it holds the lock
// of backups, so that none of them runs.
func (m Maintenance) ReviveBackups(ctx context.Context) error {
	_, err := m.db.Exec(ctx, reviveBackups, pq.Array(backupKinds))
	return sqlkit.Wrap(err)
}

var newestDrill = sqlkit.Statement(`select max(d.started_at) from restore_drills d where d.state = 'passed'`)

// NewestDrill is when the newest drill that passed was begun; nil when there is none.
func (m Maintenance) NewestDrill(ctx context.Context) (at *time.Time, err error) {
	return at, sqlkit.Wrap(m.db.Get(ctx, &at, newestDrill))
}

var beginDrill = sqlkit.Statement(`insert into restore_drills (reason) values ($1) returning id`)

// BeginDrill notes that a drill has begun.
func (m Maintenance) BeginDrill(ctx context.Context, reason operations.BackupReason) (id domain.RestoreDrillID, err error) {
	return id, sqlkit.Wrap(m.db.Get(ctx, &id, beginDrill, reason))
}

var endDrill = sqlkit.Statement(`update restore_drills set state = $2, backup_name = coalesce($3, ''), finished_at = now(), lost_ms = $4, took_ms = $5,
	tables = $6, rows_counted = $7, last_error = ` + told(`coalesce($8::text, '')`) + ` where id = $1 and state = 'running'`)

// EndDrill notes how a drill ended.
func (m Maintenance) EndDrill(ctx context.Context, d operations.Drill) error {
	_, err := m.db.Exec(ctx, endDrill, d.ID, d.State, d.BackupName, d.LostMs, d.TookMs, d.Tables, d.RowsCounted, d.LastError)
	return sqlkit.Wrap(err)
}

var beginEpoch = sqlkit.Statement(`select e.sessions_ended, e.tokens_revoked, e.devices_forgotten, e.links_voided, e.requests_dropped, e.mails_held
	from begin_epoch($1, $2) e cross join note_timeline()`)

// BeginEpoch ends what let people in before a restore. until is the last commit that was restored, zero if that is not known. Only the
// owner may.
func (m Maintenance) BeginEpoch(ctx context.Context, until time.Time, backup string) (e operations.Epoch, err error) {
	var known *time.Time
	if !until.IsZero() {
		known = &until
	}
	return e, sqlkit.Wrap(m.db.Get(ctx, &e, beginEpoch, known, backup))
}

var noteTimeline = sqlkit.Statement(`select note_timeline()`)

// NoteTimeline notes that the database goes on where it is without having lost anything. Only the owner may.
func (m Maintenance) NoteTimeline(ctx context.Context) error {
	_, err := m.db.Exec(ctx, noteTimeline)
	return sqlkit.Wrap(err)
}

// The tables of the school are counted one by one; the catalog knows only estimates.
var countRows = sqlkit.Statement(`select count(*)::int as tables, coalesce(sum((xpath('/row/n/text()', query_to_xml(
		format('select count(*) as n from %I.%I', n.nspname, c.relname), false, true, '')))[1]::text::bigint), 0)::bigint as rows
	from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname = 'public' and c.relkind = 'r'`)

// CountRows reads every row of every table.
func (m Maintenance) CountRows(ctx context.Context) (c operations.Counted, err error) {
	return c, sqlkit.Wrap(m.db.Get(ctx, &c, countRows))
}

var backupColumns = sqlkit.FixedColumns("b", "id", "name", "kind", "state", "reason", "started_at", "finished_at", "restorable_from",
	"cluster_bytes", "stored_bytes", "files", "removed_at", "last_error").
	With("name", `nullif(b.name, '')`).With("last_error", `nullif(b.last_error, '')`)

var backupsByID = sqlkit.Statement(`select ` + backupColumns.All() + ` from backups b where b.id = any($1)`)

// BackupsByID reads backups.
func (r Reader) BackupsByID(ctx context.Context, ids []domain.BackupID) ([]*operations.Backup, error) {
	return sqlkit.Rows[*operations.Backup](ctx, r.db, backupsByID, pq.Array(ids))
}

var backupList = sqlkit.NewList(sqlkit.ListOf[operations.Backup, domain.TimeOrder, operations.BackupFilter]{
	Name: "backups", Columns: backupColumns, From: ` from backups b where true`,
	Filters: sqlkit.Filters[operations.BackupFilter]{
		sqlkit.Where(`b.state = ?`, func(f operations.BackupFilter) *operations.BackupState { return f.State }),
		sqlkit.Whether(`b.state = 'whole' and b.removed_at is null`, func(f operations.BackupFilter) *bool { return f.Kept }),
	},
	Orders: sqlkit.InTime("b.started_at", "b.id::uuid",
		func(b *operations.Backup) []string { return []string{sqlkit.Stamp(b.StartedAt), b.ID.String()} }),
})

// ListBackups reads a page of the backups.
func (r Reader) ListBackups(ctx context.Context, f operations.BackupFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*operations.Backup], error) {
	return backupList.Page(ctx, r.db, r.projection, by, page, f)
}

var drillColumns = sqlkit.FixedColumns("d", "id", "backup_name", "state", "reason", "started_at", "finished_at", "lost_ms", "took_ms",
	"tables", "rows_counted", "last_error").
	With("backup_name", `nullif(d.backup_name, '')`).With("last_error", `nullif(d.last_error, '')`)

var drillsByID = sqlkit.Statement(`select ` + drillColumns.All() + ` from restore_drills d where d.id = any($1)`)

// RestoreDrillsByID reads restore drills.
func (r Reader) RestoreDrillsByID(ctx context.Context, ids []domain.RestoreDrillID) ([]*operations.Drill, error) {
	return sqlkit.Rows[*operations.Drill](ctx, r.db, drillsByID, pq.Array(ids))
}

var drillList = sqlkit.NewList(sqlkit.ListOf[operations.Drill, domain.TimeOrder, operations.DrillFilter]{
	Name: "restore_drills", Columns: drillColumns, From: ` from restore_drills d where true`,
	Filters: sqlkit.Filters[operations.DrillFilter]{
		sqlkit.Where(`d.state = ?`, func(f operations.DrillFilter) *operations.DrillState { return f.State }),
	},
	Orders: sqlkit.InTime("d.started_at", "d.id::uuid",
		func(d *operations.Drill) []string { return []string{sqlkit.Stamp(d.StartedAt), d.ID.String()} }),
})

// ListRestoreDrills reads a page of the restore drills.
func (r Reader) ListRestoreDrills(ctx context.Context, f operations.DrillFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*operations.Drill], error) {
	return drillList.Page(ctx, r.db, r.projection, by, page, f)
}
