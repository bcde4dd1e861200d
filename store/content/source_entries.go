package content

import (
	"context"
	"encoding/json"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

// A batch travels as one JSON value; the statements take from it what they need.
const entryRows = ` from json_to_recordset($1::json) as e (id uuid, category_id uuid, author_id uuid, path text, document text, checksum text,
	likeness text, slug text, title text, summary text, preview text, summary_is_authored boolean, preview_is_authored boolean, kind text,
	status text, access_level int, reset boolean, was_status text, was_level int, asks text, duration_seconds int, language text, tags json, body text, files json)`

// What an editor has decided since the import was planned stays; a level that is not the same any more is never lowered. Both say the same
// when they are applied again.
const (
	entryStatus = `case when e.reset and i.status = e.was_status then e.status else i.status end`
	entryLevel  = `case when not e.reset then i.access_level when i.access_level = e.was_level then e.access_level
		else greatest(i.access_level, e.access_level) end`
	entryPublished = `case when e.reset and i.status = e.was_status and e.status = 'published' then coalesce(i.published_at, (select clock_now()))
		else i.published_at end`
	entryTags  = `array(select json_array_elements_text(e.tags))`
	entryFiles = ` cross join lateral json_array_elements(e.files) with ordinality f (v, n)`
)

var (
	addEntryItems = sqlkit.Statement(`insert into content_items (id, category_id, author_id, slug, title, summary, preview,
			summary_is_authored, preview_is_authored, kind, status, access_level, duration_seconds, language, tags, published_at)
		select e.id, e.category_id, e.author_id, e.slug, e.title, e.summary, e.preview,
			e.summary_is_authored, e.preview_is_authored, e.kind, e.status, e.access_level, e.duration_seconds, e.language, ` + entryTags + `,
			case when e.status = 'published' then (select clock_now()) end` + entryRows)
	addEntrySources = sqlkit.Statement(`insert into content_sources (content_id, source, path, document, checksum, likeness, asks, taken_digest)
		select e.id, $2, e.path, e.document, decode(e.checksum, 'hex'), decode(e.likeness, 'hex'), e.asks, ` + entryDigest + entryRows)
	// What is archived stays so: ReturnEntries brings it back, and ResetEntries has the last word then.
	// What changes in the body alone is another version too.
	changeEntryItems = sqlkit.Statement(`update content_items i set title = e.title, kind = e.kind, duration_seconds = e.duration_seconds,
			language = e.language, tags = ` + entryTags + `,
			summary = case when e.summary_is_authored or ` + entryLevel + ` = 0 then e.summary else '' end,
			summary_is_authored = e.summary_is_authored,
			preview = case when e.preview_is_authored or ` + entryLevel + ` = 0 then e.preview else '' end,
			preview_is_authored = e.preview_is_authored,
			version = i.version + 1, access_level = ` + entryLevel + `, status = ` + entryStatus + `,
			published_at = ` + entryPublished + entryRows + `
		where i.id = e.id`)
	changeEntrySources = sqlkit.Statement(`update content_sources s set path = e.path, document = e.document,
			checksum = decode(e.checksum, 'hex'), likeness = decode(e.likeness, 'hex'), asks = e.asks,
			imported_at = clock_now()` + entryRows + `
		where s.content_id = e.id`)
	// content_items has made the rows of content_bodies by trigger.
	writeEntryBodies = sqlkit.Statement(`update content_bodies b set body = e.body` + entryRows + ` where b.content_id = e.id
		and b.body is distinct from e.body`)
	dropEntryFiles = sqlkit.Statement(`delete from content_files c where c.content_id = any($2)
		and not exists (select` + entryRows + entryFiles + `
		where e.id = c.content_id and f.v ->> 'sha256' = c.sha256)`)
	writeEntryFiles = sqlkit.Statement(`insert into content_files as c (content_id, sha256, name, media_type, bytes, position)
		select e.id, f.v ->> 'sha256', f.v ->> 'name', f.v ->> 'media_type', (f.v ->> 'bytes')::bigint, f.n` + entryRows + entryFiles + `
		on conflict (content_id, sha256) do update set name = excluded.name, media_type = excluded.media_type, position = excluded.position
		where (c.name, c.media_type, c.position) is distinct from (excluded.name, excluded.media_type, excluded.position)`)
)

// AddEntries implements content.SourceTx.
func (t Tx) AddEntries(ctx context.Context, source string, entries []*content.SourceEntry) error {
	batch, err := json.Marshal(entries)
	if err != nil {
		return err
	}
	into := make([]domain.CategoryID, len(entries))
	for i, e := range entries {
		into[i] = e.CategoryID
	}
	if err := t.holdBranches(ctx, into...); err != nil {
		return err
	}
	if _, err := t.db.Exec(ctx, addEntryItems, string(batch)); err != nil {
		return overtaken(err)
	}
	if _, err := t.db.Exec(ctx, addEntrySources, string(batch), source); err != nil {
		return sqlkit.Wrap(err)
	}
	return t.writeTexts(ctx, string(batch))
}

// ChangeEntries implements content.SourceTx.
func (t Tx) ChangeEntries(ctx context.Context, entries []*content.SourceEntry) error {
	batch, err := json.Marshal(entries)
	if err != nil {
		return err
	}
	ids := make([]domain.ItemID, len(entries))
	for i, e := range entries {
		ids[i] = e.ItemID
	}
	for _, statement := range []db.Statement{changeEntryItems, changeEntrySources, takeDigests} {
		if _, err := t.db.Exec(ctx, statement, string(batch)); err != nil {
			return sqlkit.Wrap(err)
		}
	}
	if _, err := t.db.Exec(ctx, dropEntryFiles, string(batch), pq.Array(ids)); err != nil {
		return sqlkit.Wrap(err)
	}
	return t.writeTexts(ctx, string(batch))
}

func (t Tx) writeTexts(ctx context.Context, batch string) error {
	for _, statement := range []db.Statement{writeEntryBodies, writeEntryFiles, keepTexts} {
		if _, err := t.db.Exec(ctx, statement, batch); err != nil {
			return sqlkit.Wrap(err)
		}
	}
	return nil
}

var (
	rememberStatus = sqlkit.Statement(`update content_sources s set pruned_from = i.status from content_items i where i.id = s.content_id
		and s.content_id = any($1) and i.status in ('draft', 'published')`)
	archiveItems = sqlkit.Statement(`update content_items i set status = 'archived' where i.id = any($1) and i.status in ('draft', 'published')`)
)

// ArchiveEntries implements content.SourceTx.
func (t Tx) ArchiveEntries(ctx context.Context, items []domain.ItemID) error {
	return t.both(ctx, items, rememberStatus, archiveItems)
}

var (
	returnItems = sqlkit.Statement(`update content_items i set status = s.pruned_from from content_sources s where s.content_id = i.id
		and s.pruned_from is not null and i.id = any($1)`)
	forgetStatus = sqlkit.Statement(`update content_sources s set pruned_from = null where s.content_id = any($1)`)
)

// ReturnEntries implements content.SourceTx.
func (t Tx) ReturnEntries(ctx context.Context, items []domain.ItemID) error {
	return t.both(ctx, items, returnItems, forgetStatus)
}

func (t Tx) both(ctx context.Context, items []domain.ItemID, first, second db.Statement) error {
	for _, statement := range []db.Statement{first, second} {
		if _, err := t.db.Exec(ctx, statement, pq.Array(items)); err != nil {
			return sqlkit.Wrap(err)
		}
	}
	return nil
}

var resetItems = sqlkit.Statement(`update content_items i set status = ` + entryStatus + `, access_level = ` + entryLevel + `,
	published_at = ` + entryPublished + entryRows + `
	where i.id = e.id and (i.status, i.access_level) is distinct from (` + entryStatus + `, ` + entryLevel + `)`)

// ResetEntries implements content.SourceTx.
func (t Tx) ResetEntries(ctx context.Context, entries []*content.SourceEntry) error {
	batch, err := json.Marshal(entries)
	if err != nil {
		return err
	}
	_, err = t.db.Exec(ctx, resetItems, string(batch))
	return sqlkit.Wrap(err)
}
