package store

import (
	"context"

	"lyceum/db"
	"lyceum/domain"
)

// Reader reads. Its methods return rows in no promised order unless they say so, and leave out what is not there;
// loaders align. Errors are *domain.Error or internal.
type Reader struct {
	db         db.Querier
	projection Projection
}

// NewReader reads from a pool.
func NewReader(q db.Querier) Reader { return Reader{db: q} }

// selectRows is Select with errors of the store's kind.
func selectRows[T any](ctx context.Context, q db.Querier, query string, args ...any) ([]T, error) {
	if err := tooLong(args); err != nil {
		return nil, err
	}
	rows := []T{}
	if err := q.Select(ctx, &rows, query, args...); err != nil {
		return nil, wrap(err)
	}
	return rows, nil
}

// maxText is what a text that is compared with rows may have, in bytes. PostgreSQL quotes a value that it cannot read in its error,
// and lib/pq takes an error of more than 30,000 bytes for the end of the connection's protocol without closing it.
const maxText = 16 << 10

func tooLong(args []any) error {
	for _, a := range args {
		text, ok := a.(string)
		if p, isPointer := a.(*string); isPointer && p != nil {
			text, ok = *p, true
		}
		if ok && len(text) > maxText {
			return domain.Errorf(domain.CodeInvalid, "a value in the input is too long").Because("INVALID_VALUE")
		}
	}
	return nil
}

// getRow is Get with errors of the store's kind; nil when there is no row.
func getRow[T any](ctx context.Context, q db.Querier, query string, args ...any) (*T, error) {
	rows, err := selectRows[*T](ctx, q, query, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}
