package operations

import (
	"context"

	"lyceum/domain/operations"
	"lyceum/store/sqlkit"
)

var partitionSets = sqlkit.Statement(`select p.table_name, p.months, p.months_ahead, p.oldest_month::timestamp at time zone 'UTC' as oldest_month, p.default_rows
	from partition_sets() p`)

// PartitionSets reads how far the months of the partitioned tables reach, by name.
func (r Reader) PartitionSets(ctx context.Context) ([]*operations.PartitionSet, error) {
	return sqlkit.Rows[*operations.PartitionSet](ctx, r.db, partitionSets)
}

var retentionRules = sqlkit.Statement(`select r.name, r.days, r.least_days, r.description, r.updated_at from retention_rules r order by r.name`)

// RetentionRules reads for how long rows are kept, by name.
func (r Reader) RetentionRules(ctx context.Context) ([]*operations.RetentionRule, error) {
	return sqlkit.Rows[*operations.RetentionRule](ctx, r.db, retentionRules)
}

const archiveColumns = `a.log, a.month::timestamp at time zone 'UTC' as month, a.file, a.bytes, a.sha256, a.row_count, a.archived_at, a.checked_at, a.dropped_at,
	a.restored_at`

var logArchives = sqlkit.Statement(`select ` + archiveColumns + ` from log_archives a order by a.month desc, a.log`)

// LogArchives reads the months of logs that have left, the latest first.
func (r Reader) LogArchives(ctx context.Context) ([]*operations.Archive, error) {
	return sqlkit.Rows[*operations.Archive](ctx, r.db, logArchives)
}

var tableHealth = sqlkit.Statement(`select t.schema_name, t.table_name, t.bytes, t.live_rows, t.dead_rows, t.bloat_bytes, t.vacuumed_at, t.analyzed_at,
		t.changed_rows, t.seq_scans, t.index_scans, to_json(t.unindexed_references) as unindexed_references
	from table_health() t`)

// TableHealth reads the state of the tables, the largest first.
func (r Reader) TableHealth(ctx context.Context) ([]*operations.TableHealth, error) {
	return sqlkit.Rows[*operations.TableHealth](ctx, r.db, tableHealth)
}

var indexHealth = sqlkit.Statement(`select i.schema_name, i.index_name, i.table_name, i.bytes, i.bloat_bytes, i.scans, i.is_unique, i.is_valid, i.statistics_since
	from index_health() i`)

// IndexHealth reads the state of the indexes, the largest first.
func (r Reader) IndexHealth(ctx context.Context) ([]*operations.IndexHealth, error) {
	return sqlkit.Rows[*operations.IndexHealth](ctx, r.db, indexHealth)
}

var maintenanceWindow = sqlkit.Statement(`select w.from_hour, w.to_hour from maintenance_window w`)

// MaintenanceWindow reads the hours in which indexes are built anew.
func (r Reader) MaintenanceWindow(ctx context.Context) (*operations.Window, error) {
	return sqlkit.Row[operations.Window](ctx, r.db, maintenanceWindow)
}

var setRetention = sqlkit.Statement(`update retention_rules set days = $2 where name = $1`)

// SetRetention changes for how many days rows are kept. Only the owner may.
func (m Maintenance) SetRetention(ctx context.Context, name string, days int32) error {
	_, err := m.db.Exec(ctx, setRetention, name, days)
	return sqlkit.Wrap(err)
}

var setWindow = sqlkit.Statement(`update maintenance_window set from_hour = $1, to_hour = $2`)

// SetWindow changes the hours in which indexes are built anew. Only the owner may.
func (m Maintenance) SetWindow(ctx context.Context, w operations.Window) error {
	_, err := m.db.Exec(ctx, setWindow, w.From, w.To)
	return sqlkit.Wrap(err)
}

var analyzeParents = sqlkit.Statement(`select analyze_parents()`)

// AnalyzeParents analyzes the partitioned tables as a whole. Only the owner may.
func (m Maintenance) AnalyzeParents(ctx context.Context) error {
	_, err := m.db.Exec(ctx, analyzeParents)
	return sqlkit.Wrap(err)
}

var forgetTrail = sqlkit.Statement(`select f.forgotten, f.last_seal from forget_trail($1) f`)

// ForgetTrail deletes the row changes of a batch of the oldest seals after one, as far as they are older than their rule. It returns how
// many there were, and the seal to go on after; nil when there are no more. Only the owner may.
func (m Maintenance) ForgetTrail(ctx context.Context, after int64) (n int64, last *int64, err error) {
	var done struct {
		Forgotten int64  `db:"forgotten"`
		LastSeal  *int64 `db:"last_seal"`
	}
	err = m.db.Get(ctx, &done, forgetTrail, after)
	return done.Forgotten, done.LastSeal, sqlkit.Wrap(err)
}
