package domain

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// RecallTx is the part of a transaction that looks idempotency keys up.
type RecallTx interface {
	// StoredOnce reads what an earlier run left; nil when there was none. It waits for nobody.
	StoredOnce(ctx context.Context, actor UserID, mutation, key string) (*OnceRecord, error)
}

// Recall finds the answer of an earlier run before the work for another is done, as far as that work may not stand inside a
// transaction: hashing takes long. Whatever it does not find is still judged by Once. Errors: CONFLICT (IDEMPOTENCY_KEY_REUSED).
func Recall[T any](ctx context.Context, tx RecallTx, actor UserID, mutation, key string, body any) (result T, done bool, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return result, false, fmt.Errorf("hash the body of %s: %w", mutation, err)
	}
	stored, err := tx.StoredOnce(ctx, actor, mutation, key)
	if err != nil || stored == nil || stored.Payload == nil {
		return result, false, err
	}
	if hash := sha256.Sum256(text); !bytes.Equal(stored.BodyHash, hash[:]) {
		return result, false, Errorf(CodeConflict, "this idempotencyKey was used with other input").
			Because("IDEMPOTENCY_KEY_REUSED").At("idempotencyKey")
	}
	return result, true, json.Unmarshal(stored.Payload, &result)
}
