package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/graph/model"
)

func (r *mutationResolver) RequestRestoreDrill(ctx context.Context) (*model.RequestRestoreDrillPayload, error) {
	job, err := r.Operations.RequestDrill(ctx, domain.ViewerFrom(ctx))
	inputErrors, err := userErrors(err, operationsError)
	return &model.RequestRestoreDrillPayload{Job: job, UserErrors: inputErrors}, err
}

func (r *queryResolver) RestoreDrills(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *operations.DrillFilter, orderBy domain.TimeOrder) (*domain.Page[*operations.Drill], error) {
	return r.Reader.ListRestoreDrills(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}
