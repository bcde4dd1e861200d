package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *contentItemResolver) ImportedBody(ctx context.Context, obj *content.Item) (*string, error) {
	body, err := relations.ContentItemImportedBody.Of(ctx, obj)
	if err != nil || body == nil {
		return nil, err
	}
	return &body.Text, nil
}

func (r *contentItemResolver) ImportConflict(ctx context.Context, obj *content.Item) (*content.ImportConflict, error) {
	return relations.ContentItemImportConflict.Of(ctx, obj)
}

func (r *mutationResolver) AcceptImport(ctx context.Context, input content.AcceptImportCommand) (*model.AcceptImportPayload, error) {
	item, err := r.Content.AcceptImport(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.AcceptImportPayload{Item: item, UserErrors: inputErrors}, err
}
