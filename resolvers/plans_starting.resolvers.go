package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/graph/model"
)

func (r *mutationResolver) SubscribeToFreePlan(ctx context.Context, input plans.FreePlanCommand) (*model.SubscribeToFreePlanPayload, error) {
	subscription, err := r.Plans.SubscribeToFree(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.SubscribeToFreePlanPayload{Subscription: subscription, UserErrors: inputErrors}, err
}

func (r *mutationResolver) StartTrial(ctx context.Context, input plans.TrialCommand) (*model.StartTrialPayload, error) {
	subscription, err := r.Plans.StartTrial(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.StartTrialPayload{Subscription: subscription, UserErrors: inputErrors}, err
}

func (r *mutationResolver) CreateSubscription(ctx context.Context, input plans.CreateSubscriptionCommand) (*model.CreateSubscriptionPayload, error) {
	subscription, err := r.Plans.Create(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.CreateSubscriptionPayload{Subscription: subscription, UserErrors: inputErrors}, err
}

func (r *mutationResolver) EndSubscription(ctx context.Context, input plans.EndCommand) (*model.EndSubscriptionPayload, error) {
	subscription, err := r.Plans.End(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.EndSubscriptionPayload{Subscription: subscription, UserErrors: inputErrors}, err
}

func (r *mutationResolver) RecordPayment(ctx context.Context, input plans.PaymentCommand) (*model.RecordPaymentPayload, error) {
	recorded, err := r.Plans.RecordPayment(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	done := or(recorded)
	return &model.RecordPaymentPayload{Payment: done.Payment, Subscription: done.Subscription, UserErrors: inputErrors}, err
}
