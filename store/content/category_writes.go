package content

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

var (
	lockCategory = sqlkit.Statement(`select ` + CategoryColumns.All() + ` from content_categories k where k.id = $1 and k.deleted_at is null for update`)
	holdCategory = sqlkit.Statement(`select k.id from content_categories k where k.id = $1 and k.deleted_at is null for key share`)
	categoryNow  = sqlkit.Statement(`select ` + CategoryColumns.All() + ` from content_categories k where k.id = $1`)
)

func noCategory(path string) error {
	return domain.Errorf(domain.CodeNotFound, "the category does not exist").At(path)
}

// LockCategory implements content.CategoryTx.
func (t Tx) LockCategory(ctx context.Context, id domain.CategoryID, path string) (*content.Category, error) {
	k, err := sqlkit.Row[content.Category](ctx, t.db, lockCategory, id)
	if err == nil && k == nil {
		err = noCategory(path)
	}
	return k, err
}

// HoldCategory implements content.CategoryTx.
func (t Tx) HoldCategory(ctx context.Context, id domain.CategoryID, path string) error {
	found, err := sqlkit.Rows[domain.CategoryID](ctx, t.db, holdCategory, id)
	if err == nil && len(found) == 0 {
		err = noCategory(path)
	}
	return err
}

// CategoryNow implements content.CategoryTx.
func (t Tx) CategoryNow(ctx context.Context, id domain.CategoryID) (*content.Category, error) {
	return sqlkit.Row[content.Category](ctx, t.db, categoryNow, id)
}

// lastPlace is the position behind all that stand below a parent.
const lastPlace = `(select coalesce(max(s.position), 0) + 1 from content_categories s where s.deleted_at is null and s.parent_id is not distinct from `

var addCategory = sqlkit.Statement(`insert into content_categories (id, parent_id, slug, name, summary, position)
	values ($1, $2, $3, $4, $5, ` + lastPlace + `$2::uuid))`)

// AddCategory implements content.CategoryTx.
func (t Tx) AddCategory(ctx context.Context, k content.Category) error {
	_, err := t.db.Exec(ctx, addCategory, k.ID, k.ParentID, k.Slug, k.Name, k.Summary)
	return slugTaken(err)
}

var saveCategory = sqlkit.Statement(`update content_categories k set slug = $2, name = $3, summary = $4
	where k.id = $1 and (k.slug, k.name, k.summary) is distinct from ($2, $3, $4)`)

// SaveCategory implements content.CategoryTx.
func (t Tx) SaveCategory(ctx context.Context, k content.Category) error {
	_, err := t.db.Exec(ctx, saveCategory, k.ID, k.Slug, k.Name, k.Summary)
	return slugTaken(err)
}

// slugTaken is what a slug that is there already means. Slugs of what was deleted stay taken, so that no address leads to something else.
func slugTaken(err error) error {
	switch sqlkit.Violates(err) {
	case "content_categories_slug_key", "content_items_slug_key":
		return domain.Errorf(domain.CodeConflict, "this slug is taken, perhaps by something that was deleted").Because("SLUG_TAKEN").At("slug")
	}
	return sqlkit.Wrap(err)
}

var isBelow = sqlkit.Statement(`select exists (select from content_category_paths p where p.descendant_id = $1 and p.ancestor_id = $2)`)

// IsBelow implements content.CategoryTx.
func (t Tx) IsBelow(ctx context.Context, id, above domain.CategoryID) (below bool, err error) {
	return below, sqlkit.Wrap(t.db.Get(ctx, &below, isBelow, id, above))
}

var placeCategory = sqlkit.Statement(`update content_categories k set parent_id = $2, position = ` + lastPlace + `$2::uuid) where k.id = $1`)

// PlaceCategory implements content.CategoryTx.
func (t Tx) PlaceCategory(ctx context.Context, id domain.CategoryID, parent *domain.CategoryID) error {
	_, err := t.db.Exec(ctx, placeCategory, id, parent)
	return circleClosed(err, "parentId")
}

