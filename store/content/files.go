package content

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

var fileColumns = sqlkit.FixedColumns("f", "content_id", "name", "sha256", "media_type", "bytes")

var filesOf = sqlkit.Statement(`select ` + fileColumns.All() + ` from content_files f where f.content_id = any($1)
	order by f.content_id, f.position, f.sha256`)

// Files reads the files of items, in the order of their bodies. Whoever calls it has asked the access decision before.
func (r Reader) Files(ctx context.Context, items []domain.ItemID) ([]*content.File, error) {
	return sqlkit.Rows[*content.File](ctx, r.db, filesOf, pq.Array(items))
}

var fileOf = sqlkit.Statement(`select ` + fileColumns.All() + ` from content_files f where f.content_id = $1 and f.sha256 = $2`)

// FileOf reads one file of an item; nil when the item has no such file.
func (r Reader) FileOf(ctx context.Context, item domain.ItemID, sum string) (*content.File, error) {
	return sqlkit.Row[content.File](ctx, r.db, fileOf, item, sum)
}

var translations = sqlkit.Select(sqlkit.FixedColumns("o").With("of_id", "o.content_id").And(ItemColumns), ` from content_sources o
	join content_items own on own.id = o.content_id
	join content_sources s on s.source = o.source and s.document = o.document and s.content_id <> o.content_id
	join content_items i on i.id = s.content_id and i.language <> own.language
	where o.content_id = any($2) and`+known+` order by o.content_id, i.language, i.id`)

// Translations reads the versions of items in other languages that a user may know of, by language.
func (r Reader) Translations(ctx context.Context, viewer domain.UserID, items []domain.ItemID) ([]*content.Translation, error) {
	return sqlkit.Rows[*content.Translation](ctx, r.db, translations.For(r.projection), viewer, pq.Array(items))
}
