package sqlkit

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lyceum/db"
	"lyceum/domain"
)

// ListOf says what a keyset connection over rows T is made of, in orders named O, filtered by an F.
type ListOf[T any, O ~string, F any] struct {
	Name    string // part of its cursors
	Columns Columns
	From    string        // from … where …
	Count   string        // counts the rows; count(*) of From if it is empty
	Own     []func(F) any // the values of the parameters that From itself has
	Filters Filters[F]
	Orders  map[O]Order[T]
}

// List is a list that was declared. Its statements are put together from what the program says only: the columns, the
// filters that are asked, an order's columns, and a page size from a short list, since PostgreSQL plans a literal LIMIT far
// better than a parameter.
type List[T any, O ~string, F any] struct{ of ListOf[T, O, F] }

// NewList declares a list.
func NewList[T any, O ~string, F any](of ListOf[T, O, F]) *List[T, O, F] {
	if of.Count == "" {
		of.Count = "select count(*)" + of.From
	}
	l := &List[T, O, F]{of}
	declare(l.forms)
	return l
}

// Also declares the list with one more condition, which takes no parameter.
func (l *List[T, O, F]) Also(condition string) *List[T, O, F] {
	of := l.of
	of.From += condition
	of.Count += condition
	return NewList(of)
}

// Joined declares a list that reads more with each row: its rows R have a T in them, and come from more tables. It has the
// filters, the orders, the count and the cursors of the other list.
func Joined[R, T any, O ~string, F any](l *List[T, O, F], columns Columns, from string, in func(*R) *T) *List[R, O, F] {
	return NewList(ListOf[R, O, F]{
		Name: l.of.Name, Columns: columns, From: from, Count: l.of.Count, Own: l.of.Own, Filters: l.of.Filters,
		Orders: ordersWithin(l.of.Orders, in),
	})
}

// limits are the page sizes that statements are made for, one more than what clients usually ask for.
var limits = []int{6, 11, 21, 26, 51, domain.MaxPage + 1}

func limitFor(size int) int {
	i, _ := slices.BinarySearch(limits, size+1)
	return limits[i]
}

// Page reads one page. Errors: INVALID for a bad page or a foreign cursor.
func (l *List[T, O, F]) Page(ctx context.Context, q db.Querier, projection Projection, by O, args domain.PageArgs, f F,
) (*domain.Page[*T], error) {
	o, ok := l.of.Orders[by]
	if !ok {
		return nil, domain.Errorf(domain.CodeInvalid, "the order is unknown")
	}
	p, err := domain.ParsePage(args, l.cursorName(by), len(o.Columns))
	if err != nil {
		return nil, err
	}
	own := make([]any, len(l.of.Own), len(l.of.Own)+len(l.of.Filters))
	for i, value := range l.of.Own {
		own[i] = value(f)
	}
	where, params := l.of.Filters.asked(f, own)
	keyed := params[:len(params):len(params)]
	for _, v := range p.Key {
		keyed = append(keyed, v)
	}
	text := l.text(projection, o, where, len(params), p.Backward, p.Key != nil, limitFor(p.Size))
	rows, err := Rows[*T](ctx, q, db.NewStatement(text), keyed...)
	if err != nil {
		return nil, err
	}
	if p.Backward {
		slices.Reverse(rows)
	}
	return domain.NewPage(p, rows, l.Cursor(by), func(ctx context.Context) (n int64, err error) {
		return n, Wrap(q.Get(ctx, &n, db.NewStatement(l.of.Count+where), params...))
	}), nil
}

func (l *List[T, O, F]) cursorName(by O) string { return l.of.Name + ":" + string(by) }

// Cursor makes the cursors of rows in an order.
func (l *List[T, O, F]) Cursor(by O) func(*T) string {
	name, key := l.cursorName(by), l.of.Orders[by].Key
	return func(row *T) string { return domain.EncodeCursor(name, key(row)...) }
}

// FirstPage is the question for the first page in an order. Errors: INVALID.
func (l *List[T, O, F]) FirstPage(by O, size int32) (domain.PageQuery, error) {
	return domain.ParsePage(domain.PageArgs{First: &size}, l.cursorName(by), len(l.of.Orders[by].Columns))
}

// text puts a page's statement together; params is how many parameters come before those of the cursor.
func (l *List[T, O, F]) text(p Projection, o Order[T], where string, params int, backward, keyed bool, limit int) string {
	names, casts, sorts := make([]string, len(o.Columns)), make([]string, len(o.Columns)), make([]string, len(o.Columns))
	desc := o.Desc != backward
	direction, compare := " asc", " > "
	if desc {
		direction, compare = " desc", " < "
	}
	for i, c := range o.Columns {
		name, cast, _ := strings.Cut(c, "::")
		names[i], sorts[i] = name, name+direction
		casts[i] = fmt.Sprintf("$%d::%s", params+i+1, cast)
	}
	var b strings.Builder
	b.WriteString("select " + l.of.Columns.Text(p, o.Needs...) + l.of.From + where)
	if keyed {
		b.WriteString(" and (" + strings.Join(names, ", ") + ")" + compare + "(" + strings.Join(casts, ", ") + ")")
	}
	b.WriteString(" order by " + strings.Join(sorts, ", ") + " limit " + strconv.Itoa(limit))
	return b.String()
}

// forms are what Page can send: every order both ways, without filters and with all of them, whole rows and narrow ones; and the
// counts, with each filter.
func (l *List[T, O, F]) forms() []string {
	own := len(l.of.Own)
	all, allFilters, params := []string{l.of.Count}, "", own
	for _, c := range l.of.Filters {
		if c.flag {
			allFilters += c.holds(true)
			all = append(all, l.of.Count+c.holds(true), l.of.Count+c.holds(false))
			continue
		}
		params++
		allFilters += c.on(params)
		all = append(all, l.of.Count+c.on(own+1))
	}
	for _, p := range []Projection{nil, narrowest()} {
		for _, o := range l.of.Orders {
			for _, backward := range []bool{false, true} {
				for _, keyed := range []bool{false, true} {
					all = append(all, l.text(p, o, "", own, backward, keyed, limits[0]))
					all = append(all, l.text(p, o, allFilters, params, backward, keyed, limits[0]))
				}
			}
		}
	}
	return all
}
