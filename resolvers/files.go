package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
)

// linkedBody names a body with its addresses: they are the viewer's.
type linkedBody struct {
	item   domain.ItemID
	viewer domain.UserID
}

// FileLinks makes addresses of files. Each is for one viewer and a while; whoever serves it asks the access decision again.
type FileLinks interface {
	FileLink(viewer domain.UserID, item domain.ItemID, sum string) string
}

// linked is a body with addresses in place of its references to files.
func (r *Resolver) linked(ctx context.Context, item domain.ItemID, body string) *string {
	viewer := domain.ViewerFrom(ctx).UserID
	text := loaders.From(ctx).Text(linkedBody{item, viewer}, func() string {
		return content.LinkFiles(body, func(sum string) string { return r.Links.FileLink(viewer, item, sum) })
	})
	return &text
}
