package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/model"
)

func (r *mutationResolver) CreateItem(ctx context.Context, input content.CreateItemCommand) (*model.CreateItemPayload, error) {
	item, err := r.Content.CreateItem(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.CreateItemPayload{Item: item, UserErrors: inputErrors}, err
}

func (r *mutationResolver) UpdateItem(ctx context.Context, input content.UpdateItemCommand) (*model.UpdateItemPayload, error) {
	item, err := r.Content.UpdateItem(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.UpdateItemPayload{Item: item, UserErrors: inputErrors}, err
}
