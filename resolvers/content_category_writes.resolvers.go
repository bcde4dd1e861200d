package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/model"
)

func (r *mutationResolver) CreateCategory(ctx context.Context, input content.CreateCategoryCommand) (*model.CreateCategoryPayload, error) {
	category, err := r.Content.CreateCategory(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.CreateCategoryPayload{Category: category, UserErrors: inputErrors}, err
}

func (r *mutationResolver) UpdateCategory(ctx context.Context, input content.UpdateCategoryCommand) (*model.UpdateCategoryPayload, error) {
	category, err := r.Content.UpdateCategory(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.UpdateCategoryPayload{Category: category, UserErrors: inputErrors}, err
}

func (r *mutationResolver) MoveCategory(ctx context.Context, input content.MoveCategoryCommand) (*model.MoveCategoryPayload, error) {
	category, err := r.Content.MoveCategory(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.MoveCategoryPayload{Category: category, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ReorderCategories(ctx context.Context, input content.ReorderCategoriesCommand) (*model.ReorderCategoriesPayload, error) {
	categories, err := r.Content.ReorderCategories(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.ReorderCategoriesPayload{Categories: categories, UserErrors: inputErrors}, err
}

func (r *mutationResolver) DeleteCategory(ctx context.Context, input content.DeleteCategoryCommand) (*model.DeleteCategoryPayload, error) {
	category, err := r.Content.DeleteCategory(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.DeleteCategoryPayload{Category: category, UserErrors: inputErrors}, err
}
