package operations

import (
	"context"

	"lyceum/db"
	"lyceum/domain/operations"
	"lyceum/store/sqlkit"
)

// Maintenance notes how jobs went.
type Maintenance struct{ db db.Querier }

// NewMaintenance works through a pool whose statements may take long.
func NewMaintenance(q db.Querier) Maintenance { return Maintenance{db: q} }

// Errors are kept as they are shown, so that no address stays here. The times are the machine's, as those of the queue: the school's
// clock may be moved on.
var noteRun = sqlkit.Statement(`insert into job_runs as r (kind, last_started_at, last_finished_at, last_duration_us, last_failed_at, last_error,
		runs, failures)
	values ($1, now() - $2::bigint * interval '1 microsecond', now(), $2, case when $3::text <> '' then now() end, ` + told(`$3::text`) + `, 1,
		case when $3::text <> '' then 1 else 0 end)
	on conflict (kind) do update set last_started_at = excluded.last_started_at, last_finished_at = excluded.last_finished_at,
		last_duration_us = excluded.last_duration_us, last_failed_at = coalesce(excluded.last_failed_at, r.last_failed_at),
		last_error = case when excluded.last_error <> '' then excluded.last_error else r.last_error end,
		runs = r.runs + 1, failures = r.failures + excluded.failures`)

// NoteRun notes a run that has just ended.
func (m Maintenance) NoteRun(ctx context.Context, r operations.Run) error {
	_, err := m.db.Exec(ctx, noteRun, r.Kind, r.Took.Microseconds(), r.Error)
	return sqlkit.Wrap(err)
}
