package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
)

func (r *queryResolver) Search(ctx context.Context, query string, first *int32, after *string, accessible bool) (*content.HitPage, error) {
	return loaders.From(ctx).HitsPage(ctx, domain.ViewerFrom(ctx).UserID, query, accessible,
		domain.PageArgs{First: first, After: after}, joinsOf(ctx))
}
