package sqlkit

import (
	"strconv"
	"time"

	"lyceum/domain"
)

// Order is a sort whose columns all run in one direction; the last is unique.
type Order[T any] struct {
	Columns []string // "i.published_at::timestamptz": what is compared, and the type of its value in a cursor
	Desc    bool
	Key     func(*T) []string // the values of Columns, as text
	Needs   []string          // the columns of the row that Key looks at, where they are projected
}

// InTime are the two orders by time. created is the column, id the unique one beside it; key gives the values of a row.
func InTime[T any](created, id string, key func(*T) []string) map[domain.TimeOrder]Order[T] {
	columns := []string{created + "::timestamptz", id}
	return map[domain.TimeOrder]Order[T]{
		domain.NewestFirst: {Columns: columns, Desc: true, Key: key},
		domain.OldestFirst: {Columns: columns, Key: key},
	}
}

// ordersWithin are the orders of rows within other rows.
func ordersWithin[T, R any, O ~string](orders map[O]Order[T], in func(*R) *T) map[O]Order[R] {
	within := make(map[O]Order[R], len(orders))
	for by, o := range orders {
		within[by] = Order[R]{Columns: o.Columns, Desc: o.Desc, Needs: o.Needs, Key: func(row *R) []string { return o.Key(in(row)) }}
	}
	return within
}

// Stamp writes an instant as cursors hold it.
func Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// StampOr writes an instant that may be missing; the order puts a coalesce to the same value around its column.
func StampOr(missing string, t *time.Time) string {
	if t == nil {
		return missing
	}
	return Stamp(*t)
}

// LogKey is the key of a row in a log, as cursors hold it.
func LogKey(at time.Time, id int64) []string { return []string{Stamp(at), strconv.FormatInt(id, 10)} }
