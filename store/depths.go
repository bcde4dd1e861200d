package store

import (
	"context"

	"lyceum/store/sqlkit"
)

// QueueDepth is how many jobs of a queue are in a state, and for how long the first of them is due, in seconds.
type QueueDepth struct {
	Queue      string  `db:"queue"`
	State      string  `db:"state"`
	Jobs       int64   `db:"jobs"`
	DueSeconds float64 `db:"due_seconds"` // 0 where none is due yet
}

// Jobs that are done, or that somebody canceled, are history: River keeps them for a day, and they are most of the table.
var queueDepths = sqlkit.Statement(`select j.queue, j.state::text as state, count(*) as jobs,
		greatest(coalesce(extract(epoch from now() - min(j.scheduled_at) filter (where j.state = 'available')), 0), 0)::float8 as due_seconds
	from river.river_job j where j.state in ('available', 'pending', 'retryable', 'running', 'scheduled', 'discarded') group by j.queue, j.state`)

// QueueDepths reads how many jobs wait, run or were given up, by queue and state.
func (m Maintenance) QueueDepths(ctx context.Context) ([]QueueDepth, error) {
	return sqlkit.Rows[QueueDepth](ctx, m.db, queueDepths)
}
