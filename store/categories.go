package store

import (
	"context"
	"strconv"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
)

const categoryColumns = `k.id, k.parent_id, k.slug, k.name, k.summary, k.position`

const categoriesByID = `select ` + categoryColumns + ` from content_categories k where k.id = any($1) and k.deleted_at is null`

// CategoriesByID reads branches.
func (r Reader) CategoriesByID(ctx context.Context, ids []domain.CategoryID) ([]*content.Category, error) {
	return selectRows[*content.Category](ctx, r.db, categoriesByID, pq.Array(ids))
}

const categoryBySlug = `select ` + categoryColumns + ` from content_categories k where k.slug = $1 and k.deleted_at is null`

// CategoryBySlug reads a branch; nil when there is none.
func (r Reader) CategoryBySlug(ctx context.Context, slug string) (*content.Category, error) {
	return getRow[content.Category](ctx, r.db, categoryBySlug, slug)
}

const topCategories = `select ` + categoryColumns + ` from content_categories k where k.parent_id is null and k.deleted_at is null
	order by k.position, k.id`

// TopCategories reads the branches at the top, in their order.
func (r Reader) TopCategories(ctx context.Context) ([]*content.Category, error) {
	return selectRows[*content.Category](ctx, r.db, topCategories)
}

const childCategories = `select ` + categoryColumns + ` from content_categories k where k.parent_id = any($1) and k.deleted_at is null
	order by k.position, k.id`

// ChildCategories reads the branches right below others, in their order.
func (r Reader) ChildCategories(ctx context.Context, parents []domain.CategoryID) ([]*content.Category, error) {
	return selectRows[*content.Category](ctx, r.db, childCategories, pq.Array(parents))
}

// PathStep is a branch on the way from the top down to another.
type PathStep struct {
	DescendantID domain.CategoryID `db:"descendant_id"`
	content.Category
}

const categoryPaths = `select t.descendant_id, ` + categoryColumns + ` from content_category_paths t join content_categories k on k.id = t.ancestor_id
	where t.descendant_id = any($1) order by t.depth desc`

// CategoryPaths reads the ways from the top down to branches, each in order.
func (r Reader) CategoryPaths(ctx context.Context, ids []domain.CategoryID) ([]*PathStep, error) {
	return selectRows[*PathStep](ctx, r.db, categoryPaths, pq.Array(ids))
}

const categoryFilter = ` from content_categories k where k.deleted_at is null`

var categoryList = list[content.Category, content.CategoryOrder]{
	name: "categories", query: `select ` + categoryColumns + categoryFilter, count: `select count(*)` + categoryFilter,
	filters: on(`k.parent_id = ?`, beginsWith("k.name")),
	orders: map[content.CategoryOrder]order[content.Category]{
		content.InOrder: {
			columns: []string{"k.position::integer", "k.id::uuid"},
			key:     func(k *content.Category) []string { return []string{strconv.Itoa(int(k.Position)), k.ID.String()} },
		},
		content.ByName: {
			columns: []string{"k.name::text", "k.id::uuid"},
			key:     func(k *content.Category) []string { return []string{k.Name, k.ID.String()} },
		},
	},
}

// ListCategories reads a page of branches of whatever depth.
func (r Reader) ListCategories(ctx context.Context, f content.CategoryFilter, by content.CategoryOrder, page domain.PageArgs) (*domain.Page[*content.Category], error) {
	return categoryList.page(ctx, r.db, by, page, f.ParentID, f.Search)
}
