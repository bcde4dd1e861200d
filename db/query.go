package db

import (
	"context"
	"database/sql"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jmoiron/sqlx"
)

// Querier reads and writes with prepared statements, in or outside a transaction. Every SQL text must be a constant of
// the program, or put together from such: each is prepared once and kept while it is in use.
type Querier interface {
	// Get scans exactly one row; sql.ErrNoRows when there is none.
	Get(ctx context.Context, dest any, query string, args ...any) error
	// Select scans all rows into a slice.
	Select(ctx context.Context, dest any, query string, args ...any) error
	// Exec runs a statement and says how many rows it touched.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
}

// gateWait is how long a request waits for a free connection before it is told that the house is full.
const gateWait = time.Second

func (d *DB) enter(ctx context.Context) error {
	select {
	case d.gate <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(gateWait)
	defer timer.Stop()
	select {
	case d.gate <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return ErrBusy
	}
}

func (d *DB) leave() { <-d.gate }

// maxStatements bounds what the connections keep prepared. Lists have a statement for each set of filters; a client that
// asks for all of them must not fill the server's memory.
const maxStatements = 512

// forgotten statements are closed once nobody can be using them any more.
const forgottenAfter = time.Minute

func newStatements() *lru.Cache[string, *sqlx.Stmt] {
	c, err := lru.NewWithEvict(maxStatements, func(_ string, s *sqlx.Stmt) {
		time.AfterFunc(forgottenAfter, func() { _ = s.Close() })
	})
	if err != nil {
		panic(err) // the size is positive
	}
	return c
}

func (d *DB) prepared(ctx context.Context, query string) (*sqlx.Stmt, error) {
	if d.watch != nil {
		d.watch(query)
	}
	if s, ok := d.statements.Get(query); ok {
		return s, nil
	}
	s, err := d.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return d.keep(query, s), nil
}

// keep remembers a prepared statement, or returns the one that another request has kept meanwhile.
func (d *DB) keep(query string, s *sqlx.Stmt) *sqlx.Stmt {
	if first, raced, _ := d.statements.PeekOrAdd(query, s); raced {
		_ = s.Close()
		return first
	}
	return s
}

// Get implements Querier.
func (d *DB) Get(ctx context.Context, dest any, query string, args ...any) error {
	return d.with(ctx, query, func(s *sqlx.Stmt) error { return s.GetContext(ctx, dest, args...) })
}

// Select implements Querier.
func (d *DB) Select(ctx context.Context, dest any, query string, args ...any) error {
	return d.with(ctx, query, func(s *sqlx.Stmt) error { return selectAll(ctx, s, dest, args...) })
}

// Exec implements Querier.
func (d *DB) Exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = d.with(ctx, query, func(s *sqlx.Stmt) error {
		n, err = affected(s.ExecContext(ctx, args...))
		return err
	})
	return n, err
}

func (d *DB) with(ctx context.Context, query string, run func(*sqlx.Stmt) error) error {
	if err := d.enter(ctx); err != nil {
		return err
	}
	defer d.leave()
	return retry(ctx, reconnectPatience, Away, func() error {
		s, err := d.prepared(ctx, query)
		if err != nil {
			return err
		}
		return run(s)
	})
}

func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}
