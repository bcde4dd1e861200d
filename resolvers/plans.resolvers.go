package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *mutationResolver) CancelSubscription(ctx context.Context, input plans.CancelCommand) (*model.CancelSubscriptionPayload, error) {
	subscription, err := r.Plans.Cancel(ctx, domain.ViewerFrom(ctx), input)
	mend, err := toMend(err, plansError)
	return &model.CancelSubscriptionPayload{Subscription: subscription, UserErrors: mend}, err
}

func (r *mutationResolver) ResumeSubscription(ctx context.Context, input plans.ResumeCommand) (*model.ResumeSubscriptionPayload, error) {
	subscription, err := r.Plans.Resume(ctx, domain.ViewerFrom(ctx), input)
	mend, err := toMend(err, plansError)
	return &model.ResumeSubscriptionPayload{Subscription: subscription, UserErrors: mend}, err
}

func (r *queryResolver) Plans(ctx context.Context) ([]*plans.Plan, error) {
	return r.Reader.PlansOnOffer(ctx)
}

func (r *queryResolver) SubscriptionPlans(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *plans.PlanFilter, orderBy plans.PlanOrder) (*domain.Page[*plans.Plan], error) {
	return r.Reader.ListPlans(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *queryResolver) Subscriptions(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *plans.Filter, orderBy plans.Order) (*domain.Page[*plans.Subscription], error) {
	return r.Reader.ListSubscriptions(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userResolver) Subscription(ctx context.Context, obj *users.User) (*plans.Subscription, error) {
	return relations.UserSubscription.Of(ctx, obj)
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
