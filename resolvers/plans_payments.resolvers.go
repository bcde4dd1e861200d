package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
)

func (r *paymentResolver) User(ctx context.Context, obj *plans.Payment) (*users.User, error) {
	return loaders.From(ctx).Users().Load(ctx, obj.UserID)
}

func (r *paymentResolver) Subscription(ctx context.Context, obj *plans.Payment) (*plans.Subscription, error) {
	return optional(ctx, loaders.From(ctx).Subscriptions, obj.SubscriptionID)
}

func (r *queryResolver) Payments(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *plans.PaymentFilter, orderBy plans.PaymentOrder) (*domain.Page[*plans.Payment], error) {
	page, err := r.Reader.ListPayments(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	return pageOf(ctx, page, err)
}

func (r *queryResolver) SubscriptionChanges(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *plans.ChangeFilter, orderBy domain.TimeOrder) (*domain.Page[*plans.ChangeEntry], error) {
	page, err := r.Reader.ListChanges(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	return pageOf(ctx, page, err)
}

func (r *subscriptionResolver) Seats(ctx context.Context, obj *plans.Subscription, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Seat], error) {
	return childPage(ctx, loaders.From(ctx).Seats, of(obj.ID), func() (*domain.Page[*plans.Seat], error) {
		return r.Reader.ListSeats(ctx, obj.ID, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	})
}

func (r *subscriptionResolver) Payments(ctx context.Context, obj *plans.Subscription, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Payment], error) {
	return childPage(ctx, loaders.From(ctx).SubscriptionPayments, of(obj.ID), func() (*domain.Page[*plans.Payment], error) {
		return r.Reader.ListPayments(ctx, plans.PaymentFilter{SubscriptionID: &obj.ID}, plans.NewestPaymentFirst, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	})
}

func (r *subscriptionResolver) Changes(ctx context.Context, obj *plans.Subscription, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.ChangeEntry], error) {
	return childPage(ctx, loaders.From(ctx).Changes, of(obj.ID), func() (*domain.Page[*plans.ChangeEntry], error) {
		return r.Reader.ListChanges(ctx, plans.ChangeFilter{SubscriptionID: &obj.ID}, domain.NewestFirst, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	})
}

func (r *subscriptionChangeResolver) Subscription(ctx context.Context, obj *plans.ChangeEntry) (*plans.Subscription, error) {
	return loaders.From(ctx).Subscriptions().Load(ctx, obj.SubscriptionID)
}

func (r *subscriptionChangeResolver) User(ctx context.Context, obj *plans.ChangeEntry) (*users.User, error) {
	return loaders.From(ctx).Users().Load(ctx, obj.UserID)
}

func (r *subscriptionChangeResolver) FromPlan(ctx context.Context, obj *plans.ChangeEntry) (*plans.Plan, error) {
	return optional(ctx, loaders.From(ctx).Plans, obj.FromPlanID)
}

func (r *subscriptionChangeResolver) ToPlan(ctx context.Context, obj *plans.ChangeEntry) (*plans.Plan, error) {
	return optional(ctx, loaders.From(ctx).Plans, obj.ToPlanID)
}

func (r *subscriptionChangeResolver) Actor(ctx context.Context, obj *plans.ChangeEntry) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.ActorID)
}

func (r *subscriptionSeatResolver) User(ctx context.Context, obj *plans.Seat) (*users.User, error) {
	return loaders.From(ctx).Users().Load(ctx, obj.UserID)
}

func (r *subscriptionSeatResolver) AssignedBy(ctx context.Context, obj *plans.Seat) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.AssignedBy)
}

func (r *userResolver) Subscriptions(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Subscription], error) {
	return childPage(ctx, loaders.From(ctx).OwnSubscriptions, of(obj.ID), func() (*domain.Page[*plans.Subscription], error) {
		return r.Reader.ListSubscriptions(ctx, plans.Filter{OwnerID: &obj.ID}, plans.NewestFirst, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	})
}

func (r *userResolver) Payments(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Payment], error) {
	return childPage(ctx, loaders.From(ctx).Payments, of(obj.ID), func() (*domain.Page[*plans.Payment], error) {
		return r.Reader.ListPayments(ctx, plans.PaymentFilter{UserID: &obj.ID}, plans.NewestPaymentFirst, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	})
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
