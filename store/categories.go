package store

import (
	"context"
	"strconv"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
)

const categoryColumns = `k.id, k.parent_id, k.slug, k.name, k.summary, k.position`

// holdsPublished is of what everyone may know of: a category that has something published in it, or anywhere below. Whoever may see drafts
// may know of all; nobody else may open what is not published, so that grants change nothing here. It is asked of the items
// each time: what will be published tomorrow has a date already, and no count could know when it comes. The few categories of
// a page end their search at the first item; where categories come with items that are published it need not be asked.
const holdsPublished = ` and exists (select from content_category_paths below join content_items i on i.category_id = below.descendant_id
	where below.ancestor_id = k.id and ` + published + `)`

// shownTo is a statement up to its conditions, for whoever may see drafts or for others.
func shownTo(statement string, drafts bool) string {
	if drafts {
		return statement
	}
	return statement + holdsPublished
}

// joinedCategory are the columns of a category that is read with other rows.
var joinedCategory = columnsOf("content.Category", "k", "id", "parent_id", "slug", "name", "summary", "position").keep("id")

const categoriesByID = `select ` + categoryColumns + ` from content_categories k where k.id = any($1) and k.deleted_at is null`

// CategoriesByID reads categories, those with drafts alone only if asked.
func (r Reader) CategoriesByID(ctx context.Context, ids []domain.CategoryID, drafts bool) ([]*content.Category, error) {
	return selectRows[*content.Category](ctx, r.db, shownTo(categoriesByID, drafts), pq.Array(ids))
}

const categoryBySlug = `select ` + categoryColumns + ` from content_categories k where k.slug = $1 and k.deleted_at is null`

// CategoryBySlug reads a category; nil when there is none, or none but drafts in it unless they are asked.
func (r Reader) CategoryBySlug(ctx context.Context, slug string, drafts bool) (*content.Category, error) {
	return getRow[content.Category](ctx, r.db, shownTo(categoryBySlug, drafts), slug)
}

const (
	topCategories   = `select ` + categoryColumns + ` from content_categories k where k.parent_id is null and k.deleted_at is null`
	childCategories = `select ` + categoryColumns + ` from content_categories k where k.parent_id = any($1) and k.deleted_at is null`
	inTheirOrder    = ` order by k.position, k.id`
)

// TopCategories reads the categories at the top, in their order; those with drafts alone only if asked.
func (r Reader) TopCategories(ctx context.Context, drafts bool) ([]*content.Category, error) {
	return selectRows[*content.Category](ctx, r.db, shownTo(topCategories, drafts)+inTheirOrder)
}

// ChildCategories reads the categories right below others, in their order; those with drafts alone only if asked.
func (r Reader) ChildCategories(ctx context.Context, parents []domain.CategoryID, drafts bool) ([]*content.Category, error) {
	return selectRows[*content.Category](ctx, r.db, shownTo(childCategories, drafts)+inTheirOrder, pq.Array(parents))
}

// PathStep is a category on the way from the top down to another.
type PathStep struct {
	DescendantID domain.CategoryID `db:"descendant_id"`
	content.Category
}

const (
	categoryPaths = `select t.descendant_id, ` + categoryColumns + ` from content_category_paths t join content_categories k on k.id = t.ancestor_id
		where t.descendant_id = any($1) and k.deleted_at is null`
	fromTheTop = ` order by t.depth desc`
)

// CategoryPaths reads the ways from the top down to categories, each in order; those with drafts alone only if asked.
func (r Reader) CategoryPaths(ctx context.Context, ids []domain.CategoryID, drafts bool) ([]*PathStep, error) {
	return selectRows[*PathStep](ctx, r.db, shownTo(categoryPaths, drafts)+fromTheTop, pq.Array(ids))
}

const categoryFilter = ` from content_categories k where k.deleted_at is null`

var (
	categoryList = list[content.Category, content.CategoryOrder]{
		name: "categories", query: `select ` + categoryColumns + categoryFilter, count: `select count(*)` + categoryFilter,
		filters: on(`k.parent_id = ?`, beginsWith("k.name")),
		orders: map[content.CategoryOrder]order[content.Category]{
			content.ByPosition: {
				columns: []string{"k.position::integer", "k.id::uuid"},
				key:     func(k *content.Category) []string { return []string{strconv.Itoa(int(k.Position)), k.ID.String()} },
			},
			content.ByName: {
				columns: []string{"k.name::text", "k.id::uuid"},
				key:     func(k *content.Category) []string { return []string{k.Name, k.ID.String()} },
			},
		},
	}
	shownCategoryList = categoryList.also(holdsPublished)
)

// ListCategories reads a page of categories of whatever depth, those with drafts alone only if asked.
func (r Reader) ListCategories(ctx context.Context, f content.CategoryFilter, by content.CategoryOrder, page domain.PageArgs, drafts bool) (*domain.Page[*content.Category], error) {
	l := shownCategoryList
	if drafts {
		l = categoryList
	}
	return l.page(ctx, r.db, by, page, f.ParentID, f.Search)
}
