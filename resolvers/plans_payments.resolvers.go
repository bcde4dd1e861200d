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

func (r *subscriptionSeatResolver) User(ctx context.Context, obj *plans.Seat) (*users.User, error) {
	return relations.SubscriptionSeatUser.Of(ctx, obj)
}

func (r *subscriptionSeatResolver) AssignedBy(ctx context.Context, obj *plans.Seat) (*users.User, error) {
	return relations.SubscriptionSeatAssignedBy.Of(ctx, obj)
}

func (r *userResolver) Subscriptions(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Subscription], error) {
	return relations.UserSubscriptions.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userResolver) Payments(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Payment], error) {
	return relations.UserPayments.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userSubscriptionResolver) Seats(ctx context.Context, obj *plans.Subscription, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Seat], error) {
	return relations.UserSubscriptionSeats.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userSubscriptionResolver) Payments(ctx context.Context, obj *plans.Subscription, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Payment], error) {
	return relations.UserSubscriptionPayments.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userSubscriptionResolver) Changes(ctx context.Context, obj *plans.Subscription, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.ChangeEntry], error) {
	return relations.UserSubscriptionChanges.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) Payment() graph.PaymentResolver { return &paymentResolver{r} }

func (r *Resolver) SubscriptionChange() graph.SubscriptionChangeResolver {
	return &subscriptionChangeResolver{r}
}

func (r *Resolver) SubscriptionSeat() graph.SubscriptionSeatResolver {
	return &subscriptionSeatResolver{r}
}

type (
	paymentResolver            struct{ *Resolver }
	subscriptionChangeResolver struct{ *Resolver }
	subscriptionSeatResolver   struct{ *Resolver }
)
