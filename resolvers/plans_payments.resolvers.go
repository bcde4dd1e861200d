package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *paymentResolver) User(ctx context.Context, obj *plans.Payment) (*users.User, error) {
	return relations.PaymentUser.Of(ctx, obj)
}

func (r *paymentResolver) Subscription(ctx context.Context, obj *plans.Payment) (*plans.Subscription, error) {
	return relations.PaymentSubscription.Of(ctx, obj)
}

func (r *queryResolver) Payments(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *plans.PaymentFilter, orderBy plans.PaymentOrder) (*domain.Page[*plans.Payment], error) {
	return r.Reader.ListPayments(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userResolver) Payments(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Payment], error) {
	return relations.UserPayments.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userSubscriptionResolver) Payments(ctx context.Context, obj *plans.Subscription, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Payment], error) {
	return relations.UserSubscriptionPayments.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) Payment() graph.PaymentResolver { return &paymentResolver{r} }

type paymentResolver struct{ *Resolver }
