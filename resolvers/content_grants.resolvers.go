package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
	"lyceum/graph/model"
)

func (r *contentGrantResolver) User(ctx context.Context, obj *content.Grant) (*users.User, error) {
	return loaders.From(ctx).Users().Load(ctx, obj.UserID)
}

func (r *contentGrantResolver) Item(ctx context.Context, obj *content.Grant) (*content.Item, error) {
	return optional(ctx, loaders.From(ctx).Items, obj.ItemID)
}

func (r *contentGrantResolver) Category(ctx context.Context, obj *content.Grant) (*content.Category, error) {
	return optional(ctx, loaders.From(ctx).AnyCategories, obj.CategoryID)
}

func (r *contentGrantResolver) GrantedBy(ctx context.Context, obj *content.Grant) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.GrantedBy)
}

func (r *contentGrantResolver) RevokedBy(ctx context.Context, obj *content.Grant) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.RevokedBy)
}

func (r *mutationResolver) GrantContentAccess(ctx context.Context, input content.GrantCommand) (*model.GrantContentAccessPayload, error) {
	grant, err := r.Content.Grant(ctx, domain.ViewerFrom(ctx), input)
	mend, err := toMend(err, contentError)
	return &model.GrantContentAccessPayload{Grant: grant, UserErrors: mend}, err
}

func (r *mutationResolver) RevokeContentAccess(ctx context.Context, input content.RevokeCommand) (*model.RevokeContentAccessPayload, error) {
	grant, err := r.Content.Revoke(ctx, domain.ViewerFrom(ctx), input)
	mend, err := toMend(err, contentError)
	return &model.RevokeContentAccessPayload{Grant: grant, UserErrors: mend}, err
}

func (r *queryResolver) ContentGrants(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *content.GrantFilter, orderBy content.GrantOrder) (*domain.Page[*content.Grant], error) {
	page, err := r.Reader.ListGrants(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	return pageOf(ctx, page, err)
}

func (r *Resolver) ContentGrant() graph.ContentGrantResolver { return &contentGrantResolver{r} }

type contentGrantResolver struct{ *Resolver }
