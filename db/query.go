package db

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Querier reads and writes with prepared statements, in or outside a transaction. Each is prepared once and kept while it is
// in use.
type Querier interface {
	// Get scans exactly one row; sql.ErrNoRows when there is none.
	Get(ctx context.Context, dest any, query Statement, args ...any) error
	// Select scans all rows into a slice.
	Select(ctx context.Context, dest any, query Statement, args ...any) error
	// Exec runs a statement and says how many rows it touched.
	Exec(ctx context.Context, query Statement, args ...any) (int64, error)
}

// Statement is SQL that was written in the program, or put together from what was. It is a type of its own, which no string
// becomes by itself: what a client sent cannot be run by mistake, and what is run has been declared with store/sqlkit, whose
// test prepares it.
type Statement struct{ text string }

// NewStatement makes a statement that no test knows of. Of the product only store/sqlkit calls it; tests and benchmarks do.
func NewStatement(text string) Statement { return Statement{text} }

// String is the statement's SQL.
func (s Statement) String() string { return s.text }

// prepared is a statement that the caller releases.
func (d *DB) prepared(ctx context.Context, query Statement) (*prepared, error) {
	if d.watch != nil {
		d.watch(query.text)
	}
	if s := d.statements.take(query.text); s != nil {
		return s, nil
	}
	s, err := d.PreparexContext(ctx, query.text)
	if err != nil {
		return nil, err
	}
	return d.statements.keep(query.text, s), nil
}

// Get implements Querier. A read whose connection was lost is repeated once.
func (d *DB) Get(ctx context.Context, dest any, query Statement, args ...any) error {
	return d.with(ctx, query, repeatable(query), func(s *sqlx.Stmt) error { return s.GetContext(ctx, dest, args...) })
}

// Select implements Querier. A read whose connection was lost is repeated once.
func (d *DB) Select(ctx context.Context, dest any, query Statement, args ...any) error {
	rows := reflect.ValueOf(dest).Elem()
	before := rows.Len()
	return d.with(ctx, query, repeatable(query), func(s *sqlx.Stmt) error {
		rows.SetLen(before)
		return selectAll(ctx, s, dest, args...)
	})
}

// Exec implements Querier.
func (d *DB) Exec(ctx context.Context, query Statement, args ...any) (n int64, err error) {
	err = d.with(ctx, query, false, func(s *sqlx.Stmt) error {
		n, err = affected(s.ExecContext(ctx, args...))
		return err
	})
	return n, err
}

var ready = Statement{`select 1`}

// Ready asks the server for a sign of life. Errors: ErrBusy when all connections are taken, those of any statement.
func (d *DB) Ready(ctx context.Context) error {
	var one int
	return d.Get(withPatience(ctx, readyWait), &one, ready)
}

// repeatable reports whether a statement may be sent again when nobody knows whether it was run: it reads, or calls a
// function of maintenance, which does what is left to do.
func repeatable(query Statement) bool { return strings.HasPrefix(query.text, "select") }

func (d *DB) with(ctx context.Context, query Statement, again bool, run func(*sqlx.Stmt) error) error {
	if err := d.acquire(ctx); err != nil {
		return err
	}
	defer d.release()
	passes := func(err error) bool {
		lost := again && errors.Is(err, ErrLost)
		again = again && !lost
		return lost || Away(err)
	}
	return retry(ctx, reconnectPatience, reconnectPause, passes, func() error {
		began := time.Now()
		s, err := d.prepared(ctx, query)
		if err != nil {
			return err
		}
		defer s.release()
		err = run(s.Stmt)
		d.ended(ctx, query, began)
		return err
	})
}

func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}
