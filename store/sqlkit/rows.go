package sqlkit

import (
	"context"

	"lyceum/db"
	"lyceum/domain"
)

// Rows is Select with errors of the domain's kind.
func Rows[T any](ctx context.Context, q db.Querier, statement db.Statement, args ...any) ([]T, error) {
	if err := tooLong(args); err != nil {
		return nil, err
	}
	rows := []T{}
	if err := q.Select(ctx, &rows, statement, args...); err != nil {
		return nil, Wrap(err)
	}
	return rows, nil
}

// Row is Rows of one; nil when there is none.
func Row[T any](ctx context.Context, q db.Querier, statement db.Statement, args ...any) (*T, error) {
	rows, err := Rows[*T](ctx, q, statement, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// Counts is Rows of a statement that counts: its columns are name and rows.
func Counts(ctx context.Context, q db.Querier, statement db.Statement, args ...any) (map[string]int64, error) {
	counted, err := Rows[struct {
		Name string `db:"name"`
		Rows int64  `db:"rows"`
	}](ctx, q, statement, args...)
	byName := make(map[string]int64, len(counted))
	for _, one := range counted {
		byName[one.Name] = one.Rows
	}
	return byName, err
}

// maxText is what a text that is compared with rows may have, in bytes. PostgreSQL quotes a value that it cannot read in its error,
// and lib/pq takes an error of more than 30,000 bytes for the end of the connection's protocol without closing it.
const maxText = 16 << 10

// OwnText is a text of the program's own making, such as rows in JSON: it may be of any length.
type OwnText string

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
