package content

import (
	"context"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

var (
	draftColumns = ItemColumns.Fixed().And(sqlkit.FixedColumns("i", "summary_is_authored", "preview_is_authored"))
	lockItem     = sqlkit.Statement(`select ` + draftColumns.All() + ` from content_items i where i.id = $1 for update`)
	itemNow      = sqlkit.Statement(`select ` + ItemColumns.All() + ` from content_items i where i.id = $1`)
	bodyNow      = sqlkit.Statement(`select b.body from content_bodies b where b.content_id = $1`)
)

// LockItem implements content.ItemTx.
func (t Tx) LockItem(ctx context.Context, id domain.ItemID, path string) (*content.ItemDraft, error) {
	d, err := sqlkit.Row[content.ItemDraft](ctx, t.db, lockItem, id)
	if err == nil && d == nil {
		err = domain.Errorf(domain.CodeNotFound, "the item does not exist").At(path)
	}
	return d, err
}

// ItemNow implements content.ItemTx.
func (t Tx) ItemNow(ctx context.Context, id domain.ItemID) (*content.Item, error) {
	return sqlkit.Row[content.Item](ctx, t.db, itemNow, id)
}

// BodyNow implements content.ItemTx.
func (t Tx) BodyNow(ctx context.Context, id domain.ItemID) (string, error) {
	found, err := sqlkit.Rows[string](ctx, t.db, bodyNow, id)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

var (
	addItem = sqlkit.Statement(`insert into content_items (id, category_id, author_id, slug, title, summary, preview, summary_is_authored,
			preview_is_authored, kind, access_level, duration_seconds, language, tags, status)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'draft')`)
	saveItem = sqlkit.Statement(`update content_items i set category_id = $2, author_id = $3, slug = $4, title = $5, summary = $6, preview = $7,
			summary_is_authored = $8, preview_is_authored = $9, kind = $10, access_level = $11, duration_seconds = $12, language = $13, tags = $14
		where i.id = $1 and (i.category_id, i.author_id, i.slug, i.title, i.summary, i.preview, i.summary_is_authored, i.preview_is_authored,
			i.kind, i.access_level, i.duration_seconds, i.language, i.tags)
			is distinct from ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text[])`)
	// content_items has made the row of content_bodies by trigger.
	saveBody = sqlkit.Statement(`update content_bodies b set body = $2 where b.content_id = $1 and b.body is distinct from $2`)
	// The trigger counts; what makes a row another one is for it to say.
	countItem = sqlkit.Statement(`update content_items i set version = i.version + 1 where i.id = $1`)
)

func itemRow(d content.ItemDraft) []any {
	return []any{
		d.ID, d.CategoryID, d.AuthorID, d.Slug, d.Title, d.Summary, d.Preview, d.SummaryIsAuthored, d.PreviewIsAuthored, d.Kind,
		d.AccessLevel, d.DurationSeconds, d.Language, pq.Array(d.Tags()),
	}
}

// AddItem implements content.ItemTx.
func (t Tx) AddItem(ctx context.Context, d content.ItemDraft, body string) error {
	if _, err := t.db.Exec(ctx, addItem, itemRow(d)...); err != nil {
		return slugTaken(err)
	}
	_, err := t.db.Exec(ctx, saveBody, d.ID, body)
	return sqlkit.Wrap(err)
}

// SaveItem implements content.ItemTx.
func (t Tx) SaveItem(ctx context.Context, d content.ItemDraft, body *string) error {
	changed, err := t.db.Exec(ctx, saveItem, itemRow(d)...)
	if err != nil || body == nil {
		return slugTaken(err)
	}
	written, err := t.db.Exec(ctx, saveBody, d.ID, *body)
	if err != nil || written == 0 || changed > 0 {
		return sqlkit.Wrap(err)
	}
	_, err = t.db.Exec(ctx, countItem, d.ID)
	return sqlkit.Wrap(err)
}

var (
	countRequired      = sqlkit.Statement(`select count(*)::int from content_items i where i.id = any($1) and i.deleted_at is null`)
	dropPrerequisites  = sqlkit.Statement(`delete from content_prerequisites q where q.content_id = $1 and q.required_id <> all($2::uuid[])`)
	writePrerequisites = sqlkit.Statement(`insert into content_prerequisites (content_id, required_id)
		select $1, r.id from unnest($2::uuid[]) r (id) on conflict do nothing`)
)

// SetPrerequisites implements content.ItemTx.
func (t Tx) SetPrerequisites(ctx context.Context, id domain.ItemID, required []domain.ItemID) error {
	var there int
	if err := t.db.Get(ctx, &there, countRequired, pq.Array(required)); err != nil {
		return sqlkit.Wrap(err)
	}
	if there != len(required) {
		return domain.Errorf(domain.CodeNotFound, "one of the items does not exist").At("prerequisiteIds")
	}
	for _, statement := range []db.Statement{dropPrerequisites, writePrerequisites} {
		_, err := t.db.Exec(ctx, statement, id, pq.Array(required))
		switch sqlkit.Violates(err) {
		case "content_prerequisites_no_circle", "content_prerequisites_not_itself":
			return domain.Errorf(domain.CodeRefused, "an item cannot require itself, not even by way of others").
				Because("PREREQUISITE_CIRCLE").At("prerequisiteIds")
		}
		if err != nil {
			return sqlkit.Wrap(err)
		}
	}
	return nil
}

var (
	saveStage = sqlkit.Statement(`update content_items i set status = $2, deleted_at = $4,
			published_at = case when $5 then least($3::timestamptz, (select clock_now())) else $3::timestamptz end
		where i.id = $1 and (i.status, i.published_at, i.deleted_at) is distinct from ($2, $3::timestamptz, $4::timestamptz)`)
	// What an import archived and somebody decided about since is theirs, also when they decided that it stays so.
	decided = sqlkit.Statement(`update content_sources s set pruned_from = null where s.content_id = $1 and s.pruned_from is not null`)
)

// SaveStage implements content.ItemTx.
func (t Tx) SaveStage(ctx context.Context, i content.Item, now bool) error {
	if _, err := t.db.Exec(ctx, saveStage, i.ID, i.Status, i.PublishedAt, i.DeletedAt, now); err != nil {
		return sqlkit.Wrap(err)
	}
	_, err := t.db.Exec(ctx, decided, i.ID)
	return sqlkit.Wrap(err)
}
