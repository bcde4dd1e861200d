package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
)

// list is a keyset connection over rows of T in orders named O. Its statements are put together from constants of this
// package only: the query, the filters that are asked, an order's columns, and a page size from a short list, since
// PostgreSQL plans a literal LIMIT far better than a parameter. A filter that is not asked is not in the statement: one
// that says `$1 is null or …` would keep the plan from its index.
type list[T any, O ~string] struct {
	name    string                                    // part of its cursors
	query   string                                    // select … from … where …
	rows    func(p Projection, needs []string) string // query, for a list whose columns are projected; see projected
	count   string                                    // counts the rows of query
	params  int                                       // how many parameters query and count have themselves
	filters []filter                                  // conditions, each on a value that may be left out
	orders  map[O]order[T]
}

// filter is a condition on a value, "u.account_status = ?", or one that holds or not, made by whether.
type filter struct {
	text string
	flag bool
}

// on makes filters of conditions on a value.
func on(texts ...string) []filter {
	filters := make([]filter, len(texts))
	for i, text := range texts {
		filters[i] = filter{text: text}
	}
	return filters
}

// beginsWith is a condition that a text begins with a value, in whatever case. Unlike LIKE it finds an index of lower(text)
// with text_pattern_ops also in a plan that does not know the value.
func beginsWith(text string) string {
	return "lower(" + text + ") ~>=~ lower(?) and lower(" + text + ") ~<~ (lower(?) || chr(1114111))"
}

// whether makes a filter that asks for the rows of which a condition holds, or for the others. The condition stands in the
// statement as it is, so that a partial index can serve it.
func whether(condition string) filter { return filter{text: condition, flag: true} }

// order is a sort whose columns all run in one direction; the last is unique.
type order[T any] struct {
	columns []string // "i.published_at::timestamptz": what is compared, and the type of its value in a cursor
	desc    bool
	key     func(*T) []string // the values of columns, as text
	needs   []string          // the columns of the row that key looks at, where they are projected
}

// limits are the page sizes that statements are made for, one more than what clients usually ask for.
var limits = []int{6, 11, 21, 26, 51, domain.MaxPage + 1}

func limitFor(size int) int {
	i, _ := slices.BinarySearch(limits, size+1)
	return limits[i]
}

// page reads one page. values are those of the list's own parameters, then one for each filter: a nil pointer asks
// nothing. Errors: INVALID for a bad page or a foreign cursor.
func (l list[T, O]) page(ctx context.Context, q db.Querier, by O, args domain.PageArgs, values ...any) (*domain.Page[*T], error) {
	o, ok := l.orders[by]
	if !ok {
		return nil, domain.Errorf(domain.CodeInvalid, "the order is unknown")
	}
	cursorName := l.name + ":" + string(by)
	p, err := domain.ParsePage(args, cursorName, len(o.columns))
	if err != nil {
		return nil, err
	}
	where, params := l.asked(values)
	keyed := params[:len(params):len(params)]
	for _, v := range p.Key {
		keyed = append(keyed, v)
	}
	rows, err := selectRows[*T](ctx, q, l.statement(o, where, len(params), p.Backward, p.Key != nil, limitFor(p.Size)), keyed...)
	if err != nil {
		return nil, err
	}
	if p.Backward {
		slices.Reverse(rows)
	}
	return domain.NewPage(p, rows,
		func(row *T) string { return domain.EncodeCursor(cursorName, o.key(row)...) },
		func(ctx context.Context) (n int64, err error) {
			return n, wrap(q.Get(ctx, &n, l.count+where, params...))
		}), nil
}

// also is the list with one more condition, which takes no parameter.
func (l list[T, O]) also(condition string) list[T, O] {
	l.query += condition
	l.count += condition
	if rows := l.rows; rows != nil {
		l.rows = func(p Projection, needs []string) string { return rows(p, needs) + condition }
	}
	return l
}

// asked are the conditions of the filters that have a value, and the parameters of the whole statement.
func (l list[T, O]) asked(values []any) (where string, params []any) {
	if len(values) != l.params+len(l.filters) {
		panic(fmt.Sprintf("the list %s takes %d values, not %d", l.name, l.params+len(l.filters), len(values)))
	}
	params = append(params, values[:l.params]...)
	for i, v := range values[l.params:] {
		r := reflect.ValueOf(v)
		if r.Kind() != reflect.Pointer || r.IsNil() {
			continue
		}
		if l.filters[i].flag {
			where += l.filters[i].holds(r.Elem().Bool())
			continue
		}
		params = append(params, v)
		where += condition(l.filters[i].text, len(params))
	}
	return where, params
}

// holds is a flag's condition.
func (f filter) holds(yes bool) string {
	if yes {
		return " and (" + f.text + ")"
	}
	return " and (" + f.text + ") is not true"
}

// condition is a filter on the nth parameter.
func condition(filter string, n int) string {
	return " and (" + strings.ReplaceAll(filter, "?", "$"+strconv.Itoa(n)) + ")"
}

