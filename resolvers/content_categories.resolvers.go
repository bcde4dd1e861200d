package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph"
	"lyceum/graph/loaders"
	"lyceum/graph/relations"
)

func (r *categoryResolver) Parent(ctx context.Context, obj *content.Category) (*content.Category, error) {
	return relations.CategoryParent.Of(ctx, obj)
}

func (r *categoryResolver) Children(ctx context.Context, obj *content.Category) ([]*content.Category, error) {
	return relations.CategoryChildren.Of(ctx, obj)
}

func (r *categoryResolver) Path(ctx context.Context, obj *content.Category) ([]*content.Category, error) {
	return relations.CategoryPath.Of(ctx, obj)
}

func (r *categoryResolver) Items(ctx context.Context, obj *content.Category, first *int32, after *string, last *int32, before *string, below bool) (*domain.Page[*content.Item], error) {
	return relations.CategoryItems.PageWith(ctx, obj, relations.Args{Below: below},
		domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *queryResolver) Categories(ctx context.Context) ([]*content.Category, error) {
	return r.Reader.TopCategories(ctx, content.SeesAllCategories(domain.ViewerFrom(ctx)))
}

func (r *queryResolver) Category(ctx context.Context, id *domain.GlobalID, slug *string) (*content.Category, error) {
	if err := oneOf(id, slug); err != nil {
		return nil, err
	}
	if slug != nil {
		return r.Reader.CategoryBySlug(ctx, *slug, content.SeesAllCategories(domain.ViewerFrom(ctx)))
	}
	return byID(ctx, loaders.Categories, *id)
}

func (r *queryResolver) ContentCategories(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *content.CategoryFilter, orderBy content.CategoryOrder) (*domain.Page[*content.Category], error) {
	return r.Reader.ListCategories(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before},
		content.SeesAllCategories(domain.ViewerFrom(ctx)))
}

func (r *Resolver) Category() graph.CategoryResolver { return &categoryResolver{r} }

type categoryResolver struct{ *Resolver }
