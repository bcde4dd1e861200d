package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph"
	"lyceum/graph/loaders"
)

func (r *contentFileResolver) URL(ctx context.Context, obj *content.File) (string, error) {
	return r.Links.FileLink(domain.ViewerFrom(ctx).UserID, obj.ItemID, obj.Sum), nil
}

func (r *contentItemResolver) Translations(ctx context.Context, obj *content.Item) ([]*content.Item, error) {
	return loaders.From(ctx).Translations().Load(ctx, obj.ID)
}

func (r *contentItemResolver) Files(ctx context.Context, obj *content.Item) ([]*content.File, error) {
	return loaders.From(ctx).Files().Load(ctx, obj.ID)
}

func (r *Resolver) ContentFile() graph.ContentFileResolver { return &contentFileResolver{r} }

type contentFileResolver struct{ *Resolver }
