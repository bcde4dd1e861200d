package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/graph/model"
)

func (r *mutationResolver) RequestBackup(ctx context.Context) (*model.RequestBackupPayload, error) {
	job, err := r.Operations.RequestBackup(ctx, domain.ViewerFrom(ctx))
	inputErrors, err := userErrors(err, operationsError)
	return &model.RequestBackupPayload{Job: job, UserErrors: inputErrors}, err
}

func (r *queryResolver) Backups(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *operations.BackupFilter, orderBy domain.TimeOrder) (*domain.Page[*operations.Backup], error) {
	return r.Reader.ListBackups(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}
