package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
)

// CategoryItem is an item in the list of a branch.
type CategoryItem struct {
	BranchID domain.CategoryID `db:"branch_id"`
	content.Item
}

// The first items of many branches at once: of each branch alone, or with all below it. Each branch's items come from a
// nested loop of their own and stay in order.
const (
	firstItems     = `select c.id as branch_id, i.* from unnest($1::uuid[]) c (id) cross join lateral (select `
	firstItemsHere = ` from content_items i where i.category_id = c.id and ` + published + `
		order by i.published_at desc, i.id desc limit `
	firstItemsBelow = ` from content_items i join content_category_paths t on t.descendant_id = i.category_id
		where t.ancestor_id = c.id and ` + published + ` order by i.published_at desc, i.id desc limit `
	firstItemsEnd = `) i`
)

var (
	branchItems      = branchList("category-items", ` from content_items i where i.category_id = $1 and `+published)
	branchItemsBelow = branchList("category-items-below", ` from content_items i join content_category_paths t on t.descendant_id = i.category_id
		where t.ancestor_id = $1 and `+published)
)

func branchList(name, from string) list[content.Item, content.ItemOrder] {
	return list[content.Item, content.ItemOrder]{
		name: name, params: 1, rows: itemsFrom(from), count: `select count(*)` + from,
		orders: map[content.ItemOrder]order[content.Item]{content.NewestFirst: itemOrders[content.NewestFirst]},
	}
}

// CategoryItems reads a page of the items of one branch, the newest first, with all branches below it if asked.
func (r Reader) CategoryItems(ctx context.Context, branch domain.CategoryID, below bool, page domain.PageArgs) (*domain.Page[*content.Item], error) {
	if below {
		return projected(r, branchItemsBelow, content.NewestFirst).page(ctx, r.db, content.NewestFirst, page, branch)
	}
	return projected(r, branchItems, content.NewestFirst).page(ctx, r.db, content.NewestFirst, page, branch)
}

// FirstCategoryItems reads the first page of the items of many branches in one statement. The pages continue with
// CategoryItems.
func (r Reader) FirstCategoryItems(ctx context.Context, branches []domain.CategoryID, below bool, size int32) (map[domain.CategoryID]*domain.Page[*content.Item], error) {
	l, query := branchItems, firstItemsHere
	if below {
		l, query = branchItemsBelow, firstItemsBelow
	}
	cursorName := l.name + ":" + string(content.NewestFirst)
	p, err := domain.ParsePage(domain.PageArgs{First: &size}, cursorName, 2)
	if err != nil {
		return nil, err
	}
	rows, err := selectRows[*CategoryItem](ctx, r.db, firstItems+itemColumns.text(r.projection, "published_at")+query+strconv.Itoa(limitFor(p.Size))+firstItemsEnd, pq.Array(branches))
	if err != nil {
		return nil, err
	}
	byBranch := make(map[domain.CategoryID][]*content.Item, len(branches))
	for _, row := range rows {
		byBranch[row.BranchID] = append(byBranch[row.BranchID], &row.Item)
	}
	counts := countsOf(r.db, countItemsOf(l.count), branches)
	pages := make(map[domain.CategoryID]*domain.Page[*content.Item], len(branches))
	for _, branch := range branches {
		pages[branch] = domain.NewPage(p, byBranch[branch],
			func(i *content.Item) string { return domain.EncodeCursor(cursorName, publishedKey(i)...) },
			func(ctx context.Context) (int64, error) { return counts(ctx, branch) })
	}
	return pages, nil
}

// countItemsOf counts the items of each of many categories.
func countItemsOf(count string) string {
	return "select c.id, (" + strings.ReplaceAll(count, "$1", "c.id") + ") as n from unnest($1::uuid[]) c (id)"
}
