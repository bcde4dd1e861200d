package content

import (
	"context"
	"strconv"
	"strings"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

// The first items of many categories at once: of each category alone, or with all below it. Each category's items come from a
// nested loop of their own and stay in order.
func firstItems(ofCategory string) *sqlkit.Paged {
	return sqlkit.Pages(func(p sqlkit.Projection, limit int) string {
		return `select c.id as of_category, i.* from unnest($1::uuid[]) c (id)
			cross join lateral (select ` + ItemColumns.Text(p, "published_at") + ofCategory +
			` order by i.published_at desc, i.id desc limit ` + strconv.Itoa(limit) + `) i`
	})
}

// categoryItems are the items of a category; ofCategory is their statement behind the columns, for the category ?.
type categoryItems struct {
	list  *sqlkit.List[content.Item, content.ItemOrder, domain.CategoryID]
	first *sqlkit.Paged
	count db.Statement // of many categories
}

func categoryItemsOf(name, ofCategory string) categoryItems {
	from := strings.ReplaceAll(ofCategory, "?", "$1")
	ofMany := strings.ReplaceAll(ofCategory, "?", "c.id")
	return categoryItems{
		list: sqlkit.NewList(sqlkit.ListOf[content.Item, content.ItemOrder, domain.CategoryID]{
			Name: name, Columns: ItemColumns, From: from, Own: []func(domain.CategoryID) any{func(id domain.CategoryID) any { return id }},
			Orders: map[content.ItemOrder]sqlkit.Order[content.Item]{content.NewestFirst: itemOrders[content.NewestFirst]},
		}),
		first: firstItems(ofMany),
		count: sqlkit.Statement(`select c.id, (select count(*)` + ofMany + `) as n from unnest($1::uuid[]) c (id)`),
	}
}

var (
	itemsHere  = categoryItemsOf("category-items", ` from content_items i where i.category_id = ? and `+Published)
	itemsBelow = categoryItemsOf("category-items-below", ` from content_items i
		join content_category_paths t on t.descendant_id = i.category_id
		where t.ancestor_id = ? and `+Published)
)

func itemsOf(below bool) categoryItems {
	if below {
		return itemsBelow
	}
	return itemsHere
}

// CategoryItems reads a page of the items of one category, the newest first, with all categories below it if asked.
func (r Reader) CategoryItems(ctx context.Context, category domain.CategoryID, below bool, page domain.PageArgs,
) (*domain.Page[*content.Item], error) {
	return itemsOf(below).list.Page(ctx, r.db, r.projection, content.NewestFirst, page, category)
}

// FirstCategoryItems reads the first page of the items of many categories in one statement. The pages continue with
// CategoryItems.
func (r Reader) FirstCategoryItems(ctx context.Context, categories []domain.CategoryID, below bool, size int32,
) (map[domain.CategoryID]*domain.Page[*content.Item], error) {
	of := itemsOf(below)
	p, err := of.list.FirstPage(content.NewestFirst, size)
	if err != nil {
		return nil, err
	}
	rows, err := sqlkit.Rows[*content.CategoryItem](ctx, r.db, of.first.For(r.projection, p.Size), pq.Array(categories))
	if err != nil {
		return nil, err
	}
	byCategory := make(map[domain.CategoryID][]*content.Item, len(categories))
	for _, row := range rows {
		byCategory[row.OfCategory] = append(byCategory[row.OfCategory], &row.Item)
	}
	return sqlkit.PagesByParent(p, categories, byCategory, of.list.Cursor(content.NewestFirst), r.db, of.count), nil
}
