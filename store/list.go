package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lyceum/db"
	"lyceum/domain"
)

// list is a keyset connection over rows of T in orders named O. Its statements are put together from constants of this
// package only: the query, an order's columns, and a page size from a short list, since PostgreSQL plans a literal
// LIMIT far better than a parameter.
type list[T any, O ~string] struct {
	name   string // part of its cursors
	query  string // select … from … where …, with the filters as its parameters
	count  string // counts the same rows with the same parameters
	params int    // how many parameters query has
	orders map[O]order[T]
}

// order is a sort whose columns all run in one direction; the last is unique.
type order[T any] struct {
	columns []string // "i.published_at::timestamptz": what is compared, and the type of its value in a cursor
	desc    bool
	key     func(*T) []string // the values of columns, as text
}

// limits are the page sizes that statements are made for, one more than what clients usually ask for.
var limits = []int{11, 21, 26, 51, domain.MaxPage + 1}

func limitFor(size int) int {
	i, _ := slices.BinarySearch(limits, size+1)
	return limits[i]
}

// page reads one page. Errors: INVALID for a bad page or a foreign cursor.
func (l list[T, O]) page(ctx context.Context, q db.Querier, by O, args domain.PageArgs, params ...any) (*domain.Page[*T], error) {
	o, ok := l.orders[by]
	if !ok {
		return nil, domain.Errorf(domain.CodeInvalid, "there is no such order")
	}
	cursorName := l.name + ":" + string(by)
	p, err := domain.ParsePage(args, cursorName, len(o.columns))
	if err != nil {
		return nil, err
	}
	filters := params
	for _, v := range p.Key {
		params = append(params, v)
	}
	rows, err := selectRows[*T](ctx, q, l.statement(o, p.Backward, p.Key != nil, limitFor(p.Size)), params...)
	if err != nil {
		return nil, err
	}
	if p.Backward {
		slices.Reverse(rows)
	}
	return domain.NewPage(p, rows,
		func(row *T) string { return domain.EncodeCursor(cursorName, o.key(row)...) },
		func(ctx context.Context) (n int64, err error) { return n, wrap(q.Get(ctx, &n, l.count, filters...)) }), nil
}

func (l list[T, O]) statement(o order[T], backward, keyed bool, limit int) string {
	names, casts, sorts := make([]string, len(o.columns)), make([]string, len(o.columns)), make([]string, len(o.columns))
	desc := o.desc != backward
	direction, compare := " asc", " > "
	if desc {
		direction, compare = " desc", " < "
	}
	for i, c := range o.columns {
		name, cast, _ := strings.Cut(c, "::")
		names[i], sorts[i] = name, name+direction
		casts[i] = fmt.Sprintf("$%d::%s", l.params+i+1, cast)
	}
	var b strings.Builder
	b.WriteString(l.query)
	if keyed {
		b.WriteString(" and (" + strings.Join(names, ", ") + ")" + compare + "(" + strings.Join(casts, ", ") + ")")
	}
	b.WriteString(" order by " + strings.Join(sorts, ", ") + " limit " + strconv.Itoa(limit))
	return b.String()
}

// statements are all that page can send.
func (l list[T, O]) statements() []string {
	all := []string{l.count}
	for _, o := range l.orders {
		for _, limit := range limits {
			for _, backward := range []bool{false, true} {
				all = append(all, l.statement(o, backward, true, limit), l.statement(o, backward, false, limit))
			}
		}
	}
	return all
}

// stamp writes an instant as cursors hold it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
