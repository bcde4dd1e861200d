package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
)

var itemColumns = columnsOf("content.Item", "i", "id", "category_id", "author_id", "slug", "title", "summary", "preview", "kind", "status", "access_level",
	"duration_seconds", "language", "tags", "published_at", "created_at", "updated_at").with("tags", "to_json(i.tags)").keep("id")

// itemsFrom is the statement of a list of items.
func itemsFrom(from string) func(Projection, []string) string {
	return func(p Projection, needs []string) string { return `select ` + itemColumns.text(p, needs...) + from }
}

// published is what the catalogue shows to everyone. Its first two conditions are those of the partial indexes.
const published = `i.status = 'published' and i.deleted_at is null and i.published_at <= (select clock_now())`

// known is what a person may know of: what is published, and anything else that she may open all the same. The access
// decision is asked for the few that are not published only.
const known = ` i.deleted_at is null and (` + published + ` or exists (
		select from user_content_access a where a.content_id = i.id and a.user_id = $1 and a.has_access))`

const (
	publishedItems = ` from content_items i where i.id = any($1) and ` + published
	knownItems     = ` from content_items i where i.id = any($2) and` + known
)

// KnownItems reads the items that a person may know of. Nearly all are published; only for others is it worth to set the
// access decision in motion, which takes time even where it is not asked in the end.
func (r Reader) KnownItems(ctx context.Context, viewer domain.UserID, ids []domain.ItemID) ([]*content.Item, error) {
	items, err := selectRows[*content.Item](ctx, r.db, `select `+itemColumns.text(r.projection)+publishedItems, pq.Array(ids))
	if err != nil || len(items) == len(ids) {
		return items, err
	}
	found := make(map[domain.ItemID]bool, len(items))
	for _, i := range items {
		found[i.ID] = true
	}
	missing := make([]domain.ItemID, 0, len(ids)-len(items))
	for _, id := range ids {
		if !found[id] {
			missing = append(missing, id)
		}
	}
	others, err := selectRows[*content.Item](ctx, r.db, `select `+itemColumns.text(r.projection)+knownItems, viewer, pq.Array(missing))
	return append(items, others...), err
}

const knownItemBySlug = ` from content_items i where i.slug = $2 and` + known

// KnownItemBySlug reads an item that a person may know of; nil when there is none.
func (r Reader) KnownItemBySlug(ctx context.Context, viewer domain.UserID, slug string) (*content.Item, error) {
	return getRow[content.Item](ctx, r.db, `select `+itemColumns.text(r.projection)+knownItemBySlug, viewer, slug)
}

// Body is the whole text of an item. Only loaders behind the guard ask for it.
type Body struct {
	ItemID domain.ItemID `db:"content_id"`
	Text   string        `db:"body"`
	Files  string        `db:"files"` // the sums of the files that belong to it, with spaces between
	Total  int64         `db:"total"` // bytes of all texts that were asked for together
}

// The sizes stand in the heads of the stored values: where the texts are too large together, none is read.
const bodies = `select b.content_id, case when sum(octet_length(b.body)) over () <= $2 then b.body else '' end as body,
	(sum(octet_length(b.body)) over ())::bigint as total,
	coalesce((select string_agg(f.sha256, ' ') from content_files f where f.content_id = b.content_id), '') as files
	from content_bodies b where b.content_id = any($1)`

// Bodies reads whole texts and their size together; if that is more than room, the size alone. Whoever calls it has asked
// the access decision before.
func (r Reader) Bodies(ctx context.Context, ids []domain.ItemID, room int64) (list []*Body, size int64, err error) {
	list, err = selectRows[*Body](ctx, r.db, bodies, pq.Array(ids), room)
	if err != nil || len(list) == 0 {
		return nil, 0, err
	}
	if size = list[0].Total; size > room {
		return nil, size, nil
	}
	return list, size, nil
}

const inBranch = `i.category_id in (select t.descendant_id from content_category_paths t where t.ancestor_id = ?)`

var itemFilters = on(
	inBranch, `i.kind = ?`, `i.author_id = ?`, `i.language = ?`, `i.tags @> array[?::text]`, `i.access_level <= ?`, `i.duration_seconds <= ?`,
	`i.published_at >= ?`, `i.published_at < ?`,
)

const openItems = ` from content_items i join user_content_access a on a.content_id = i.id and a.user_id = $1 and a.has_access where ` + published

