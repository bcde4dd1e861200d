package relations

import (
	"context"

	"lyceum/domain"
	"lyceum/graph/loaders"
	"lyceum/store"
)

// Relation is how a field of rows of type P is read: by which key of the row, through which loader. V is what the field
// answers with: a row or nil, a list of rows, or a page.
type Relation[P, V any] struct {
	columns  []string
	prefetch func(context.Context, *loaders.Set, []P, Args)
	load     func(context.Context, *loaders.Set, P, Args) (V, error)
}

// Args are the arguments of lists that their first pages are read by.
type Args struct {
	Size  int32
	Below bool // with the rows of all categories below
}

// Of answers the field of one row.
func (r Relation[P, V]) Of(ctx context.Context, parent P) (V, error) {
	return r.load(ctx, loaders.From(ctx), parent, Args{})
}

// from says which columns of the row the key is made of. Without it the whole row is read.
func (r Relation[P, V]) from(columns ...string) Relation[P, V] {
	r.columns = columns
	return r
}

// Columns are those of the row that the relation goes by; nil if that is not known.
func (r Relation[P, V]) Columns() []string { return r.columns }

// Prefetch begins to read the field of many rows at once; Load then finds what it read.
func (r Relation[P, V]) Prefetch(ctx context.Context, s *loaders.Set, parents []P, args Args) {
	r.prefetch(ctx, s, parents, args)
}

// Load reads the field of one row.
func (r Relation[P, V]) Load(ctx context.Context, s *loaders.Set, parent P, args Args) (V, error) {
	return r.load(ctx, s, parent, args)
}

// one is a relation to one row, by a key that a row may lack.
func one[P any, K comparable, V any](loader *loaders.Loader[K, *V], key func(P) *K) Relation[P, *V] {
	return via(loader, key, func(v *V) *V { return v })
}

// via is a relation to a row that stands within what the loader reads.
func via[P any, K comparable, R, V any](loader *loaders.Loader[K, *R], key func(P) *K, in func(*R) *V) Relation[P, *V] {
	return Relation[P, *V]{
		prefetch: func(ctx context.Context, s *loaders.Set, parents []P, _ Args) {
			loader.Prefetch(ctx, s, keys(parents, key))
		},
		load: func(ctx context.Context, s *loaders.Set, parent P, _ Args) (*V, error) {
			k := key(parent)
			if k == nil {
				return nil, nil
			}
			row, err := loader.Load(ctx, s, *k)
			if err != nil || row == nil {
				return nil, err
			}
			return in(row), nil
		},
	}
}

// many is a relation to a list of rows, by a key that every row has.
func many[P any, K comparable, V any](loader *loaders.Loader[K, []V], key func(P) K) Relation[P, []V] {
	return Relation[P, []V]{
		prefetch: func(ctx context.Context, s *loaders.Set, parents []P, _ Args) {
			loader.Prefetch(ctx, s, keys(parents, func(p P) *K { k := key(p); return &k }))
		},
		load: func(ctx context.Context, s *loaders.Set, parent P, _ Args) ([]V, error) {
			return loader.Load(ctx, s, key(parent))
		},
	}
}

// List is a relation to a list that is read page by page. Its first page comes through a loader, for all rows at once; Page
// reads any other.
type List[P, V any] struct {
	Relation[P, *domain.Page[V]]
	page func(context.Context, store.Reader, P, Args, domain.PageArgs) (*domain.Page[V], error)
}

// Page answers the list of one row.
func (l List[P, V]) Page(ctx context.Context, parent P, page domain.PageArgs) (*domain.Page[V], error) {
	return l.PageWith(ctx, parent, Args{}, page)
}

// PageWith is Page with more arguments than those of pages; the size among them is not looked at.
func (l List[P, V]) PageWith(ctx context.Context, parent P, args Args, page domain.PageArgs) (*domain.Page[V], error) {
	set := loaders.From(ctx)
	if page.Last != nil || page.After != nil || page.Before != nil {
		return l.page(ctx, set.Reader, parent, args, page)
	}
	args.Size = domain.DefaultPage
	if page.First != nil {
		args.Size = *page.First
	}
	return l.load(ctx, set, parent, args)
}

// children is a list of the rows that belong to a row.
func children[P any, K comparable, V any](loader *loaders.Loader[loaders.ChildrenKey[K], *domain.Page[V]], key func(P) K,
	page func(context.Context, store.Reader, K, domain.PageArgs) (*domain.Page[V], error),
) List[P, V] {
	return pages(loader, func(p P, a Args) loaders.ChildrenKey[K] { return loaders.ChildrenKey[K]{Parent: key(p), Size: a.Size} },
		func(ctx context.Context, r store.Reader, p P, _ Args, args domain.PageArgs) (*domain.Page[V], error) {
			return page(ctx, r, key(p), args)
		})
}

// pages is children with any key.
func pages[P any, K comparable, V any](loader *loaders.Loader[K, *domain.Page[V]], key func(P, Args) K,
	page func(context.Context, store.Reader, P, Args, domain.PageArgs) (*domain.Page[V], error),
) List[P, V] {
	return List[P, V]{page: page, Relation: Relation[P, *domain.Page[V]]{
		columns: []string{"id"}, // parents of lists are found by their ids
		prefetch: func(ctx context.Context, s *loaders.Set, parents []P, a Args) {
			loader.Prefetch(ctx, s, keys(parents, func(p P) *K { k := key(p, a); return &k }))
		},
		load: func(ctx context.Context, s *loaders.Set, parent P, a Args) (*domain.Page[V], error) {
			return loader.Load(ctx, s, key(parent, a))
		},
	}}
}

// keys are the keys of the rows that have one.
func keys[P, K any](parents []P, key func(P) *K) []K {
	list := make([]K, 0, len(parents))
	for _, p := range parents {
		if k := key(p); k != nil {
			list = append(list, *k)
		}
	}
	return list
}
