package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/jmoiron/sqlx"

	"lyceum/db"
)

// ErrNotEmpty means that the school has users already.
var ErrNotEmpty = errors.New("this school has people already; the demo is for an empty one")

const (
	// Two programs that start at once agree on who fills the school: the second one waits here for the first.
	alone    = "select name from function_locks where name = 'demo' for update"
	anyone   = "select exists (select from users)"
	settings = `select set_config('demo.hash', $1, true), set_config('demo.catalogue', $2, true), set_config('demo.seed', $3, true)`
)

// Load fills an empty school in one transaction, as its owner. hash is that of Password. Errors: ErrNotEmpty.
func Load(ctx context.Context, owner *db.DB, hash string) error {
	return fill(ctx, owner, hash, 1, func(tx *sqlx.Tx) error {
		return run(ctx, tx, "tools.sql", "school.sql", "crowd.sql", "money.sql", "catalogue.sql", "records.sql", "accounts.sql", "activity.sql")
	})
}

// fill opens the transaction, refuses a school with users, and hands the lessons over before it lets write do its work.
func fill(ctx context.Context, owner *db.DB, hash string, seed int64, write func(*sqlx.Tx) error) error {
	categories, lessons, err := read()
	if err != nil {
		return err
	}
	catalogue, err := json.Marshal(map[string]any{"categories": categories, "lessons": lessons})
	if err != nil {
		return err
	}
	tx, err := owner.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says ErrTxDone
	if _, err := tx.ExecContext(ctx, alone); err != nil {
		return err
	}
	var taken bool
	if err := tx.GetContext(ctx, &taken, anyone); err != nil {
		return err
	}
	if taken {
		return ErrNotEmpty
	}
	if _, err := tx.ExecContext(ctx, settings, hash, string(catalogue), strconv.FormatInt(seed, 10)); err != nil {
		return err
	}
	if err := write(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func run(ctx context.Context, tx *sqlx.Tx, names ...string) error {
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("demo %s: %w", name, err)
		}
	}
	return nil
}
