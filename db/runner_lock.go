package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// An advisory lock could be held by any role that can connect; what stands in the runner's schema is the owner's alone.
const (
	runnerSchema = "create schema if not exists migration"
	runnerTable  = "create table if not exists migration.runner ()"
	// The transaction is idle for as long as files run, and the next runner waits for as long.
	runnerAwake   = "set local idle_in_transaction_session_timeout = 0"
	runnerPatient = "set local lock_timeout = 0"
	runnerLock    = "lock table migration.runner in access exclusive mode"
)

// holdRunner lets one runner at a time work, until the transaction it returns ends.
func holdRunner(ctx context.Context, d *sqlx.DB) (*sqlx.Tx, error) {
	for _, ddl := range []string{runnerSchema, runnerTable} {
		if _, err := d.ExecContext(ctx, ddl); err != nil && !madeMeanwhile(err) {
			return nil, err
		}
	}
	tx, err := d.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{runnerAwake, runnerPatient, runnerLock} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return nil, errors.Join(fmt.Errorf("wait for other runners: %w", err), tx.Rollback())
		}
	}
	return tx, nil
}

// madeMeanwhile reports whether another runner made the same thing at the same moment: IF NOT EXISTS does not see what is
// not committed yet.
func madeMeanwhile(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && (e.Code == pqerror.UniqueViolation || e.Code == pqerror.DuplicateSchema ||
		e.Code == pqerror.DuplicateTable || e.Code == pqerror.DuplicateObject)
}
