package loaders

import (
	"context"
	"sync"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store"
)

// FilesSet holds the loaders of what stands beside an item's body.
type FilesSet struct {
	Files        func() *Loader[domain.ItemID, []*content.File] // behind the guard
	Translations func() *Loader[domain.ItemID, []*content.Item] // as the viewer may know of them
}

func newFilesSet(r store.Reader, viewer func() domain.UserID) FilesSet {
	return FilesSet{
		Files: sync.OnceValue(func() *Loader[domain.ItemID, []*content.File] {
			return many(r.Files, func(f *content.File) (domain.ItemID, *content.File) { return f.ItemID, f })
		}),
		Translations: sync.OnceValue(func() *Loader[domain.ItemID, []*content.Item] {
			return many(func(ctx context.Context, ids []domain.ItemID) ([]*store.Translation, error) {
				return r.Translations(ctx, viewer(), ids)
			}, func(t *store.Translation) (domain.ItemID, *content.Item) { return t.OfID, &t.Item })
		}),
	}
}
