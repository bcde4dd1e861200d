package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/model"
)

func (r *mutationResolver) GrantContentAccessBulk(ctx context.Context, input content.GrantBulkCommand) (*model.GrantContentAccessBulkPayload, error) {
	done, err := r.Content.GrantBulk(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	results := answers(done, func(index int32, value *content.Grant, errs []*model.ContentError) *model.GrantContentAccessBulkResult {
		return &model.GrantContentAccessBulkResult{Index: index, Grant: value, UserErrors: errs}
	})
	return &model.GrantContentAccessBulkPayload{Results: results, UserErrors: inputErrors}, err
}

func (r *mutationResolver) PublishItems(ctx context.Context, input content.PublishItemsCommand) (*model.PublishItemsPayload, error) {
	done, err := r.Content.PublishItems(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	results := answers(done, func(index int32, value *content.Item, errs []*model.ContentError) *model.PublishItemsResult {
		return &model.PublishItemsResult{Index: index, Item: value, UserErrors: errs}
	})
	return &model.PublishItemsPayload{Results: results, UserErrors: inputErrors}, err
}
