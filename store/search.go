package store

import (
	"context"
	"strconv"
	"unicode/utf8"

	"lyceum/domain"
	contentsql "lyceum/store/content"
	"lyceum/store/sqlkit"
)

const maxQuery = 200 // characters

// A search has two parts. First come the items that hold the words where everyone may read them: title, summary and
// preview, ranked. Then those that hold them in the body only, the newest first, with rank 0; these only for whoever may
// open the item, else one could read a body word by word through the search. A word may stand in thousands of bodies:
// ranking those would read them all, so that they are taken in order and asked one by one until the page is full.
//
// Ranks need no item: all hits are put in order by them, and items are read one by one until the page is full. No hit of
// the first part has rank 0; PostgreSQL gives it to what merely lacks a word.
const (
	headHits = ` from websearch_to_tsquery('english', $1) q join content_bodies b on b.search @@ q`
	ranked   = ` from (select b.content_id, greatest(ts_rank(b.search, q), '1e-20') as rank` + headHits + `
		order by 2 desc, 1 desc offset 0) h
		join lateral (select i.* from content_items i where i.id = h.content_id and ` + contentsql.Published + ` offset 0) i on true`
	openRanked = ranked + ` join user_content_access a on a.content_id = h.content_id and a.user_id = $4 and a.has_access`

	headPage = ` where $2::float4 is null or (h.rank, h.content_id) < ($2, $3::uuid) order by h.rank desc, h.content_id desc limit `

	headPageOf     = `, h.rank` + ranked + headPage
	openHeadPageOf = `, h.rank` + openRanked + headPage

	bodyHits = ` from (select b.content_id from websearch_to_tsquery('english', $1) q join content_bodies b on b.body_search @@ q and
				not b.search @@ q where $3::uuid is null or b.content_id < $3 order by b.content_id desc offset 0) b
		join lateral (select i.* from content_items i where i.id = b.content_id and ` + contentsql.Published + ` offset 0) i on true
		join lateral (select from user_content_access a where a.content_id = i.id and a.user_id = $2 and a.has_access offset 0) a on true`
	bodyPageOf = `, 0::float4 as rank` + bodyHits + ` order by b.content_id desc limit `

	shown = ` join content_items i on i.id = b.content_id and ` + contentsql.Published
)

var (
	countHits = sqlkit.Statement(`select (select count(*)` + headHits + shown + `)
		+ (select count(*) from websearch_to_tsquery('english', $1) q join content_bodies b on b.body_search @@ q
		     and not b.search @@ q` + shown + `
		     join user_content_access a on a.content_id = i.id and a.user_id = $2 and a.has_access)`)
	countOpenHits = sqlkit.Statement(`select count(*) from websearch_to_tsquery('english', $1) q join content_bodies b on b.search @@ q
		or b.body_search @@ q` + shown + `
		join user_content_access a on a.content_id = i.id and a.user_id = $2 and a.has_access`)
)

// hitRows are the statements of a page of hits, by what is read with each.
type hitRows map[ItemJoins]*sqlkit.Paged

var (
	headHitRows     = hitsOf(headPageOf)
	openHeadHitRows = hitsOf(openHeadPageOf)
	bodyHitRows     = hitsOf(bodyPageOf)
)

func hitsOf(page string) hitRows {
	return forEachJoins(func(asked ItemJoins) *sqlkit.Paged {
		var columns sqlkit.Columns
		var keys []string
		tables := ``
		for _, j := range asked.joins() {
			columns, keys, tables = columns.And(j.columns), append(keys, j.key), tables+j.tables
		}
		return sqlkit.Pages(func(p sqlkit.Projection, limit int) string {
			hits := `select ` + contentsql.ItemColumns.Text(p, keys...) + page + strconv.Itoa(limit)
			if tables == `` {
				return hits
			}
			return `select i.*, ` + columns.Text(p) + ` from (` + hits + `) i` + tables + ` order by i.rank desc, i.id desc`
		})
	})
}

const searchCursor = "search"

// SearchItems reads a page of the published items that hold the words, best first, of all or of those that a user may
// open, and what is asked with each. Errors: INVALID.
func (r Reader) SearchItems(ctx context.Context, viewer domain.UserID, query string, accessible bool, args domain.PageArgs, joins ItemJoins,
) (*domain.Page[*HitRow], error) {
	if n := utf8.RuneCountInString(query); n < 1 || n > maxQuery {
		return nil, domain.Errorf(domain.CodeInvalid, "a search query must have 1 to %d characters", maxQuery).At("query")
	}
	p, err := domain.ParsePage(args, searchCursor, 2)
	if err != nil {
		return nil, err
	}
	var rank, id *string // of the row before the page
	if p.Key != nil {
		rank, id = &p.Key[0], &p.Key[1]
	}
	var hits []*HitRow
	if rank == nil || *rank != "0" {
		if accessible {
			hits, err = sqlkit.Rows[*HitRow](ctx, r.db, openHeadHitRows[joins].For(r.projection, p.Size), query, rank, id, viewer)
		} else {
			hits, err = sqlkit.Rows[*HitRow](ctx, r.db, headHitRows[joins].For(r.projection, p.Size), query, rank, id)
		}
		if err != nil {
			return nil, err
		}
		id = nil // the bodies begin at their beginning
	}
	if len(hits) <= p.Size {
		more, err := sqlkit.Rows[*HitRow](ctx, r.db, bodyHitRows[joins].For(r.projection, p.Size), query, viewer, id)
		if err != nil {
			return nil, err
		}
		hits = append(hits, more...)
	}
	count := countHits
	if accessible {
		count = countOpenHits
	}
	return domain.NewPage(p, hits,
		func(h *HitRow) string {
			return domain.EncodeCursor(searchCursor, strconv.FormatFloat(h.Rank, 'f', -1, 64), h.ID.String())
		},
		func(ctx context.Context) (n int64, err error) {
			return n, sqlkit.Wrap(r.db.Get(ctx, &n, count, query, viewer))
		}), nil
}
