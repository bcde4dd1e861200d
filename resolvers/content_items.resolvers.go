package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
	"lyceum/graph/relations"
)

func (r *contentItemResolver) Category(ctx context.Context, obj *content.Item) (*content.Category, error) {
	return relations.ContentItemCategory.Of(ctx, obj)
}

func (r *contentItemResolver) Author(ctx context.Context, obj *content.Item) (*users.User, error) {
	return relations.ContentItemAuthor.Of(ctx, obj)
}

func (r *contentItemResolver) Body(ctx context.Context, obj *content.Item) (*string, error) {
	body, err := relations.ContentItemBody.Of(ctx, obj)
	if err != nil || body == nil {
		return nil, err
	}
	return r.linked(ctx, body)
}

func (r *contentItemResolver) BodyHTML(ctx context.Context, obj *content.Item) (*string, error) {
	body, err := relations.ContentItemBodyHTML.Of(ctx, obj)
	if err != nil || body == nil {
		return nil, err
	}
	return r.rendered(ctx, body)
}

func (r *contentItemResolver) Access(ctx context.Context, obj *content.Item) (*content.Access, error) {
	return relations.ContentItemAccess.Of(ctx, obj)
}

func (r *contentItemResolver) MyProgress(ctx context.Context, obj *content.Item) (*content.Progress, error) {
	return relations.ContentItemMyProgress.Of(ctx, obj)
}

func (r *queryResolver) ContentItem(ctx context.Context, id *domain.GlobalID, slug *string) (*content.Item, error) {
	if err := oneOf(id, slug); err != nil {
		return nil, err
	}
	if slug != nil {
		return loaders.From(ctx).Reader.KnownItemBySlug(ctx, domain.ViewerFrom(ctx).UserID, *slug)
	}
	return byID(ctx, loaders.Items, *id)
}

func (r *queryResolver) ContentItems(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *content.ItemFilter, orderBy content.ItemOrder) (*domain.Page[*content.Item], error) {
	return loaders.From(ctx).ItemsPage(ctx, domain.ViewerFrom(ctx).UserID, or(filter), orderBy,
		domain.PageArgs{First: first, After: after, Last: last, Before: before}, joinsOf(ctx))
}

func (r *Resolver) ContentItem() graph.ContentItemResolver { return &contentItemResolver{r} }

type contentItemResolver struct{ *Resolver }
