package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
)

const itemColumns = `i.id, i.category_id, i.author_id, i.slug, i.title, i.summary, i.preview, i.kind, i.status, i.access_level,
	i.duration_seconds, i.language, to_json(i.tags) as tags, i.published_at, i.created_at`

// published is what the catalogue shows to everyone. Its first two conditions are those of the partial indexes.
const published = `i.status = 'published' and i.deleted_at is null and i.published_at <= (select clock_now())`

// A draft is known to those who may read it; everybody else is told of what is published only.
const known = ` join user_content_access a on a.content_id = i.id and a.user_id = $1 and (a.has_access or a.reason <> 'not_published')`

const knownItems = `select ` + itemColumns + ` from content_items i` + known + ` where i.id = any($2)`

// KnownItems reads the items that a person may know of.
func (r Reader) KnownItems(ctx context.Context, viewer domain.UserID, ids []domain.ItemID) ([]*content.Item, error) {
	return selectRows[*content.Item](ctx, r.db, knownItems, viewer, pq.Array(ids))
}

const knownItemBySlug = `select ` + itemColumns + ` from content_items i` + known + ` where i.slug = $2`

// KnownItemBySlug reads an item that a person may know of; nil when there is none.
func (r Reader) KnownItemBySlug(ctx context.Context, viewer domain.UserID, slug string) (*content.Item, error) {
	return getRow[content.Item](ctx, r.db, knownItemBySlug, viewer, slug)
}

// Body is the whole text of an item. Only loaders behind the guard ask for it.
type Body struct {
	ItemID domain.ItemID `db:"content_id"`
	Text   string        `db:"body"`
}

const bodies = `select b.content_id, b.body from content_bodies b where b.content_id = any($1)`

// Bodies reads whole texts. Whoever calls it has asked the access decision before.
func (r Reader) Bodies(ctx context.Context, ids []domain.ItemID) ([]*Body, error) {
	return selectRows[*Body](ctx, r.db, bodies, pq.Array(ids))
}

const itemFilter = ` where ` + published + `
	and ($1::uuid is null or i.category_id in (select t.descendant_id from content_category_paths t where t.ancestor_id = $1))
	and ($2::text is null or i.kind = $2)`

const openItemFilter = ` join user_content_access a on a.content_id = i.id and a.user_id = $3 and a.has_access` + itemFilter

var itemOrders = map[content.ItemOrder]order[content.Item]{
	content.NewestFirst: {columns: []string{"i.published_at::timestamptz", "i.id::uuid"}, desc: true, key: publishedKey},
	content.OldestFirst: {columns: []string{"i.published_at::timestamptz", "i.id::uuid"}, key: publishedKey},
	content.ByTitle: {
		columns: []string{"i.title::text", "i.id::uuid"},
		key:     func(i *content.Item) []string { return []string{i.Title, i.ID.String()} },
	},
}

func publishedKey(i *content.Item) []string { return []string{stamp(*i.PublishedAt), i.ID.String()} }

var itemList = list[content.Item, content.ItemOrder]{
	name: "items", params: 2, orders: itemOrders,
	query: `select ` + itemColumns + ` from content_items i` + itemFilter, count: `select count(*) from content_items i` + itemFilter,
}

var openItemList = list[content.Item, content.ItemOrder]{
	name: "open-items", params: 3, orders: itemOrders,
	query: `select ` + itemColumns + ` from content_items i` + openItemFilter, count: `select count(*) from content_items i` + openItemFilter,
}

// ListItems reads a page of the published items, of all or of those that a person may open.
func (r Reader) ListItems(ctx context.Context, viewer domain.UserID, f content.ItemFilter, by content.ItemOrder, page domain.PageArgs) (*domain.Page[*content.Item], error) {
	if f.Accessible {
		return openItemList.page(ctx, r.db, by, page, f.CategoryID, f.Kind, viewer)
	}
	return itemList.page(ctx, r.db, by, page, f.CategoryID, f.Kind)
}
