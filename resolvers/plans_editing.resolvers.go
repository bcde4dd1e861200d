package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/graph/model"
)

func (r *mutationResolver) CreatePlan(ctx context.Context, input plans.CreatePlanCommand) (*model.CreatePlanPayload, error) {
	plan, err := r.Plans.CreatePlan(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.CreatePlanPayload{Plan: plan, UserErrors: inputErrors}, err
}

func (r *mutationResolver) UpdatePlan(ctx context.Context, input plans.UpdatePlanCommand) (*model.UpdatePlanPayload, error) {
	plan, err := r.Plans.UpdatePlan(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.UpdatePlanPayload{Plan: plan, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ArchivePlan(ctx context.Context, input plans.ArchivePlanCommand) (*model.ArchivePlanPayload, error) {
	plan, err := r.Plans.ArchivePlan(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.ArchivePlanPayload{Plan: plan, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ReorderPlans(ctx context.Context, input plans.ReorderPlansCommand) (*model.ReorderPlansPayload, error) {
	list, err := r.Plans.ReorderPlans(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, plansError)
	return &model.ReorderPlansPayload{Plans: list, UserErrors: inputErrors}, err
}

func (r *queryResolver) PlanChangePreview(ctx context.Context, planID domain.GlobalID, changes plans.PlanChanges) (*model.PlanChangePreview, error) {
	id, err := domain.AsID[domain.PlanID](planID)
	if err != nil {
		return nil, err
	}
	preview, err := r.Resolver.Plans.PreviewChange(ctx, domain.ViewerFrom(ctx), id, changes)
	inputErrors, err := userErrors(err, plansError)
	return &model.PlanChangePreview{
		Plan: preview.Plan, Changes: preview.Changes, Subscribers: preview.Subscribers, UserErrors: inputErrors,
	}, err
}
