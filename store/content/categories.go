package content

import (
	"context"
	"strconv"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

// CategoryColumns are those of categories k. They can be left out only where a category is read with other rows.
var CategoryColumns = sqlkit.ColumnsOf[content.Category]("k", "id", "parent_id", "slug", "name", "summary", "position").Keep("id")

// holdsPublished is of what everyone may know of: a category that has something published in it, or anywhere below. Whoever may see drafts
// may know of all; nobody else may open what is not published, so that grants change nothing here. It is asked of the items
// each time: what will be published tomorrow has a date already, and no count could know when it comes. The few categories of
// a page end their search at the first item; where categories come with items that are published it need not be asked.
const holdsPublished = ` and exists (select from content_category_paths below join content_items i on i.category_id = below.descendant_id
	where below.ancestor_id = k.id and ` + Published + `)`

// forViewer is a statement in two forms: for whoever may see drafts, and for others.
type forViewer struct{ all, shown db.Statement }

func shownTo(statement, order string) forViewer {
	return forViewer{all: sqlkit.Statement(statement + order), shown: sqlkit.Statement(statement + holdsPublished + order)}
}

func (s forViewer) with(drafts bool) db.Statement {
	if drafts {
		return s.all
	}
	return s.shown
}

var categoriesByID = shownTo(`select `+CategoryColumns.All()+` from content_categories k where k.id = any($1) and k.deleted_at is null`, "")

// CategoriesByID reads categories, those with drafts alone only if asked.
func (r Reader) CategoriesByID(ctx context.Context, ids []domain.CategoryID, drafts bool) ([]*content.Category, error) {
	return sqlkit.Rows[*content.Category](ctx, r.db, categoriesByID.with(drafts), pq.Array(ids))
}

var categoryBySlug = shownTo(`select `+CategoryColumns.All()+` from content_categories k where k.slug = $1 and k.deleted_at is null`, "")

// CategoryBySlug reads a category; nil when there is none, or none but drafts in it unless they are asked.
func (r Reader) CategoryBySlug(ctx context.Context, slug string, drafts bool) (*content.Category, error) {
	return sqlkit.Row[content.Category](ctx, r.db, categoryBySlug.with(drafts), slug)
}

const inTheirOrder = ` order by k.position, k.id`

var (
	topCategories = shownTo(`select `+CategoryColumns.All()+` from content_categories k
		where k.parent_id is null and k.deleted_at is null`, inTheirOrder)
	childCategories = shownTo(`select `+CategoryColumns.All()+` from content_categories k
		where k.parent_id = any($1) and k.deleted_at is null`, inTheirOrder)
)

// TopCategories reads the categories at the top, in their order; those with drafts alone only if asked.
func (r Reader) TopCategories(ctx context.Context, drafts bool) ([]*content.Category, error) {
	return sqlkit.Rows[*content.Category](ctx, r.db, topCategories.with(drafts))
}

// ChildCategories reads the categories right below others, in their order; those with drafts alone only if asked.
func (r Reader) ChildCategories(ctx context.Context, parents []domain.CategoryID, drafts bool) ([]*content.Category, error) {
	return sqlkit.Rows[*content.Category](ctx, r.db, childCategories.with(drafts), pq.Array(parents))
}

var categoryPaths = shownTo(`select t.descendant_id, `+CategoryColumns.All()+` from content_category_paths t
	join content_categories k on k.id = t.ancestor_id
		where t.descendant_id = any($1) and k.deleted_at is null`, ` order by t.depth desc`)

// CategoryPaths reads the ways from the top down to categories, each in order; those with drafts alone only if asked.
func (r Reader) CategoryPaths(ctx context.Context, ids []domain.CategoryID, drafts bool) ([]*content.PathStep, error) {
	return sqlkit.Rows[*content.PathStep](ctx, r.db, categoryPaths.with(drafts), pq.Array(ids))
}

const categoryFilter = ` from content_categories k where k.deleted_at is null`

var (
	categoryList = sqlkit.NewList(sqlkit.ListOf[content.Category, content.CategoryOrder, content.CategoryFilter]{
		Name: "categories", Columns: CategoryColumns.Fixed(), From: categoryFilter,
		Filters: sqlkit.Filters[content.CategoryFilter]{
			sqlkit.Where(`k.parent_id = ?`, func(f content.CategoryFilter) *domain.CategoryID { return f.ParentID }),
			sqlkit.Where(sqlkit.BeginsWith("k.name"), func(f content.CategoryFilter) *string { return f.Search }),
		},
		Orders: map[content.CategoryOrder]sqlkit.Order[content.Category]{
			content.ByPosition: {
				Columns: []string{"k.position::integer", "k.id::uuid"},
				Key:     func(k *content.Category) []string { return []string{strconv.Itoa(int(k.Position)), k.ID.String()} },
			},
			content.ByName: {
				Columns: []string{"k.name::text", "k.id::uuid"},
				Key:     func(k *content.Category) []string { return []string{k.Name, k.ID.String()} },
			},
		},
	})
	shownCategoryList = categoryList.Also(holdsPublished)
)

// ListCategories reads a page of categories of whatever depth, those with drafts alone only if asked.
func (r Reader) ListCategories(ctx context.Context, f content.CategoryFilter, by content.CategoryOrder, page domain.PageArgs, drafts bool,
) (*domain.Page[*content.Category], error) {
	l := shownCategoryList
	if drafts {
		l = categoryList
	}
	return l.Page(ctx, r.db, r.projection, by, page, f)
}
