package content

import (
	"bytes"
	"context"
	"slices"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

var holdSource = sqlkit.Statement(`select hold_source($1)`)

// HoldSource implements content.SourceTx.
func (t Tx) HoldSource(ctx context.Context, source string) error {
	var held bool
	if err := t.db.Get(ctx, &held, holdSource, source); err != nil {
		return sqlkit.Wrap(err)
	}
	if !held {
		return domain.Errorf(domain.CodeConflict, "another import of this source is running")
	}
	return nil
}

var sourceItems = sqlkit.Statement(`select s.content_id, s.path, s.document, s.checksum, s.likeness, s.asks, s.pruned_from, i.slug,
	i.status, i.access_level, i.deleted_at is not null as deleted, coalesce(s.taken_digest <> ` + itemDigest + `, false) as edited,
	coalesce(s.taken_digest <> ` + textDigest + `, false) as behind
	from content_sources s join content_items i on i.id = s.content_id join content_bodies b on b.content_id = s.content_id
	left join content_imported_texts t on t.content_id = s.content_id where s.source = $1`)

// SourceItems implements content.SourceTx.
func (t Tx) SourceItems(ctx context.Context, source string) ([]content.SourceItem, error) {
	return sqlkit.Rows[content.SourceItem](ctx, t.db, sourceItems, source)
}

var sourceFolders = sqlkit.Statement(`select f.path, f.category_id from content_source_folders f
	join content_categories k on k.id = f.category_id
	where f.source = $1 and k.deleted_at is null`)

// SourceFolders implements content.SourceTx.
func (t Tx) SourceFolders(ctx context.Context, source string) ([]content.SourceFolder, error) {
	return sqlkit.Rows[content.SourceFolder](ctx, t.db, sourceFolders, source)
}

var (
	sourceLanguage     = sqlkit.Statement(`select t.language from content_source_settings t where t.source = $1`)
	keepSourceLanguage = sqlkit.Statement(`insert into content_source_settings as t (source, language) values ($1, $2)
		on conflict (source) do update set language = excluded.language where t.language <> excluded.language`)
)

// SourceLanguage implements content.SourceTx.
func (t Tx) SourceLanguage(ctx context.Context, source string) (string, error) {
	found, err := sqlkit.Rows[string](ctx, t.db, sourceLanguage, source)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// KeepSourceLanguage implements content.SourceTx.
func (t Tx) KeepSourceLanguage(ctx context.Context, source, language string) error {
	_, err := t.db.Exec(ctx, keepSourceLanguage, source, language)
	return sqlkit.Wrap(err)
}

// A slug has no character that LIKE takes for a pattern.
var (
	itemSlugsFrom   = sqlkit.Statement(`select i.slug from content_items i where i.slug = $1 or i.slug like $1 || '-%'`)
	branchSlugsFrom = sqlkit.Statement(`select k.slug from content_categories k where k.slug = $1 or k.slug like $1 || '-%'`)
)

// SlugsFrom implements content.SourceTx.
func (t Tx) SlugsFrom(ctx context.Context, word string) (items, categories []string, err error) {
	if items, err = sqlkit.Rows[string](ctx, t.db, itemSlugsFrom, word); err != nil {
		return nil, nil, err
	}
	categories, err = sqlkit.Rows[string](ctx, t.db, branchSlugsFrom, word)
	return items, categories, err
}

// BranchBySlug implements content.SourceTx.
func (t Tx) BranchBySlug(ctx context.Context, slug string) (domain.CategoryID, error) {
	k, err := sqlkit.Row[content.Category](ctx, t.db, categoryBySlug.all, slug)
	if err == nil && k == nil {
		err = domain.Errorf(domain.CodeNotFound, "there is no category with the slug %q", slug).At("under")
	}
	if err != nil {
		return domain.CategoryID{}, err
	}
	return k.ID, nil
}

var (
	addBranch = sqlkit.Statement(`insert into content_categories (id, parent_id, slug, name, position)
		select $1, $2, $3, $4, coalesce(max(k.position), 0) + 1 from content_categories k where k.parent_id is not distinct from $2::uuid`)
	addSourceFolder = sqlkit.Statement(`insert into content_source_folders (source, path, category_id) values ($1, $2, $3)
		on conflict (source, path) do update set category_id = excluded.category_id`)
)

// AddBranch implements content.SourceTx.
func (t Tx) AddBranch(ctx context.Context, source, folder string, k *content.Category) error {
	if k.ParentID != nil {
		if err := t.holdBranches(ctx, *k.ParentID); err != nil {
			return err
		}
	}
	if _, err := t.db.Exec(ctx, addBranch, k.ID, k.ParentID, k.Slug, k.Name); err != nil {
		return overtaken(err)
	}
	return t.KeepCategory(ctx, source, folder, k.ID)
}

// overtaken is what a slug means that was free when the import was planned.
func overtaken(err error) error {
	switch sqlkit.Violates(err) {
	case "content_items_slug_key", "content_categories_slug_key":
		return sqlkit.Because(err, domain.Errorf(domain.CodeConflict, "a slug was taken in the meantime; run the import again"))
	}
	return sqlkit.Wrap(err)
}

var holdBranches = sqlkit.Statement(`select k.id from content_categories k where k.id = any($1) and k.deleted_at is null order by k.id for key share`)

// holdBranches keeps categories from being deleted before what comes into them is there.
func (t Tx) holdBranches(ctx context.Context, ids ...domain.CategoryID) error {
	slices.SortFunc(ids, func(a, b domain.CategoryID) int { return bytes.Compare(a.UUID[:], b.UUID[:]) })
	ids = slices.Compact(ids)
	there, err := sqlkit.Rows[domain.CategoryID](ctx, t.db, holdBranches, pq.Array(ids))
	if err == nil && len(there) < len(ids) {
		err = domain.Errorf(domain.CodeConflict, "a category of the source was deleted in the meantime; run the import again")
	}
	return err
}

// KeepCategory implements content.SourceTx.
func (t Tx) KeepCategory(ctx context.Context, source, folder string, category domain.CategoryID) error {
	if err := t.holdBranches(ctx, category); err != nil {
		return err
	}
	_, err := t.db.Exec(ctx, addSourceFolder, source, folder, category)
	return sqlkit.Wrap(err)
}
