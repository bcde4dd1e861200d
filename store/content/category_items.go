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

// The first items of many branches at once: of each branch alone, or with all below it. Each branch's items come from a
// nested loop of their own and stay in order.
func firstItems(ofBranch string) *sqlkit.Paged {
	return sqlkit.Pages(func(p sqlkit.Projection, limit int) string {
		return `select c.id as branch_id, i.* from unnest($1::uuid[]) c (id)
			cross join lateral (select ` + ItemColumns.Text(p, "published_at") + ofBranch +
			` order by i.published_at desc, i.id desc limit ` + strconv.Itoa(limit) + `) i`
	})
}

// branchItems are the items of a branch; ofBranch is their statement behind the columns, for the branch ?.
type branchItems struct {
	list  *sqlkit.List[content.Item, content.ItemOrder, domain.CategoryID]
	first *sqlkit.Paged
	count db.Statement // of many branches
}

func branchItemsOf(name, ofBranch string) branchItems {
	from := strings.ReplaceAll(ofBranch, "?", "$1")
	ofMany := strings.ReplaceAll(ofBranch, "?", "c.id")
	return branchItems{
		list: sqlkit.NewList(sqlkit.ListOf[content.Item, content.ItemOrder, domain.CategoryID]{
			Name: name, Columns: ItemColumns, From: from, Own: []func(domain.CategoryID) any{func(id domain.CategoryID) any { return id }},
			Orders: map[content.ItemOrder]sqlkit.Order[content.Item]{content.NewestFirst: itemOrders[content.NewestFirst]},
		}),
		first: firstItems(ofMany),
		count: sqlkit.Statement(`select c.id, (select count(*)` + ofMany + `) as n from unnest($1::uuid[]) c (id)`),
	}
}

var (
	itemsHere  = branchItemsOf("category-items", ` from content_items i where i.category_id = ? and `+Published)
	itemsBelow = branchItemsOf("category-items-below", ` from content_items i
		join content_category_paths t on t.descendant_id = i.category_id
		where t.ancestor_id = ? and `+Published)
)

func itemsOf(below bool) branchItems {
	if below {
		return itemsBelow
	}
	return itemsHere
}

// CategoryItems reads a page of the items of one branch, the newest first, with all branches below it if asked.
func (r Reader) CategoryItems(ctx context.Context, branch domain.CategoryID, below bool, page domain.PageArgs,
) (*domain.Page[*content.Item], error) {
	return itemsOf(below).list.Page(ctx, r.db, r.projection, content.NewestFirst, page, branch)
}

// FirstCategoryItems reads the first page of the items of many branches in one statement. The pages continue with
// CategoryItems.
func (r Reader) FirstCategoryItems(ctx context.Context, branches []domain.CategoryID, below bool, size int32,
) (map[domain.CategoryID]*domain.Page[*content.Item], error) {
	of := itemsOf(below)
	p, err := of.list.FirstPage(content.NewestFirst, size)
	if err != nil {
		return nil, err
	}
	rows, err := sqlkit.Rows[*content.CategoryItem](ctx, r.db, of.first.For(r.projection, p.Size), pq.Array(branches))
	if err != nil {
		return nil, err
	}
	byBranch := make(map[domain.CategoryID][]*content.Item, len(branches))
	for _, row := range rows {
		byBranch[row.BranchID] = append(byBranch[row.BranchID], &row.Item)
	}
	return sqlkit.PagesByParent(p, branches, byBranch, of.list.Cursor(content.NewestFirst), r.db, of.count), nil
}
