package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *queryResolver) Verifications(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *users.VerificationFilter, orderBy domain.TimeOrder) (*domain.Page[*users.Verification], error) {
	return r.Reader.ListVerifications(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *verificationResolver) User(ctx context.Context, obj *users.Verification) (*users.User, error) {
	return relations.VerificationUser.Of(ctx, obj)
}

func (r *Resolver) Verification() graph.VerificationResolver { return &verificationResolver{r} }

type verificationResolver struct{ *Resolver }
