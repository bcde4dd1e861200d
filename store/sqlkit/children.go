package sqlkit

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
)

// Parents say how a list's rows hang on their parents. Filter is the list's filter on a parent's id; Known may read what
// helps to find the rows of parent.id, for as many as ?, which Within then asks of them.
type Parents struct{ Filter, Known, Within string }

// Children are the first pages of a list's rows of each of many parents.
type Children[K domain.TypedID, T any] struct {
	first    func(size int32) (domain.PageQuery, error)
	page     *Paged
	count    db.Statement
	cursor   func(*T) string
	parentOf func(*T) K
}

// ChildrenOf declares the first pages of a list in an order. parentOf reads the parent from a row. Each parent's rows come from a
// nested loop of their own and stay in order.
func ChildrenOf[K domain.TypedID, T any, O ~string, F any](l *List[T, O, F], by O, of Parents, parentOf func(*T) K) *Children[K, T] {
	ofParent := " and (" + strings.ReplaceAll(of.Filter, "?", "parent.id") + ")"
	order := l.of.Orders[by]
	return &Children[K, T]{
		first: func(size int32) (domain.PageQuery, error) { return l.FirstPage(by, size) },
		page: Pages(func(p Projection, limit int) string {
			return "select child.* from unnest($1::uuid[]) parent (id) " + strings.ReplaceAll(of.Known, "?", strconv.Itoa(limit)) +
				" cross join lateral (" + l.text(p, order, ofParent+of.Within, 0, false, false, limit) + ") child"
		}),
		count:  Statement("select parent.id, (" + l.of.Count + ofParent + ") as n from unnest($1::uuid[]) parent (id)"),
		cursor: l.Cursor(by), parentOf: parentOf,
	}
}

// First reads the first page of each parent's rows in one statement. The pages continue with those of the list.
func (c *Children[K, T]) First(ctx context.Context, q db.Querier, projection Projection, ids []K, size int32,
) (map[K]*domain.Page[*T], error) {
	p, err := c.first(size)
	if err != nil {
		return nil, err
	}
	rows, err := Rows[*T](ctx, q, c.page.For(projection, p.Size), pq.Array(ids))
	if err != nil {
		return nil, err
	}
	byParent := make(map[K][]*T, len(ids))
	for _, row := range rows {
		parent := c.parentOf(row)
		byParent[parent] = append(byParent[parent], row)
	}
	return PagesByParent(p, ids, byParent, c.cursor, q, c.count), nil
}

// PagesByParent makes the pages of many parents' rows. count is the statement that counts the rows of many parents, as rows of
// id and n; it is sent once the count of any of them is asked for.
func PagesByParent[K domain.TypedID, T any](p domain.PageQuery, ids []K, byParent map[K][]*T, cursor func(*T) string, q db.Querier,
	count db.Statement,
) map[K]*domain.Page[*T] {
	counts := countsOf(q, count, ids)
	pages := make(map[K]*domain.Page[*T], len(ids))
	for _, parent := range ids {
		pages[parent] = domain.NewPage(p, byParent[parent], cursor, func(ctx context.Context) (int64, error) { return counts(ctx, parent) })
	}
	return pages
}

func countsOf[K domain.TypedID](q db.Querier, statement db.Statement, ids []K) func(context.Context, K) (int64, error) {
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
			if counts, err = Rows[count](ctx, q, statement, pq.Array(ids)); err == nil {
				for _, c := range counts {
					byParent[c.ID] = c.N
				}
			}
		})
		return byParent[parent], err
	}
}
