package content

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

// ItemColumns are those of items i.
var ItemColumns = sqlkit.ColumnsOf[content.Item]("i", "id", "category_id", "author_id", "slug", "title", "summary", "preview", "kind",
	"status", "access_level", "duration_seconds", "language", "tags", "published_at", "created_at", "updated_at", "version", "deleted_at").
	With("tags", "to_json(i.tags)").Keep("id")

// Published is what the catalogue shows to everyone. Its first two conditions are those of the partial indexes.
const Published = `i.status = 'published' and i.deleted_at is null and i.published_at <= (select clock_now())`

// known is what a user may know of: what is published, and anything else that they may open all the same. The access
// decision is asked for the few that are not published only.
const known = ` i.deleted_at is null and (` + Published + ` or exists (
		select from user_content_access a where a.content_id = i.id and a.user_id = $1 and a.has_access))`

var (
	publishedItems = sqlkit.Select(ItemColumns, ` from content_items i where i.id = any($1) and `+Published)
	knownItems     = sqlkit.Select(ItemColumns, ` from content_items i where i.id = any($2) and`+known)
)

// KnownItems reads the items that a user may know of. Nearly all are published; only for others is it worth to set the
// access decision in motion, which takes time even where it is not asked in the end.
func (r Reader) KnownItems(ctx context.Context, viewer domain.UserID, ids []domain.ItemID) ([]*content.Item, error) {
	items, err := sqlkit.Rows[*content.Item](ctx, r.db, publishedItems.For(r.projection), pq.Array(ids))
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
	others, err := sqlkit.Rows[*content.Item](ctx, r.db, knownItems.For(r.projection), viewer, pq.Array(missing))
	return append(items, others...), err
}

var knownItemBySlug = sqlkit.Select(ItemColumns, ` from content_items i where i.slug = $2 and`+known)

// KnownItemBySlug reads an item that a user may know of; nil when there is none.
func (r Reader) KnownItemBySlug(ctx context.Context, viewer domain.UserID, slug string) (*content.Item, error) {
	return sqlkit.Row[content.Item](ctx, r.db, knownItemBySlug.For(r.projection), viewer, slug)
}

// The sizes stand in the heads of the stored values: where the texts are too large together, none is read.
var bodies = sqlkit.Statement(`select b.content_id, case when sum(octet_length(b.body)) over () <= $2 then b.body else '' end as body,
	(sum(octet_length(b.body)) over ())::bigint as total,
	coalesce((select string_agg(f.sha256, ' ') from content_files f where f.content_id = b.content_id), '') as files
	from content_bodies b where b.content_id = any($1)`)

// Bodies reads whole texts and their size together; if that is more than room, the size alone. Whoever calls it has asked
// the access decision before.
func (r Reader) Bodies(ctx context.Context, ids []domain.ItemID, room int64) (list []*content.Body, size int64, err error) {
	return within(room)(sqlkit.Rows[*content.Body](ctx, r.db, bodies, pq.Array(ids), room))
}

// within are bodies that were read into a room, and their size together; if that is more than the room, the size alone.
func within(room int64) func([]*content.Body, error) ([]*content.Body, int64, error) {
	return func(list []*content.Body, err error) ([]*content.Body, int64, error) {
		if err != nil || len(list) == 0 {
			return nil, 0, err
		}
		if size := list[0].Total; size > room {
			return nil, size, nil
		}
		return list, list[0].Total, nil
	}
}

// InBranch is a condition on items: that they are in a category, or in any below it.
const InBranch = `i.category_id in (select t.descendant_id from content_category_paths t where t.ancestor_id = ?)`

// ItemsAsked is what the lists of items are asked with.
type ItemsAsked struct {
	Viewer domain.UserID
	content.ItemFilter
}

