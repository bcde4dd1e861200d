package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
)

func (r *queryResolver) Verifications(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *users.VerificationFilter, orderBy domain.TimeOrder) (*domain.Page[*users.Verification], error) {
	page, err := r.Reader.ListVerifications(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	return pageOf(ctx, page, err)
}

func (r *verificationResolver) User(ctx context.Context, obj *users.Verification) (*users.User, error) {
	return loaders.From(ctx).Users().Load(ctx, obj.UserID)
}

func (r *Resolver) Verification() graph.VerificationResolver { return &verificationResolver{r} }

type verificationResolver struct{ *Resolver }
