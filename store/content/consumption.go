package content

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

var progressColumns = sqlkit.FixedColumns("l", "user_id", "content_id", "progress", "seconds", "position_seconds", "position_at",
	"opens", "score", "rating", "started_at", "last_at", "completed_at").
	With("score", `l.score::float8`)

var progressOf = sqlkit.Statement(`select ` + progressColumns.All() + ` from learning_analytics l where l.user_id = $1
	and l.content_id = any($2)`)

// Progress reads where one user stands with many items.
func (r Reader) Progress(ctx context.Context, user domain.UserID, items []domain.ItemID) ([]*content.Progress, error) {
	return sqlkit.Rows[*content.Progress](ctx, r.db, progressOf, user, pq.Array(items))
}

var claimReport = sqlkit.Statement(`insert into consumption_keys (user_id, content_id, event_key) values ($1, $2, $3)
	on conflict do nothing`)

// ClaimReport implements content.Tx.
func (t Tx) ClaimReport(ctx context.Context, user domain.UserID, item domain.ItemID, key uuid.UUID) (bool, error) {
	n, err := t.db.Exec(ctx, claimReport, user, item, key)
	return n == 1, sqlkit.Wrap(err)
}

var oneProgress = sqlkit.Statement(`select ` + progressColumns.All() + ` from learning_analytics l where l.user_id = $1
	and l.content_id = $2`)

// Progress implements content.Tx.
func (t Tx) Progress(ctx context.Context, user domain.UserID, item domain.ItemID) (*content.Progress, error) {
	return sqlkit.Row[content.Progress](ctx, t.db, oneProgress, user, item)
}

// takeTime moves used_until towards an instant by what is asked, as far as it lies before, and less than the most behind. A
// user's row is made by the first report, as if it had stood there since the account was made. The sum and its result are
// one statement: a report at the same time waits for the row and begins with what is left.
var takeTime = sqlkit.Statement(`insert into learning_allowances as a (user_id, used_until, granted_seconds)
		select u.id, g.since + g.seconds * interval '1 second', g.seconds
		  from users u cross join lateral (select u.created_at - $4 * interval '1 second' as used_until) b` + timeLeft + ` where u.id = $1
		on conflict (user_id) do update set (used_until, granted_seconds) = (
			select g.since + g.seconds * interval '1 second', g.seconds from (select a.used_until) b` + timeLeft + `)
		returning granted_seconds`)

const timeLeft = ` cross join lateral (select greatest(b.used_until, $3::timestamptz - $5 * interval '1 second') as since) s
		cross join lateral (select s.since, greatest(0, 
			least($2::integer, floor(extract(epoch from $3::timestamptz - s.since))))::integer as seconds) g`

// TakeTime implements content.Tx.
func (t Tx) TakeTime(ctx context.Context, user domain.UserID, seconds int32, at time.Time, first, most time.Duration,
) (taken int32, err error) {
	return taken, sqlkit.Wrap(t.db.Get(ctx, &taken, takeTime, user, seconds, at, first.Seconds(), most.Seconds()))
}

var saveProgress = sqlkit.Statement(`insert into learning_analytics as l
		(user_id, content_id, progress, seconds, position_seconds, position_at, opens, started_at, last_at, completed_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	on conflict (user_id, content_id) do update set progress = excluded.progress, seconds = excluded.seconds,
		position_seconds = excluded.position_seconds, position_at = excluded.position_at, opens = excluded.opens,
		started_at = excluded.started_at, last_at = excluded.last_at, completed_at = excluded.completed_at`)

// Reports are logged between started_at and last_at in whatever order they come: consumptionOfUsers goes by that.
var addConsumption = sqlkit.Statement(`insert into content_consumption
		(created_at, user_id, content_id, event, progress, position_seconds, seconds, withheld_seconds, begins_visit, occurred_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10::timestamptz, $1))`)

// SaveProgress implements content.Tx.
func (t Tx) SaveProgress(ctx context.Context, p content.Progress, c content.Consumption) error {
	if _, err := t.db.Exec(ctx, saveProgress, p.UserID, p.ItemID, p.Percent, p.Seconds, p.PositionSeconds, p.PositionAt, p.Opens,
		p.StartedAt, p.LastAt, p.CompletedAt); err != nil {
		return sqlkit.Wrap(err)
	}
	_, err := t.db.Exec(ctx, addConsumption, c.CreatedAt, c.UserID, c.ItemID, c.Event, c.Progress, c.PositionSeconds, c.Seconds,
		c.WithheldSeconds, c.BeginsVisit, c.OccurredAt)
	return sqlkit.Wrap(err)
}
