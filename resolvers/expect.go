package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/graph/loaders"
	"lyceum/graph/rows"
	"lyceum/store"
)

// pageOf has everything read ahead that is asked of the rows of the page that ctx's field answers.
func pageOf[R any](ctx context.Context, p *domain.Page[R], err error) (*domain.Page[R], error) {
	if err != nil {
		return nil, err
	}
	return p, rows.Ahead(ctx, p)
}

// joinsOf is what is asked of the items that ctx's field answers with and is read in the same statement.
func joinsOf(ctx context.Context) store.ItemJoins {
	return store.ItemJoins{Category: rows.Asks(ctx, "category"), Author: rows.Asks(ctx, "author"), Popularity: rows.Asks(ctx, "popularity")}
}

// listOf does so for a plain list.
func listOf[R any](ctx context.Context, list []R, err error) ([]R, error) {
	if err != nil {
		return nil, err
	}
	return list, rows.Ahead(ctx, list)
}

// rowOf does so for a single row.
func rowOf[R any](ctx context.Context, row *R, err error) (*R, error) {
	if err != nil || row == nil {
		return nil, err
	}
	return row, rows.Ahead(ctx, row)
}

// childPage answers a list that hangs on a row: its first page through a loader, for all rows at once, another with read.
func childPage[K comparable, V any](ctx context.Context, loader func() *loaders.Loader[K, *domain.Page[V]], key func(size int32) K, read func() (*domain.Page[V], error)) (*domain.Page[V], error) {
	size, first := rows.FirstPage(ctx, graphql.GetFieldContext(ctx).Field.Field)
	if !first {
		page, err := read()
		return pageOf(ctx, page, err)
	}
	page, err := loader().Load(ctx, key(size))
	return pageOf(ctx, page, err)
}

// of is the key of the first page of a parent's rows.
func of[K comparable](parent K) func(int32) loaders.ChildrenKey[K] {
	return func(size int32) loaders.ChildrenKey[K] { return loaders.ChildrenKey[K]{Parent: parent, Size: size} }
}
