package content

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

// The library has two lists, so that each finds the partial indexes of its rows.
var (
	libraryList = libraryOf("library", ` from content_items i where i.deleted_at is null`)
	deletedList = libraryOf("deleted-items", ` from content_items i where i.deleted_at is not null`)
)

func libraryOf(name, from string) *sqlkit.List[content.Item, content.LibraryOrder, content.LibraryFilter] {
	return sqlkit.NewList(sqlkit.ListOf[content.Item, content.LibraryOrder, content.LibraryFilter]{
		Name: name, Columns: ItemColumns, From: from,
		Filters: sqlkit.Filters[content.LibraryFilter]{
			sqlkit.Where(`i.status = ?`, func(f content.LibraryFilter) *content.ItemStatus { return f.Status }),
			sqlkit.Where(InBranch, func(f content.LibraryFilter) *domain.CategoryID { return f.CategoryID }),
			sqlkit.Where(`i.kind = ?`, func(f content.LibraryFilter) *content.ItemKind { return f.Kind }),
			sqlkit.Where(`i.author_id = ?`, func(f content.LibraryFilter) *domain.UserID { return f.AuthorID }),
			sqlkit.Where(`i.language = ?`, func(f content.LibraryFilter) *string { return f.Language }),
			sqlkit.Where(sqlkit.BeginsWith("i.title"), func(f content.LibraryFilter) *string { return f.Search }),
		},
		Orders: map[content.LibraryOrder]sqlkit.Order[content.Item]{
			content.BegunLastFirst: {
				Columns: []string{"i.created_at::timestamptz", "i.id::uuid"}, Desc: true, Needs: []string{"created_at"},
				Key: func(i *content.Item) []string { return []string{sqlkit.Stamp(i.CreatedAt), i.ID.String()} },
			},
			content.ChangedLastFirst: {
				Columns: []string{"i.updated_at::timestamptz", "i.id::uuid"}, Desc: true, Needs: []string{"updated_at"},
				Key: func(i *content.Item) []string { return []string{sqlkit.Stamp(i.UpdatedAt), i.ID.String()} },
			},
			content.LibraryByTitle: itemOrders[content.ByTitle],
		},
	})
}

// ListLibrary reads a page of all items whatever their status, or of those that were deleted. Whoever calls it may see drafts.
func (r Reader) ListLibrary(ctx context.Context, f content.LibraryFilter, by content.LibraryOrder, page domain.PageArgs,
) (*domain.Page[*content.Item], error) {
	l := libraryList
	if f.Deleted {
		l = deletedList
	}
	return l.Page(ctx, r.db, r.projection, by, page, f)
}
