package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/graph/loaders"
)

// A list announces its rows: it looks ahead at what is asked of them and has the loaders read all of it at once, so that
// the fields find their values. Each kind of row has an expecter in expect_<word>.go, which calls those of the rows
// below. What nobody announced is still loaded, gathered from field to field.

// expecter announces what is asked of rows.
type expecter[R any] func(ctx context.Context, fields asked, rows []R) error

// pageOf announces what is asked of the rows of the page that ctx's field answers.
func pageOf[R any](ctx context.Context, p *domain.Page[R], err error, below expecter[R]) (*domain.Page[R], error) {
	if err != nil || len(p.Edges) == 0 {
		return p, err
	}
	f := graphql.GetFieldContext(ctx).Field
	return p, below(ctx, aheadOf(ctx).rowsOf(f.Field, f.Selections), p.Nodes())
}

// listOf announces what is asked of the rows of the plain list that ctx's field answers.
func listOf[R any](ctx context.Context, list []R, err error, below expecter[R]) ([]R, error) {
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, below(ctx, aheadOf(ctx).fields(graphql.GetFieldContext(ctx).Field.Selections), list)
}

// rowOf announces what is asked of the one row that ctx's field answers.
func rowOf[R any](ctx context.Context, row *R, err error, below expecter[*R]) (*R, error) {
	if err != nil || row == nil {
		return nil, err
	}
	return row, below(ctx, aheadOf(ctx).fields(graphql.GetFieldContext(ctx).Field.Selections), []*R{row})
}

// childPage answers a list that hangs on a row: its first page through a loader, for all rows at once, another with read.
func childPage[K comparable, V any](ctx context.Context, parent K, loader func() *loaders.Loader[loaders.ChildrenKey[K], *domain.Page[V]], below expecter[V], read func() (*domain.Page[V], error)) (*domain.Page[V], error) {
	f := graphql.GetFieldContext(ctx).Field.Field
	size, first := aheadOf(ctx).firstPage(f)
	if !first {
		page, err := read()
		return pageOf(ctx, page, err, below)
	}
	page, err := loader().Load(ctx, loaders.ChildrenKey[K]{Parent: parent, Size: size})
	if err != nil || !aheadOf(ctx).once(f) {
		return page, err
	}
	return pageOf(ctx, page, nil, below)
}

// keys are one value of each row that has one.
func keys[R, K any](rows []R, key func(R) *K) []K {
	list := make([]K, 0, len(rows))
	for _, row := range rows {
		if k := key(row); k != nil {
			list = append(list, *k)
		}
	}
	return list
}

// expect announces what a field of each row points at.
func expect[R any, K comparable, V any](ctx context.Context, fields asked, name string, loader func() *loaders.Loader[K, V], rows []R, key func(R) *K) {
	if fields.has(name) {
		loader().Expect(ctx, keys(rows, key))
	}
}

// expectBelow announces what a field of each row points at, waits for it, and announces what is asked of that.
func expectBelow[R any, K comparable, V any](ctx context.Context, fields asked, name string, loader func() *loaders.Loader[K, *V], rows []R, key func(R) *K, below expecter[*V]) error {
	f := fields[name]
	if f == nil {
		return nil
	}
	found, err := loader().All(ctx, keys(rows, key))
	if err != nil || len(found) == 0 {
		return err
	}
	return below(ctx, aheadOf(ctx).fields(f.below), found)
}

// expectChildren announces the first pages of the lists that hang on rows, and what is asked of their rows.
func expectChildren[R any, K comparable, V any](ctx context.Context, fields asked, name string, loader func() *loaders.Loader[loaders.ChildrenKey[K], *domain.Page[V]], rows []R, key func(R) *K, below expecter[V]) error {
	f := fields[name]
	if f == nil {
		return nil
	}
	size, first := aheadOf(ctx).firstPage(f.Field)
	if !first {
		return nil
	}
	aheadOf(ctx).once(f.Field)
	pages, err := loader().All(ctx, keys(rows, func(row R) *loaders.ChildrenKey[K] {
		return &loaders.ChildrenKey[K]{Parent: *key(row), Size: size}
	}))
	if err != nil {
		return err
	}
	var children []V
	for _, page := range pages {
		children = append(children, page.Nodes()...)
	}
	if len(children) == 0 {
		return nil
	}
	return below(ctx, aheadOf(ctx).rowsOf(f.Field, f.below), children)
}
