package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *contentFileResolver) URL(ctx context.Context, obj *content.File) (string, error) {
	return r.Links.FileLink(domain.ViewerFrom(ctx).UserID, obj.ItemID, obj.Sum), nil
}

func (r *contentItemResolver) Translations(ctx context.Context, obj *content.Item) ([]*content.Item, error) {
	return relations.ContentItemTranslations.Of(ctx, obj)
}

func (r *contentItemResolver) Files(ctx context.Context, obj *content.Item) ([]*content.File, error) {
	return relations.ContentItemFiles.Of(ctx, obj)
}

func (r *Resolver) ContentFile() graph.ContentFileResolver { return &contentFileResolver{r} }

type contentFileResolver struct{ *Resolver }
