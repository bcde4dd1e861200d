package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/graph/model"
)

func (r *mutationResolver) RetryJob(ctx context.Context, input operations.RetryJobCommand) (*model.RetryJobPayload, error) {
	job, err := r.Operations.Retry(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, operationsError)
	return &model.RetryJobPayload{Job: job, UserErrors: inputErrors}, err
}

func (r *mutationResolver) DiscardJob(ctx context.Context, input operations.DiscardJobCommand) (*model.DiscardJobPayload, error) {
	job, err := r.Operations.Discard(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, operationsError)
	return &model.DiscardJobPayload{Job: job, UserErrors: inputErrors}, err
}

func (r *queryResolver) Jobs(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *operations.JobFilter, orderBy domain.TimeOrder) (*domain.Page[*operations.Job], error) {
	return r.Reader.ListJobs(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *queryResolver) JobKinds(ctx context.Context) ([]*operations.JobKind, error) {
	return r.Reader.JobKinds(ctx)
}
