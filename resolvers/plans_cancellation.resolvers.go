package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/graph/model"
)

func (r *mutationResolver) CancelSubscription(ctx context.Context, input plans.CancelCommand) (*model.CancelSubscriptionPayload, error) {
	subscription, err := r.Plans.Cancel(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.CancelSubscriptionPayload{Subscription: subscription, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ResumeSubscription(ctx context.Context, input plans.ResumeCommand) (*model.ResumeSubscriptionPayload, error) {
	subscription, err := r.Plans.Resume(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.ResumeSubscriptionPayload{Subscription: subscription, UserErrors: inputErrors}, err
}
