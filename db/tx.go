package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Tx is a transaction; it implements Querier.
type Tx struct {
	tx     *sqlx.Tx
	db     *DB
	missed []Statement // what the pool has not prepared yet
}

// Origin is on whose behalf a transaction runs, and from where; the audit triggers name it. What is empty is not known. The zero
// Origin is the program itself.
type Origin struct {
	Actor     string // a uuid
	Request   string
	Session   string // a uuid
	Address   string
	UserAgent string
}

// setOrigin tells the audit triggers on whose behalf the transaction runs.
var setOrigin = Statement{`select set_config('lyceum.actor', $1, true), set_config('lyceum.request', $2, true),
	set_config('lyceum.session', $3, true), set_config('lyceum.address', $4, true), set_config('lyceum.agent', $5, true)`}

// InTx runs fn in a transaction on somebody's behalf and commits if fn returns nil. It never runs fn twice. Errors: ErrBusy,
// ErrOutcomeUnknown when the answer to COMMIT was lost, and those of any statement.
func (d *DB) InTx(ctx context.Context, from Origin, fn func(*Tx) error) (err error) {
	defer func() {
		// database/sql rolls back when the context ends, and may say only that it did.
		if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	}()
	if err := d.acquire(ctx); err != nil {
		return err
	}
	defer d.release()
	var tx *sqlx.Tx
	err = retry(ctx, reconnectPatience, reconnectPause, Away, func() (err error) { tx, err = d.BeginTxx(ctx, nil); return err })
	if err != nil {
		return err
	}
	t := &Tx{tx: tx, db: d}
	defer t.prepareMissed(ctx)
	defer tx.Rollback() //nolint:errcheck // after Commit it says ErrTxDone, before it the first error matters
	if _, err := t.Exec(ctx, setOrigin, from.Actor, from.Request, from.Session, from.Address, from.UserAgent); err != nil {
		return err
	}
	if err := fn(t); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil { // database/sql may learn of it a moment later, and COMMIT would be sent
		return err
	}
	return tx.Commit()
}

// SQL is the transaction underneath, for libraries that insert with it.
func (t *Tx) SQL() *sql.Tx { return t.tx.Tx }

// with runs a statement of the transaction.
func (t *Tx) with(ctx context.Context, query Statement, run func(*sqlx.Stmt) error) error {
	began := time.Now()
	s, err := t.prepared(ctx, query)
	if err != nil {
		return err
	}
	defer s.Close()
	err = run(s)
	t.db.ended(ctx, query, began)
	return err
}

func (t *Tx) prepared(ctx context.Context, query Statement) (*sqlx.Stmt, error) {
	if t.db.watch != nil {
		t.db.watch(query.text)
	}
	if s := t.db.statements.take(query.text); s != nil {
		defer s.release() // the transaction's own depends on it, and lives on
		return t.tx.StmtxContext(ctx, s.Stmt), nil
	}
	// On the transaction's own connection: asking the pool for another while holding one can deadlock.
	t.missed = append(t.missed, query)
	return t.tx.PreparexContext(ctx, query.text)
}

// prepareMissed keeps for the next transaction what this one had to prepare for itself.
func (t *Tx) prepareMissed(ctx context.Context) {
	for _, query := range t.missed {
		if t.db.statements.has(query.text) {
			continue
		}
		s, err := t.db.PreparexContext(ctx, query.text)
		if err != nil {
			return // it will be missed again
		}
		t.db.statements.keep(query.text, s).release()
	}
}

// Get implements Querier.
func (t *Tx) Get(ctx context.Context, dest any, query Statement, args ...any) error {
	return t.with(ctx, query, func(s *sqlx.Stmt) error { return s.GetContext(ctx, dest, args...) })
}

// Select implements Querier.
func (t *Tx) Select(ctx context.Context, dest any, query Statement, args ...any) error {
	return t.with(ctx, query, func(s *sqlx.Stmt) error { return selectAll(ctx, s, dest, args...) })
}

// Exec implements Querier.
func (t *Tx) Exec(ctx context.Context, query Statement, args ...any) (n int64, err error) {
	err = t.with(ctx, query, func(s *sqlx.Stmt) error {
		n, err = affected(s.ExecContext(ctx, args...))
		return err
	})
	return n, err
}
