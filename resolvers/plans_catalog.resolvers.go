package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
)

func (r *queryResolver) Plans(ctx context.Context) ([]*plans.Plan, error) {
	return r.Reader.PlansOnOffer(ctx)
}

func (r *queryResolver) SubscriptionPlans(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *plans.PlanFilter, orderBy plans.PlanOrder) (*domain.Page[*plans.Plan], error) {
	return r.Reader.ListPlans(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}
