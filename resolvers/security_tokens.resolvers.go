package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *apiTokenResolver) User(ctx context.Context, obj *security.APIToken) (*users.User, error) {
	return relations.ApiTokenUser.Of(ctx, obj)
}

func (r *queryResolver) APITokens(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.APITokenFilter, orderBy domain.TimeOrder) (*domain.Page[*security.APIToken], error) {
	return r.Reader.ListAPITokens(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *queryResolver) RefreshTokens(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.RefreshTokenFilter, orderBy domain.TimeOrder) (*domain.Page[*security.RefreshToken], error) {
	return r.Reader.ListRefreshTokens(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *refreshTokenResolver) User(ctx context.Context, obj *security.RefreshToken) (*users.User, error) {
	return relations.RefreshTokenUser.Of(ctx, obj)
}

func (r *userResolver) APITokens(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string) (*domain.Page[*security.APIToken], error) {
	return relations.UserAPITokens.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) ApiToken() graph.ApiTokenResolver { return &apiTokenResolver{r} }

func (r *Resolver) RefreshToken() graph.RefreshTokenResolver { return &refreshTokenResolver{r} }

type (
	apiTokenResolver     struct{ *Resolver }
	refreshTokenResolver struct{ *Resolver }
)
