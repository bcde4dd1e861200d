package domain

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// OnceTx is the part of a transaction that remembers idempotency keys.
type OnceTx interface {
	// BeginOnce stores (actor, mutation, key) with the hash of the body. If they are stored already it waits for the
	// transaction that did so and returns its hash and payload.
	BeginOnce(ctx context.Context, actor UserID, mutation, key string, body []byte) (stored *OnceRecord, err error)
	// FinishOnce keeps the payload for the next 24 hours.
	FinishOnce(ctx context.Context, actor UserID, mutation, key string, payload []byte) error
}

// OnceRecord is what an earlier run of the same mutation left.
type OnceRecord struct {
	BodyHash []byte `db:"body_hash"`
	Payload  []byte `db:"payload"`
}

// Once runs a mutation that moves money or grants access at most once per (actor, mutation, key) within 24 hours, inside
// the caller's transaction. A repeat with the same body gets the first answer; with another body it gets CONFLICT.
// Errors: INVALID for a bad key, CONFLICT, and those of run.
func Once[T any](ctx context.Context, tx OnceTx, actor UserID, mutation, key string, body any, run func() (T, error)) (T, error) {
	var result T
	if n := utf8.RuneCountInString(key); n < 1 || n > 255 {
		return result, Errorf(CodeInvalid, "idempotencyKey must have 1 to 255 characters").At("idempotencyKey")
	}
	text, err := json.Marshal(body)
	if err != nil {
		return result, fmt.Errorf("hash the body of %s: %w", mutation, err)
	}
	hash := sha256.Sum256(text)
	stored, err := tx.BeginOnce(ctx, actor, mutation, key, hash[:])
	if err != nil {
		return result, err
	}
	if stored != nil {
		if !bytes.Equal(stored.BodyHash, hash[:]) {
			return result, Errorf(CodeConflict, "this idempotencyKey was used with other input").
				Because("IDEMPOTENCY_KEY_REUSED").At("idempotencyKey")
		}
		return result, json.Unmarshal(stored.Payload, &result)
	}
	if result, err = run(); err != nil {
		return result, err
	}
	payload, err := json.Marshal(result)
	if err != nil {
		return result, fmt.Errorf("keep the answer of %s: %w", mutation, err)
	}
	return result, tx.FinishOnce(ctx, actor, mutation, key, payload)
}
