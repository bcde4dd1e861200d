package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *passwordChangeResolver) User(ctx context.Context, obj *security.PasswordChange) (*users.User, error) {
	return relations.PasswordChangeUser.Of(ctx, obj)
}

func (r *queryResolver) PasswordChanges(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.PasswordChangeFilter, orderBy domain.TimeOrder) (*domain.Page[*security.PasswordChange], error) {
	return r.Reader.ListPasswordChanges(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) PasswordChange() graph.PasswordChangeResolver { return &passwordChangeResolver{r} }

type passwordChangeResolver struct{ *Resolver }
