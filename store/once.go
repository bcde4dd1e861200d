package store

import (
	"context"

	"lyceum/domain"
)

const beginOnce = `insert into idempotency_keys (actor_id, mutation, key, body_hash) values ($1, $2, $3, $4) on conflict do nothing`

const readOnce = `select k.body_hash, k.payload from idempotency_keys k where k.actor_id = $1 and k.mutation = $2 and k.key = $3`

// BeginOnce implements domain.OnceTx.
func (t *Tx) BeginOnce(ctx context.Context, actor domain.UserID, mutation, key string, body []byte) (*domain.OnceRecord, error) {
	t.keyed = true
	n, err := t.Exec(ctx, beginOnce, actor, mutation, key, body)
	if err != nil || n == 1 {
		return nil, wrap(err)
	}
	return getRow[domain.OnceRecord](ctx, t, readOnce, actor, mutation, key)
}

const finishOnce = `update idempotency_keys set payload = $4 where actor_id = $1 and mutation = $2 and key = $3`

// FinishOnce implements domain.OnceTx.
func (t *Tx) FinishOnce(ctx context.Context, actor domain.UserID, mutation, key string, payload []byte) error {
	_, err := t.Exec(ctx, finishOnce, actor, mutation, key, string(payload))
	return wrap(err)
}
