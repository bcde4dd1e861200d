package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
)

const progressColumns = `l.user_id, l.content_id, l.progress, l.seconds, l.position_seconds, l.opens, l.score::float8 as score, l.rating,
	l.started_at, l.last_at, l.completed_at`

const progressOf = `select ` + progressColumns + ` from learning_analytics l where l.user_id = $1 and l.content_id = any($2)`

// Progress reads where one person stands with many items.
func (r Reader) Progress(ctx context.Context, user domain.UserID, items []domain.ItemID) ([]*content.Progress, error) {
	return selectRows[*content.Progress](ctx, r.db, progressOf, user, pq.Array(items))
}

const claimReport = `insert into consumption_keys (user_id, content_id, event_key) values ($1, $2, $3) on conflict do nothing`

// ClaimReport implements content.Tx.
func (t *Tx) ClaimReport(ctx context.Context, user domain.UserID, item domain.ItemID, key uuid.UUID) (bool, error) {
	n, err := t.Exec(ctx, claimReport, user, item, key)
	return n == 1, wrap(err)
}

const lockProgress = `select ` + progressColumns + ` from learning_analytics l where l.user_id = $1 and l.content_id = $2 for no key update`

// LockProgress implements content.Tx.
func (t *Tx) LockProgress(ctx context.Context, user domain.UserID, item domain.ItemID) (*content.Progress, error) {
	return getRow[content.Progress](ctx, t, lockProgress, user, item)
}

// Two first reports at once both find nothing; the upsert keeps the larger progress and adds the time up. Reports are logged
// between started_at and last_at in whatever order they come: ofLearner goes by that.
const saveProgress = `insert into learning_analytics as l (user_id, content_id, progress, seconds, position_seconds, opens, started_at, last_at, completed_at)
	values ($1, $2, $3, $9, $5, $8, $6, $7, $4)
	on conflict (user_id, content_id) do update set progress = greatest(l.progress, excluded.progress), seconds = l.seconds + excluded.seconds,
		position_seconds = excluded.position_seconds, opens = l.opens + excluded.opens, last_at = greatest(l.last_at, excluded.last_at),
		completed_at = coalesce(l.completed_at, excluded.completed_at)
	returning ` + progressColumns

const addConsumption = `insert into content_consumption (created_at, user_id, content_id, event, progress, position_seconds, seconds)
	values ($1, $2, $3, $4, $5, $6, $7)`

// SaveProgress implements content.Tx.
func (t *Tx) SaveProgress(ctx context.Context, p *content.Progress, kind content.ReportKind, r content.Report) error {
	opens := 0
	if kind == content.Opened {
		opens = 1
	}
	saved, err := getRow[content.Progress](ctx, t, saveProgress, p.UserID, p.ItemID, p.Percent, p.CompletedAt, p.PositionSeconds, p.StartedAt, p.LastAt,
		opens, r.Seconds)
	if err != nil {
		return err
	}
	*p = *saved
	_, err = t.Exec(ctx, addConsumption, p.LastAt, p.UserID, p.ItemID, kind, r.Percent, r.PositionSeconds, r.Seconds)
	return wrap(err)
}
