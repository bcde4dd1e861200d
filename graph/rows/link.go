package rows

import (
	"context"
	"errors"

	"lyceum/domain"
	"lyceum/graph/loaders"
)

// link is a field that points at other rows, or at a value that is read apart.
type link struct {
	to    string // the GraphQL type of what it points at; empty for a value
	shape shape
	// ahead begins to read what the field of all rows points at.
	ahead func(ctx context.Context, l *loaders.Set, w ask, rows []any)
	// found waits for it and returns it. It is called where more is asked below, and always if late.
	found func(ctx context.Context, l *loaders.Set, w ask, rows []any) ([]any, error)
	late  bool
	// answer is what one row's field points at.
	answer func(ctx context.Context, l *loaders.Set, w ask, row any) (any, error)
}

// ask is how a list below is asked.
type ask struct {
	size  int32
	below bool
}

// shape is what a link's answer looks like.
type shape int

const (
	single  shape = iota // a row, or nil
	several              // []any
	paged                // page
	value                // something that is no row
)

// page is a connection's page, of whatever rows.
type page interface {
	Len() int
	Row(i int) (row any, cursor func() string)
	Info() *domain.PageInfo
	TotalCount(ctx context.Context) (int64, error)
}

// errDoubt gives an answer back to gqlgen.
var errDoubt = errors.New("this is answered field by field")

// one is a field that points at one row or none, by key.
func one[R, V any, K comparable](to string, loader func(*loaders.Set) *loaders.Loader[K, *V], key func(*R) *K) link {
	return via(to, loader, key, func(v *V) *V { return v })
}

// via is one whose row stands within what the loader reads.
func via[R, V, T any, K comparable](to string, loader func(*loaders.Set) *loaders.Loader[K, *V], key func(*R) *K, in func(*V) *T) link {
	return link{
		to: to, shape: single,
		ahead: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) { loader(l).Expect(ctx, keys(rows, key)) },
		found: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) ([]any, error) {
			values, err := loader(l).All(ctx, keys(rows, key))
			found := make([]any, 0, len(values))
			for _, v := range values {
				found = append(found, in(v))
			}
			return found, err
		},
		answer: func(ctx context.Context, l *loaders.Set, _ ask, row any) (any, error) {
			k := key(row.(*R)) //nolint:forcetypeassert // the table says so, and a test asks every link
			if k == nil {
				return nil, nil
			}
			v, err := loader(l).Load(ctx, *k)
			if err != nil || v == nil {
				return nil, err
			}
			return in(v), nil
		},
	}
}

// many is a field that points at a list of rows, by key.
func many[R, V any, K comparable](to string, loader func(*loaders.Set) *loaders.Loader[K, []*V], key func(*R) *K) link {
	return link{
		to: to, shape: several,
		ahead: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) { loader(l).Expect(ctx, keys(rows, key)) },
		found: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) ([]any, error) {
			lists, err := loader(l).All(ctx, keys(rows, key))
			var found []any
			for _, list := range lists {
				found = append(found, anys(list)...)
			}
			return found, err
		},
		answer: func(ctx context.Context, l *loaders.Set, _ ask, row any) (any, error) {
			list, err := loader(l).Load(ctx, *key(row.(*R))) //nolint:forcetypeassert // see one
			return anys(list), err
		},
	}
}

// children is a list that hangs on a row, by its first page.
func children[R, V any, K comparable](to string, loader func(*loaders.Set) *loaders.Loader[loaders.ChildrenKey[K], *domain.Page[*V]], key func(*R) *K) link {
	return pages(to, loader, func(row *R, w ask) loaders.ChildrenKey[K] {
		return loaders.ChildrenKey[K]{Parent: *key(row), Size: w.size}
	})
}

// pages is children with any key.
func pages[R, V any, K comparable](to string, loader func(*loaders.Set) *loaders.Loader[K, *domain.Page[*V]], key func(*R, ask) K) link {
	of := func(rows []any, w ask) []K {
		return keys(rows, func(row *R) *K { k := key(row, w); return &k })
	}
	return link{
		to: to, shape: paged,
		ahead: func(ctx context.Context, l *loaders.Set, w ask, rows []any) { loader(l).Expect(ctx, of(rows, w)) },
		found: func(ctx context.Context, l *loaders.Set, w ask, rows []any) ([]any, error) {
			all, err := loader(l).All(ctx, of(rows, w))
			var found []any
			for _, p := range all {
				found = append(found, rowsIn(p)...)
			}
			return found, err
		},
		answer: func(ctx context.Context, l *loaders.Set, w ask, row any) (any, error) {
			p, err := loader(l).Load(ctx, key(row.(*R), w)) //nolint:forcetypeassert // see one
			if err != nil || p == nil {
				return nil, errors.Join(err, errDoubt)
			}
			return p, nil
		},
	}
}

// keys are one value of each row that has one.
func keys[R, K any](rows []any, key func(*R) *K) []K {
	list := make([]K, 0, len(rows))
	for _, row := range rows {
		if k := key(row.(*R)); k != nil { //nolint:forcetypeassert // see one
			list = append(list, *k)
		}
	}
	return list
}

func anys[T any](list []*T) []any {
	all := make([]any, len(list))
	for i, v := range list {
		all[i] = v
	}
	return all
}

func rowsIn(p page) []any {
	all := make([]any, p.Len())
	for i := range all {
		all[i], _ = p.Row(i)
	}
	return all
}
