package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
)

// bodyText names a text that is made of a body. The addresses in it are the viewer's.
type bodyText struct {
	item   domain.ItemID
	viewer domain.UserID
	form   bodyForm
}

type bodyForm int

const (
	asMarkdown bodyForm = iota
	asHTML
)

// FileLinks makes addresses of files. Each is for one viewer and a while; whoever serves it asks the access decision again.
type FileLinks interface {
	FileLink(viewer domain.UserID, item domain.ItemID, sum string) string
}

// Renderer makes HTML of Markdown that may be put into a page; file answers the address of a file by its sum. Errors: INVALID,
// TIMEOUT, OVERLOADED.
type Renderer interface {
	HTML(ctx context.Context, markdown string, file func(sum string) string) (string, error)
}

// rendered is a body as HTML. All that answers bodies as HTML passes here.
func (r *Resolver) rendered(ctx context.Context, body *content.Body) (*string, error) {
	return made(ctx, bodyText{body.ItemID, domain.ViewerFrom(ctx).UserID, asHTML}, func() (string, error) {
		return r.HTML.HTML(ctx, body.Text, r.addresses(ctx, body.ItemID))
	})
}

// linked is a body with addresses in place of its references to files.
func (r *Resolver) linked(ctx context.Context, body *content.Body) (*string, error) {
	return made(ctx, bodyText{body.ItemID, domain.ViewerFrom(ctx).UserID, asMarkdown}, func() (string, error) {
		return content.LinkFiles(body.Text, body.Files, r.addresses(ctx, body.ItemID)), nil
	})
}

// made makes a text once for an operation, however often it is asked for.
func made(ctx context.Context, key bodyText, build func() (string, error)) (*string, error) {
	text, err := loaders.From(ctx).Text(key, build)
	if err != nil {
		return nil, err
	}
	return &text, nil
}

// addresses makes addresses of an item's files for the viewer.
func (r *Resolver) addresses(ctx context.Context, item domain.ItemID) func(sum string) string {
	viewer := domain.ViewerFrom(ctx).UserID
	return func(sum string) string { return r.Links.FileLink(viewer, item, sum) }
}