// circleClosed is what the trigger says when another move came first.
func circleClosed(err error, path string) error {
	switch sqlkit.Violates(err) {
	case "content_categories_no_circle", "content_categories_not_own_parent":
		return domain.Errorf(domain.CodeRefused, "a category cannot come below itself").Because("CATEGORY_CIRCLE").At(path)
	}
	return sqlkit.Wrap(err)
}

var depthBelow = sqlkit.Statement(`select (select max(p.depth) + 1 from content_category_paths p where p.descendant_id = $1)
	+ (select max(p.depth) from content_category_paths p join content_categories k on k.id = p.descendant_id
	    where p.ancestor_id = $1 and k.deleted_at is null)`)

// DepthBelow implements content.CategoryTx.
func (t Tx) DepthBelow(ctx context.Context, id domain.CategoryID) (depth int, err error) {
	return depth, sqlkit.Wrap(t.db.Get(ctx, &depth, depthBelow, id))
}

var lockChildren = sqlkit.Statement(`select k.id from content_categories k where k.parent_id is not distinct from $1::uuid and k.deleted_at is null
	order by k.position, k.id for update`)

// LockChildren implements content.CategoryTx.
func (t Tx) LockChildren(ctx context.Context, parent *domain.CategoryID) ([]domain.CategoryID, error) {
	return sqlkit.Rows[domain.CategoryID](ctx, t.db, lockChildren, parent)
}

var (
	orderCategories = sqlkit.Statement(`update content_categories k set position = o.n from unnest($1::uuid[]) with ordinality o (id, n)
		where k.id = o.id and k.position <> o.n`)
	categoriesInOrder = sqlkit.Statement(`select ` + CategoryColumns.All() + ` from content_categories k where k.id = any($1)` + inTheirOrder)
)

// OrderCategories implements content.CategoryTx.
func (t Tx) OrderCategories(ctx context.Context, ids []domain.CategoryID) ([]*content.Category, error) {
	if _, err := t.db.Exec(ctx, orderCategories, pq.Array(ids)); err != nil {
		return nil, sqlkit.Wrap(err)
	}
	return sqlkit.Rows[*content.Category](ctx, t.db, categoriesInOrder, pq.Array(ids))
}

var categoryContent = sqlkit.Statement(`select
	(select count(*)::int from content_categories k where k.parent_id = $1 and k.deleted_at is null) as categories,
	(select count(*)::int from content_items i where i.category_id = $1) as items`)

// CategoryContent implements content.CategoryTx.
func (t Tx) CategoryContent(ctx context.Context, id domain.CategoryID) (content.CategoryContent, error) {
	in, err := sqlkit.Row[content.CategoryContent](ctx, t.db, categoryContent, id)
	if err != nil {
		return content.CategoryContent{}, err
	}
	return *in, nil
}

var (
	moveChildren = sqlkit.Statement(`update content_categories k set parent_id = $2, position = o.place
		from (select c.id, (row_number() over (order by c.position, c.id))::int + ` + lastPlace + `$2::uuid) - 1 as place
		        from content_categories c where c.parent_id = $1 and c.deleted_at is null) o
		where k.id = o.id`)
	moveItems   = sqlkit.Statement(`update content_items i set category_id = $2 where i.category_id = $1`)
	moveFolders = sqlkit.Statement(`update content_source_folders f set category_id = $2 where f.category_id = $1`)
)

// MoveContent implements content.CategoryTx.
func (t Tx) MoveContent(ctx context.Context, from, to domain.CategoryID) error {
	if _, err := t.db.Exec(ctx, moveChildren, from, to); err != nil {
		return circleClosed(err, "moveContentTo")
	}
	if _, err := t.db.Exec(ctx, moveItems, from, to); err != nil {
		return sqlkit.Wrap(err)
	}
	_, err := t.db.Exec(ctx, moveFolders, from, to)
	return sqlkit.Wrap(err)
}

var deleteCategory = sqlkit.Statement(`update content_categories k set deleted_at = (select clock_now()) where k.id = $1`)

// DeleteCategory implements content.CategoryTx.
func (t Tx) DeleteCategory(ctx context.Context, id domain.CategoryID) error {
	_, err := t.db.Exec(ctx, deleteCategory, id)
	return sqlkit.Wrap(err)
}
