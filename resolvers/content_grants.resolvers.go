package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *contentGrantResolver) User(ctx context.Context, obj *content.Grant) (*users.User, error) {
	return relations.ContentGrantUser.Of(ctx, obj)
}

func (r *contentGrantResolver) Item(ctx context.Context, obj *content.Grant) (*content.Item, error) {
	return relations.ContentGrantItem.Of(ctx, obj)
}

func (r *contentGrantResolver) Category(ctx context.Context, obj *content.Grant) (*content.Category, error) {
	return relations.ContentGrantCategory.Of(ctx, obj)
}

func (r *contentGrantResolver) GrantedBy(ctx context.Context, obj *content.Grant) (*users.User, error) {
	return relations.ContentGrantGrantedBy.Of(ctx, obj)
}

func (r *contentGrantResolver) RevokedBy(ctx context.Context, obj *content.Grant) (*users.User, error) {
	return relations.ContentGrantRevokedBy.Of(ctx, obj)
}

func (r *mutationResolver) GrantContentAccess(ctx context.Context, input content.GrantCommand) (*model.GrantContentAccessPayload, error) {
	grant, err := r.Content.Grant(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.GrantContentAccessPayload{Grant: grant, UserErrors: inputErrors}, err
}

func (r *mutationResolver) RevokeContentAccess(ctx context.Context, input content.RevokeCommand) (*model.RevokeContentAccessPayload, error) {
	grant, err := r.Content.Revoke(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.RevokeContentAccessPayload{Grant: grant, UserErrors: inputErrors}, err
}

func (r *queryResolver) ContentGrants(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *content.GrantFilter, orderBy content.GrantOrder) (*domain.Page[*content.Grant], error) {
	return r.Reader.ListGrants(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) ContentGrant() graph.ContentGrantResolver { return &contentGrantResolver{r} }

type contentGrantResolver struct{ *Resolver }
