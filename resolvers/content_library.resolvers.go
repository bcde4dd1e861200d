package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
)

func (r *queryResolver) ContentLibrary(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *content.LibraryFilter, orderBy content.LibraryOrder) (*domain.Page[*content.Item], error) {
	return r.Reader.ListLibrary(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}
