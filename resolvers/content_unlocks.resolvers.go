package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *contentUnlockResolver) User(ctx context.Context, obj *content.Unlock) (*users.User, error) {
	return relations.ContentUnlockUser.Of(ctx, obj)
}

func (r *contentUnlockResolver) Item(ctx context.Context, obj *content.Unlock) (*content.Item, error) {
	return relations.ContentUnlockItem.Of(ctx, obj)
}

func (r *mutationResolver) SetUnlock(ctx context.Context, input content.SetUnlockCommand) (*model.SetUnlockPayload, error) {
	unlock, err := r.Content.SetUnlock(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.SetUnlockPayload{Unlock: unlock, UserErrors: inputErrors}, err
}

func (r *Resolver) ContentUnlock() graph.ContentUnlockResolver { return &contentUnlockResolver{r} }

type contentUnlockResolver struct{ *Resolver }
