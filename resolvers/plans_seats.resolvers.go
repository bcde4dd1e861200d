package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *subscriptionSeatResolver) User(ctx context.Context, obj *plans.Seat) (*users.User, error) {
	return relations.SubscriptionSeatUser.Of(ctx, obj)
}

func (r *subscriptionSeatResolver) AssignedBy(ctx context.Context, obj *plans.Seat) (*users.User, error) {
	return relations.SubscriptionSeatAssignedBy.Of(ctx, obj)
}

func (r *userSubscriptionResolver) Seats(ctx context.Context, obj *plans.Subscription, first *int32, after *string, last *int32, before *string) (*domain.Page[*plans.Seat], error) {
	return relations.UserSubscriptionSeats.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) SubscriptionSeat() graph.SubscriptionSeatResolver {
	return &subscriptionSeatResolver{r}
}

type subscriptionSeatResolver struct{ *Resolver }
