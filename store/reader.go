package store

import (
	"context"

	"lyceum/db"
)

// Reader reads. Its methods return rows in no promised order unless they say so, and leave out what is not there;
// loaders align. Errors are *domain.Error or internal.
type Reader struct {
	db     db.Querier
	items  string          // the columns of items that it reads; all of them if empty
	fields map[string]bool // what is looked at; everything if nil
}

// NewReader reads from a pool.
func NewReader(q db.Querier) Reader { return Reader{db: q} }

// selectRows is Select with errors of the store's kind.
func selectRows[T any](ctx context.Context, q db.Querier, query string, args ...any) ([]T, error) {
	rows := []T{}
	if err := q.Select(ctx, &rows, query, args...); err != nil {
		return nil, wrap(err)
	}
	return rows, nil
}

// getRow is Get with errors of the store's kind; nil when there is no row.
func getRow[T any](ctx context.Context, q db.Querier, query string, args ...any) (*T, error) {
	rows, err := selectRows[*T](ctx, q, query, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}
