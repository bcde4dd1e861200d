package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *queryResolver) Subscriptions(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *plans.Filter, orderBy plans.Order) (*domain.Page[*plans.Subscription], error) {
	return r.Reader.ListSubscriptions(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userResolver) Subscription(ctx context.Context, obj *users.User) (*plans.Subscription, error) {
	return relations.UserSubscription.Of(ctx, obj)
}

func (r *userResolver) Subscriptions(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Subscription], error) {
	return relations.UserSubscriptions.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userSubscriptionResolver) Plan(ctx context.Context, obj *plans.Subscription) (*plans.Plan, error) {
	return relations.UserSubscriptionPlan.Of(ctx, obj)
}

func (r *userSubscriptionResolver) Owner(ctx context.Context, obj *plans.Subscription) (*users.User, error) {
	return relations.UserSubscriptionOwner.Of(ctx, obj)
}

func (r *Resolver) UserSubscription() graph.UserSubscriptionResolver {
	return &userSubscriptionResolver{r}
}

type userSubscriptionResolver struct{ *Resolver }
