package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/model"
)

func (r *mutationResolver) PublishItem(ctx context.Context, input content.ItemCommand) (*model.PublishItemPayload, error) {
	item, err := r.Content.PublishItem(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.PublishItemPayload{Item: item, UserErrors: inputErrors}, err
}

func (r *mutationResolver) UnpublishItem(ctx context.Context, input content.ItemCommand) (*model.UnpublishItemPayload, error) {
	item, err := r.Content.UnpublishItem(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.UnpublishItemPayload{Item: item, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ArchiveItem(ctx context.Context, input content.ItemCommand) (*model.ArchiveItemPayload, error) {
	item, err := r.Content.ArchiveItem(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.ArchiveItemPayload{Item: item, UserErrors: inputErrors}, err
}

func (r *mutationResolver) DeleteItem(ctx context.Context, input content.ItemCommand) (*model.DeleteItemPayload, error) {
	item, err := r.Content.DeleteItem(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.DeleteItemPayload{Item: item, UserErrors: inputErrors}, err
}

func (r *mutationResolver) RestoreItem(ctx context.Context, input content.ItemCommand) (*model.RestoreItemPayload, error) {
	item, err := r.Content.RestoreItem(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.RestoreItemPayload{Item: item, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ScheduleItem(ctx context.Context, input content.ScheduleItemCommand) (*model.ScheduleItemPayload, error) {
	item, err := r.Content.ScheduleItem(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.ScheduleItemPayload{Item: item, UserErrors: inputErrors}, err
}
