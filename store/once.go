package store

import (
	"context"

	"github.com/google/uuid"

	"lyceum/domain"
	"lyceum/store/sqlkit"
)

var beginOnce = sqlkit.Statement(`insert into idempotency_keys (actor_id, mutation, key, body_hash) values ($1, $2, $3, $4)
	on conflict do nothing`)

var readOnce = sqlkit.Statement(`select k.body_hash, k.payload from idempotency_keys k where k.actor_id = $1 and k.mutation = $2
	and k.key = $3`)

// BeginOnce implements domain.OnceTx.
func (t *Tx) BeginOnce(ctx context.Context, actor domain.UserID, mutation, key string, body []byte) (*domain.OnceRecord, error) {
	t.keyed = true
	n, err := t.tx.Exec(ctx, beginOnce, actor, mutation, key, body)
	if err != nil || n == 1 {
		return nil, sqlkit.Wrap(err)
	}
	return sqlkit.Row[domain.OnceRecord](ctx, t.tx, readOnce, actor, mutation, key)
}

// StoredOnce implements domain.RecallTx.
func (t *Tx) StoredOnce(ctx context.Context, actor domain.UserID, mutation, key string) (*domain.OnceRecord, error) {
	return sqlkit.Row[domain.OnceRecord](ctx, t.tx, readOnce, actor, mutation, key)
}

var finishOnce = sqlkit.Statement(`update idempotency_keys set payload = $4 where actor_id = $1 and mutation = $2 and key = $3`)

// FinishOnce implements domain.OnceTx.
func (t *Tx) FinishOnce(ctx context.Context, actor domain.UserID, mutation, key string, payload []byte) error {
	_, err := t.tx.Exec(ctx, finishOnce, actor, mutation, key, string(payload))
	return sqlkit.Wrap(err)
}

// ClaimReport implements content.Tx. A report has a key of the client's too.
func (t *Tx) ClaimReport(ctx context.Context, user domain.UserID, item domain.ItemID, key uuid.UUID) (bool, error) {
	t.keyed = true
	return t.contentTx.ClaimReport(ctx, user, item, key)
}