var itemOrders = map[content.ItemOrder]order[content.Item]{
	content.NewestFirst: {columns: []string{"i.published_at::timestamptz", "i.id::uuid"}, desc: true, key: publishedKey, needs: []string{"published_at"}},
	content.OldestFirst: {columns: []string{"i.published_at::timestamptz", "i.id::uuid"}, key: publishedKey, needs: []string{"published_at"}},
	content.ByTitle: {
		columns: []string{"i.title::text", "i.id::uuid"}, needs: []string{"title"},
		key: func(i *content.Item) []string { return []string{i.Title, i.ID.String()} },
	},
}

func publishedKey(i *content.Item) []string { return []string{stamp(*i.PublishedAt), i.ID.String()} }

var itemList = list[content.Item, content.ItemOrder]{
	name: "items", orders: itemOrders, filters: itemFilters,
	rows: itemsFrom(publishedList), count: `select count(*) from content_items i where ` + published,
}

var openItemList = list[content.Item, content.ItemOrder]{
	name: "open-items", params: 1, orders: itemOrders, filters: itemFilters,
	rows: itemsFrom(openItems), count: `select count(*)` + openItems,
}

// ListItems reads a page of the published items, of all or of those that a person may open.
func (r Reader) ListItems(ctx context.Context, viewer domain.UserID, f content.ItemFilter, by content.ItemOrder, page domain.PageArgs) (*domain.Page[*content.Item], error) {
	found, err := r.ListItemsWith(ctx, viewer, f, by, page, ItemJoins{})
	if err != nil {
		return nil, err
	}
	return domain.MapPage(found, (*ItemRow).ItemOf), nil
}

// ListItemsWith is ListItems with what else is read with each.
func (r Reader) ListItemsWith(ctx context.Context, viewer domain.UserID, f content.ItemFilter, by content.ItemOrder, page domain.PageArgs, joins ItemJoins) (*domain.Page[*ItemRow], error) {
	asked := []any{f.CategoryID, f.Kind, f.AuthorID, f.Language, f.Tag, f.MaxAccessLevel, f.MaxDurationSeconds, f.Since, f.Until}
	if f.Accessible {
		return r.with(openItemList, openItems, by, joins).page(ctx, r.db, by, page, append([]any{viewer}, asked...)...)
	}
	return r.with(itemList, publishedList, by, joins).page(ctx, r.db, by, page, asked...)
}

const publishedList = ` from content_items i where ` + published

const library = ` from content_items i where i.deleted_at is null`

var libraryList = list[content.Item, content.LibraryOrder]{
	name: "library", rows: itemsFrom(library), count: `select count(*)` + library,
	filters: on(`i.status = ?`, inBranch, `i.kind = ?`, `i.author_id = ?`, `i.language = ?`, beginsWith("i.title")),
	orders: map[content.LibraryOrder]order[content.Item]{
		content.BegunLastFirst: {
			columns: []string{"i.created_at::timestamptz", "i.id::uuid"}, desc: true, needs: []string{"created_at"},
			key: func(i *content.Item) []string { return []string{stamp(i.CreatedAt), i.ID.String()} },
		},
		content.ChangedLastFirst: {
			columns: []string{"i.updated_at::timestamptz", "i.id::uuid"}, desc: true, needs: []string{"updated_at"},
			key: func(i *content.Item) []string { return []string{stamp(i.UpdatedAt), i.ID.String()} },
		},
		content.LibraryByTitle: itemOrders[content.ByTitle],
	},
}

// ListLibrary reads a page of all items whatever their status. Whoever calls it may see drafts.
func (r Reader) ListLibrary(ctx context.Context, f content.LibraryFilter, by content.LibraryOrder, page domain.PageArgs) (*domain.Page[*content.Item], error) {
	return projected(r, libraryList, by).page(ctx, r.db, by, page, f.Status, f.CategoryID, f.Kind, f.AuthorID, f.Language, f.Search)
}

// Prerequisite is an item that another one asks for, as a person may know of it.
type Prerequisite struct {
	AsksID domain.ItemID `db:"asks_id"`
	content.Item
}

const prerequisites = ` from content_prerequisites q join content_items i on i.id = q.required_id
	where q.content_id = any($2) and` + known + ` order by i.title, i.id`

// Prerequisites reads what items ask to be completed first, as far as a person may know of it, by title.
func (r Reader) Prerequisites(ctx context.Context, viewer domain.UserID, ids []domain.ItemID) ([]*Prerequisite, error) {
	return selectRows[*Prerequisite](ctx, r.db, `select q.content_id as asks_id, `+itemColumns.text(r.projection)+prerequisites, viewer, pq.Array(ids))
}
