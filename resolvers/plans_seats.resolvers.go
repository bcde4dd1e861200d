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

func (r *mutationResolver) AssignSeat(ctx context.Context, input plans.AssignSeatCommand) (*model.AssignSeatPayload, error) {
	seated, err := r.Plans.AssignSeat(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	done := or(seated)
	return &model.AssignSeatPayload{Seat: done.Seat, Subscription: done.Subscription, UserErrors: inputErrors}, err
}

func (r *mutationResolver) WithdrawSeat(ctx context.Context, input plans.WithdrawSeatCommand) (*model.WithdrawSeatPayload, error) {
	subscription, err := r.Plans.WithdrawSeat(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.WithdrawSeatPayload{Subscription: subscription, UserErrors: inputErrors}, err
}

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