// statement puts a page's statement together; params is how many parameters come before those of the cursor.
func (l list[T, O]) statement(o order[T], where string, params int, backward, keyed bool, limit int) string {
	names, casts, sorts := make([]string, len(o.columns)), make([]string, len(o.columns)), make([]string, len(o.columns))
	desc := o.desc != backward
	direction, compare := " asc", " > "
	if desc {
		direction, compare = " desc", " < "
	}
	for i, c := range o.columns {
		name, cast, _ := strings.Cut(c, "::")
		names[i], sorts[i] = name, name+direction
		casts[i] = fmt.Sprintf("$%d::%s", params+i+1, cast)
	}
	var b strings.Builder
	b.WriteString(l.query + where)
	if keyed {
		b.WriteString(" and (" + strings.Join(names, ", ") + ")" + compare + "(" + strings.Join(casts, ", ") + ")")
	}
	b.WriteString(" order by " + strings.Join(sorts, ", ") + " limit " + strconv.Itoa(limit))
	return b.String()
}

// statements are what page can send: every order both ways, and with all filters at once.
func (l list[T, O]) statements() []string {
	if l.rows != nil {
		l.query = l.rows(nil, nil)
	}
	all, allFilters, params := []string{l.count}, "", l.params
	for _, f := range l.filters {
		if f.flag {
			allFilters += f.holds(true)
			all = append(all, l.count+f.holds(true), l.count+f.holds(false))
			continue
		}
		params++
		allFilters += condition(f.text, params)
		all = append(all, l.count+condition(f.text, l.params+1))
	}
	for _, o := range l.orders {
		for _, backward := range []bool{false, true} {
			for _, keyed := range []bool{false, true} {
				all = append(all, l.statement(o, "", l.params, backward, keyed, limits[0]),
					l.statement(o, allFilters, params, backward, keyed, limits[0]))
			}
		}
	}
	return all
}

// parents say how a list's rows hang on their parents. filter is the list's filter on a parent's id; known may read what
// helps to find the rows of parent.id, for as many as ?, which within then asks of them.
type parents struct{ filter, known, within string }

// firstPages reads the first page of each of many parents' rows in one statement. parentOf reads the parent from a row; the
// pages continue with page.
func firstPages[K domain.TypedID, T any, O ~string](ctx context.Context, q db.Querier, l list[T, O], by O, of parents, ids []K, size int32, parentOf func(*T) K) (map[K]*domain.Page[*T], error) {
	o := l.orders[by]
	cursorName := l.name + ":" + string(by)
	p, err := domain.ParsePage(domain.PageArgs{First: &size}, cursorName, len(o.columns))
	if err != nil {
		return nil, err
	}
	rows, err := selectRows[*T](ctx, q, l.ofParents(o, of, limitFor(p.Size)), pq.Array(ids))
	if err != nil {
		return nil, err
	}
	byParent := make(map[K][]*T, len(ids))
	for _, row := range rows {
		parent := parentOf(row)
		byParent[parent] = append(byParent[parent], row)
	}
	counts := countsOf(q, l.countOfParents(of.filter), ids)
	pages := make(map[K]*domain.Page[*T], len(ids))
	for _, parent := range ids {
		pages[parent] = domain.NewPage(p, byParent[parent],
			func(row *T) string { return domain.EncodeCursor(cursorName, o.key(row)...) },
			func(ctx context.Context) (int64, error) { return counts(ctx, parent) })
	}
	return pages, nil
}

// countOfParents counts the rows of each of many parents.
func (l list[T, O]) countOfParents(filter string) string {
	return "select parent.id, (" + l.count + " and (" + strings.ReplaceAll(filter, "?", "parent.id") + ")) as n from unnest($1::uuid[]) parent (id)"
}

// countsOf counts the rows of many parents in one statement, once the count of any of them is asked for.
func countsOf[K domain.TypedID](q db.Querier, statement string, ids []K) func(context.Context, K) (int64, error) {
	type count struct {
		ID K     `db:"id"`
		N  int64 `db:"n"`
	}
	var once sync.Once
	var err error
	byParent := make(map[K]int64, len(ids))
	return func(ctx context.Context, parent K) (int64, error) {
		once.Do(func() {
			var counts []count
			if counts, err = selectRows[count](ctx, q, statement, pq.Array(ids)); err == nil {
				for _, c := range counts {
					byParent[c.ID] = c.N
				}
			}
		})
		return byParent[parent], err
	}
}

// ofParents is the statement of firstPages. Each parent's rows come from a nested loop of their own and stay in order.
func (l list[T, O]) ofParents(o order[T], of parents, limit int) string {
	where := " and (" + strings.ReplaceAll(of.filter, "?", "parent.id") + ")" + of.within
	return "select child.* from unnest($1::uuid[]) parent (id) " + strings.ReplaceAll(of.known, "?", strconv.Itoa(limit)) +
		" cross join lateral (" + l.statement(o, where, 0, false, false, limit) + ") child"
}

// inTime are the two orders by time. created is the column, id the unique one beside it; key gives the values of a row.
func inTime[T any](created, id string, key func(*T) []string) map[domain.TimeOrder]order[T] {
	columns := []string{created + "::timestamptz", id}
	return map[domain.TimeOrder]order[T]{
		domain.NewestFirst: {columns: columns, desc: true, key: key},
		domain.OldestFirst: {columns: columns, key: key},
	}
}

// stamp writes an instant as cursors hold it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// stampOr writes an instant that may be missing; the order puts a coalesce to the same value around its column.
func stampOr(missing string, t *time.Time) string {
	if t == nil {
		return missing
	}
	return stamp(*t)
}
