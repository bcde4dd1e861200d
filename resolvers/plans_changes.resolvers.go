package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *queryResolver) SubscriptionChanges(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *plans.ChangeFilter, orderBy domain.TimeOrder) (*domain.Page[*plans.ChangeEntry], error) {
	return r.Reader.ListChanges(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *subscriptionChangeResolver) Subscription(ctx context.Context, obj *plans.ChangeEntry) (*plans.Subscription, error) {
	return relations.SubscriptionChangeSubscription.Of(ctx, obj)
}

func (r *subscriptionChangeResolver) User(ctx context.Context, obj *plans.ChangeEntry) (*users.User, error) {
	return relations.SubscriptionChangeUser.Of(ctx, obj)
}

func (r *subscriptionChangeResolver) FromPlan(ctx context.Context, obj *plans.ChangeEntry) (*plans.Plan, error) {
	return relations.SubscriptionChangeFromPlan.Of(ctx, obj)
}

func (r *subscriptionChangeResolver) ToPlan(ctx context.Context, obj *plans.ChangeEntry) (*plans.Plan, error) {
	return relations.SubscriptionChangeToPlan.Of(ctx, obj)
}

func (r *subscriptionChangeResolver) Actor(ctx context.Context, obj *plans.ChangeEntry) (*users.User, error) {
	return relations.SubscriptionChangeActor.Of(ctx, obj)
}

func (r *userSubscriptionResolver) Changes(ctx context.Context, obj *plans.Subscription, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.ChangeEntry], error) {
	return relations.UserSubscriptionChanges.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) SubscriptionChange() graph.SubscriptionChangeResolver {
	return &subscriptionChangeResolver{r}
}

type subscriptionChangeResolver struct{ *Resolver }
