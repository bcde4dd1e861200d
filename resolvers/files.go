package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
)

// FileLinks makes addresses of files. Each is for one viewer and a while; whoever serves it asks the access decision again.
type FileLinks interface {
	FileLink(viewer domain.UserID, item domain.ItemID, sum string) string
}

// linked is a body with addresses in place of its references to files.
func (r *Resolver) linked(ctx context.Context, item domain.ItemID, body string) *string {
	viewer := domain.ViewerFrom(ctx).UserID
	text := content.LinkFiles(body, func(sum string) string { return r.Links.FileLink(viewer, item, sum) })
	return &text
}

// expectFiles announces the translations of a page's items, and the files of those that are open.
func expectFiles(ctx context.Context, fields asked, ids []domain.ItemID) error {
	load := loaders.From(ctx)
	if fields.has("translations") {
		load.Translations().Expect(ctx, ids)
	}
	if !fields.has("files") {
		return nil
	}
	load.Access().Expect(ctx, ids)
	for _, id := range ids {
		access, err := load.Access().Load(ctx, id)
		if err != nil {
			return err
		}
		if access != nil && access.HasAccess {
			load.Files().Expect(ctx, []domain.ItemID{id})
		}
	}
	return nil
}