var itemFilters = sqlkit.Filters[ItemsAsked]{
	sqlkit.Where(InBranch, func(f ItemsAsked) *domain.CategoryID { return f.CategoryID }),
	sqlkit.Where(`i.kind = ?`, func(f ItemsAsked) *content.ItemKind { return f.Kind }),
	sqlkit.Where(`i.author_id = ?`, func(f ItemsAsked) *domain.UserID { return f.AuthorID }),
	sqlkit.Where(`i.language = ?`, func(f ItemsAsked) *string { return f.Language }),
	sqlkit.Where(`i.tags @> array[?::text]`, func(f ItemsAsked) *string { return f.Tag }),
	sqlkit.Where(`i.access_level <= ?`, func(f ItemsAsked) *int32 { return f.MaxAccessLevel }),
	sqlkit.Where(`i.duration_seconds <= ?`, func(f ItemsAsked) *int32 { return f.MaxDurationSeconds }),
	sqlkit.Where(`i.published_at >= ?`, func(f ItemsAsked) *time.Time { return f.Since }),
	sqlkit.Where(`i.published_at < ?`, func(f ItemsAsked) *time.Time { return f.Until }),
}

var itemOrders = map[content.ItemOrder]sqlkit.Order[content.Item]{
	content.NewestFirst: {
		Columns: []string{"i.published_at::timestamptz", "i.id::uuid"}, Desc: true, Needs: []string{"published_at"}, Key: publishedKey,
	},
	content.OldestFirst: {
		Columns: []string{"i.published_at::timestamptz", "i.id::uuid"}, Needs: []string{"published_at"}, Key: publishedKey,
	},
	content.ByTitle: {
		Columns: []string{"i.title::text", "i.id::uuid"}, Needs: []string{"title"},
		Key: func(i *content.Item) []string { return []string{i.Title, i.ID.String()} },
	},
}

func publishedKey(i *content.Item) []string {
	return []string{sqlkit.Stamp(*i.PublishedAt), i.ID.String()}
}

// What lists of items are read from: all items i, and with that those that a user, $1, may open.
const (
	FromItems = ` from content_items i`
	OfOpen    = ` join user_content_access a on a.content_id = i.id and a.user_id = $1 and a.has_access`
)

// The lists of ListItems: the published items, and those of them that a user may open.
var (
	ItemList = sqlkit.NewList(sqlkit.ListOf[content.Item, content.ItemOrder, ItemsAsked]{
		Name: "items", Columns: ItemColumns, From: FromItems + ` where ` + Published, Filters: itemFilters, Orders: itemOrders,
	})
	OpenItemList = sqlkit.NewList(sqlkit.ListOf[content.Item, content.ItemOrder, ItemsAsked]{
		Name: "open-items", Columns: ItemColumns, From: FromItems + OfOpen + ` where ` + Published,
		Filters: itemFilters, Orders: itemOrders,
		Own: []func(ItemsAsked) any{func(f ItemsAsked) any { return f.Viewer }},
	})
)

// ListItems reads a page of the published items, of all or of those that a user may open.
func (r Reader) ListItems(ctx context.Context, viewer domain.UserID, f content.ItemFilter, by content.ItemOrder, page domain.PageArgs,
) (*domain.Page[*content.Item], error) {
	l := ItemList
	if f.Accessible {
		l = OpenItemList
	}
	return l.Page(ctx, r.db, r.projection, by, page, ItemsAsked{Viewer: viewer, ItemFilter: f})
}

var prerequisites = sqlkit.Select(sqlkit.FixedColumns("q").With("asks_id", "q.content_id").And(ItemColumns), `
	from content_prerequisites q join content_items i on i.id = q.required_id
	where q.content_id = any($2) and`+known+` order by i.title, i.id`)

// Prerequisites reads what items ask to be completed first, as far as a user may know of it, by title.
func (r Reader) Prerequisites(ctx context.Context, viewer domain.UserID, ids []domain.ItemID) ([]*content.Prerequisite, error) {
	return sqlkit.Rows[*content.Prerequisite](ctx, r.db, prerequisites.For(r.projection), viewer, pq.Array(ids))
}
