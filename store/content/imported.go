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

// digestOf is the digest of what an import writes: of an item i with its body b, of a text t, of an entry e.
func digestOf(row, tags, body string) string {
	return `imported_digest(` + row + `.title, case when ` + row + `.summary_is_authored then ` + row + `.summary end, case when ` + row +
		`.preview_is_authored then ` + row + `.preview end, ` + row + `.kind, ` + row + `.duration_seconds, ` + row + `.language, ` + tags + `, ` +
		body + `.body)`
}

var (
	itemDigest  = digestOf("i", "i.tags", "b")
	textDigest  = digestOf("t", "t.tags", "t")
	entryDigest = digestOf("e", entryTags, "e")
)

var (
	importStates = sqlkit.Statement(`select s.content_id, case when s.taken_digest <> ` + textDigest + ` then 'changed_in_both'
			when s.taken_digest <> ` + itemDigest + ` then 'changed_here' end as conflict
		from content_sources s join content_items i on i.id = s.content_id join content_bodies b on b.content_id = s.content_id
		join content_imported_texts t on t.content_id = s.content_id where s.content_id = any($1)`)
	importedBodies = sqlkit.Statement(`select t.content_id, case when sum(octet_length(t.body)) over () <= $2 then t.body else '' end as body,
		(sum(octet_length(t.body)) over ())::bigint as total, '' as files from content_imported_texts t where t.content_id = any($1)`)
)

// ImportStates reads how the texts of imported items stand to those of their sources.
func (r Reader) ImportStates(ctx context.Context, ids []domain.ItemID) ([]*content.ImportState, error) {
	return sqlkit.Rows[*content.ImportState](ctx, r.db, importStates, pq.Array(ids))
}

// ImportedBodies is Bodies for the texts as they were imported last. Whoever calls it has asked for the permission before.
func (r Reader) ImportedBodies(ctx context.Context, ids []domain.ItemID, room int64) ([]*content.Body, int64, error) {
	return within(room)(sqlkit.Rows[*content.Body](ctx, r.db, importedBodies, pq.Array(ids), room))
}

// The texts of entries are kept whatever becomes of them.
var (
	keepTexts = sqlkit.Statement(`insert into content_imported_texts as t (content_id, title, summary, preview, summary_is_authored,
			preview_is_authored, kind, duration_seconds, language, tags, body, files)
		select e.id, e.title, e.summary, e.preview, e.summary_is_authored, e.preview_is_authored, e.kind, e.duration_seconds, e.language, ` +
		entryTags + `, e.body, e.files::jsonb` + entryRows + `
		on conflict (content_id) do update set title = excluded.title, summary = excluded.summary, preview = excluded.preview,
			summary_is_authored = excluded.summary_is_authored, preview_is_authored = excluded.preview_is_authored, kind = excluded.kind,
			duration_seconds = excluded.duration_seconds, language = excluded.language, tags = excluded.tags, body = excluded.body,
			files = excluded.files, imported_at = excluded.imported_at`)
	takeDigests = sqlkit.Statement(`update content_sources s set taken_digest = ` + entryDigest + entryRows + ` where s.content_id = e.id`)
	holdEntries = sqlkit.Statement(`select i.id from content_items i where i.id = any($1) order by i.id for update`)
	editedItems = sqlkit.Statement(`select s.content_id from content_sources s join content_items i on i.id = s.content_id
		join content_bodies b on b.content_id = s.content_id where s.content_id = any($1) and s.taken_digest <> ` + itemDigest)
)

// EditedEntries implements content.SourceTx.
func (t Tx) EditedEntries(ctx context.Context, entries []*content.SourceEntry) ([]domain.ItemID, error) {
	ids := make([]domain.ItemID, len(entries))
	for i, e := range entries {
		ids[i] = e.ItemID
	}
	if _, err := sqlkit.Rows[domain.ItemID](ctx, t.db, holdEntries, pq.Array(ids)); err != nil {
		return nil, err
	}
	return sqlkit.Rows[domain.ItemID](ctx, t.db, editedItems, pq.Array(ids))
}

// KeepEntries implements content.SourceTx.
func (t Tx) KeepEntries(ctx context.Context, entries []*content.SourceEntry) error {
	batch, err := json.Marshal(entries)
	if err != nil {
		return err
	}
	for _, statement := range []db.Statement{changeEntrySources, keepTexts} {
		if _, err := t.db.Exec(ctx, statement, string(batch)); err != nil {
			return sqlkit.Wrap(err)
		}
	}
	return nil
}

var (
	takeText = sqlkit.Statement(`update content_items i set title = t.title, kind = t.kind, duration_seconds = t.duration_seconds,
			language = t.language, tags = t.tags, summary = case when t.summary_is_authored or i.access_level = 0 then t.summary else '' end,
			summary_is_authored = t.summary_is_authored, preview = case when t.preview_is_authored or i.access_level = 0 then t.preview else '' end,
			preview_is_authored = t.preview_is_authored, version = i.version + 1
		from content_imported_texts t where t.content_id = i.id and i.id = $1`)
	takeBody  = sqlkit.Statement(`update content_bodies b set body = t.body from content_imported_texts t where t.content_id = b.content_id and b.content_id = $1`)
	dropFiles = sqlkit.Statement(`delete from content_files c where c.content_id = $1 and not exists (select from content_imported_texts t
		cross join lateral jsonb_array_elements(t.files) f (v) where t.content_id = c.content_id and f.v ->> 'sha256' = c.sha256)`)
	takeFiles = sqlkit.Statement(`insert into content_files as c (content_id, sha256, name, media_type, bytes, position)
		select t.content_id, f.v ->> 'sha256', f.v ->> 'name', f.v ->> 'media_type', (f.v ->> 'bytes')::bigint, f.n
		from content_imported_texts t cross join lateral jsonb_array_elements(t.files) with ordinality f (v, n) where t.content_id = $1
		on conflict (content_id, sha256) do update set name = excluded.name, media_type = excluded.media_type, position = excluded.position`)
	takeDigest = sqlkit.Statement(`update content_sources s set taken_digest = ` + textDigest + ` from content_imported_texts t
		where t.content_id = s.content_id and s.content_id = $1`)
)

// TakeImported implements content.ImportedTx.
func (t Tx) TakeImported(ctx context.Context, id domain.ItemID) (bool, error) {
	taken, err := t.db.Exec(ctx, takeText, id)
	if err != nil || taken == 0 {
		return false, sqlkit.Wrap(err)
	}
	for _, statement := range []db.Statement{takeBody, dropFiles, takeFiles, takeDigest} {
		if _, err := t.db.Exec(ctx, statement, id); err != nil {
			return false, sqlkit.Wrap(err)
		}
	}
	return true, nil
}
