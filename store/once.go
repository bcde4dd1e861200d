package store

import (
	"context"

	"lyceum/domain"
	"lyceum/store/sqlkit"
)

var beginOnce = sqlkit.Statement(`insert into idempotency_keys (actor_id, mutation, key, body_hash) values ($1, $2, $3, $4) on conflict do nothing`)

var readOnce = sqlkit.Statement(`select k.body_hash, k.payload from idempotency_keys k where k.actor_id = $1 and k.mutation = $2 and k.key = $3`)

// BeginOnce implements domain.OnceTx.
func (t *Tx) BeginOnce(ctx context.Context, actor domain.UserID, mutation, key string, body []byte) (*domain.OnceRecord, error) {
	t.keyed = true
	n, err := t.Exec(ctx, beginOnce, actor, mutation, key, body)
	if err != nil || n == 1 {
		return nil, sqlkit.Wrap(err)
	}
	return sqlkit.Row[domain.OnceRecord](ctx, t, readOnce, actor, mutation, key)
}

var finishOnce = sqlkit.Statement(`update idempotency_keys set payload = $4 where actor_id = $1 and mutation = $2 and key = $3`)

// FinishOnce implements domain.OnceTx.
func (t *Tx) FinishOnce(ctx context.Context, actor domain.UserID, mutation, key string, payload []byte) error {
	_, err := t.Exec(ctx, finishOnce, actor, mutation, key, string(payload))
	return sqlkit.Wrap(err)
}
