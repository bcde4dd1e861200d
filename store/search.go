package store

import (
	"context"
	"strconv"
	"unicode/utf8"

	"lyceum/domain"
	"lyceum/domain/content"
)

const maxQuery = 200 // characters

// A search has two parts. First come the items that hold the words where everyone may read them: title, summary and
// preview, ranked. Then those that hold them in the body only, the newest first, with rank 0; these only for whoever may
// open the item, else one could read a body word by word through the search. A word may stand in thousands of bodies:
// ranking those would read them all, so that they are taken in order and asked one by one until the page is full.
const (
	headHits = ` from websearch_to_tsquery('english', $1) q join content_bodies b on b.search @@ q
		join content_items i on i.id = b.content_id and ` + published
	openHeadHits = headHits + ` join user_content_access a on a.content_id = i.id and a.user_id = $4 and a.has_access`

	headColumns = `select h.* from (select ` + itemColumns + `, round(ts_rank(b.search, q)::numeric, 6)::float8 as rank`
	headPage    = `) h where $2::float8 is null or (h.rank, h.id) < ($2, $3::uuid) order by h.rank desc, h.id desc limit `

	headPageOf     = headColumns + headHits + headPage
	openHeadPageOf = headColumns + openHeadHits + headPage

	bodyHits = ` from (select b.content_id from websearch_to_tsquery('english', $1) q join content_bodies b on b.body_search @@ q and not b.search @@ q
			where $3::uuid is null or b.content_id < $3 order by b.content_id desc offset 0) b
		join lateral (select i.* from content_items i where i.id = b.content_id and ` + published + ` offset 0) i on true
		join lateral (select from user_content_access a where a.content_id = i.id and a.user_id = $2 and a.has_access offset 0) a on true`
	bodyPageOf = `select ` + itemColumns + `, 0::float8 as rank` + bodyHits + ` order by b.content_id desc limit `

	countHits = `select (select count(*)` + headHits + `)
		+ (select count(*) from websearch_to_tsquery('english', $1) q join content_bodies b on b.body_search @@ q and not b.search @@ q
		     join content_items i on i.id = b.content_id and ` + published + `
		     join user_content_access a on a.content_id = i.id and a.user_id = $2 and a.has_access)`
	countOpenHits = `select count(*) from websearch_to_tsquery('english', $1) q join content_bodies b on b.search @@ q or b.body_search @@ q
		join content_items i on i.id = b.content_id and ` + published + `
		join user_content_access a on a.content_id = i.id and a.user_id = $2 and a.has_access`
)

const searchCursor = "search"

// SearchItems reads a page of the published items that hold the words, best first, of all or of those that a person may
// open. Errors: INVALID.
func (r Reader) SearchItems(ctx context.Context, viewer domain.UserID, query string, accessible bool, args domain.PageArgs) (*domain.Page[*content.Hit], error) {
	if n := utf8.RuneCountInString(query); n < 1 || n > maxQuery {
		return nil, domain.Errorf(domain.CodeInvalid, "a search has 1 to %d characters", maxQuery).At("query")
	}
	p, err := domain.ParsePage(args, searchCursor, 2)
	if err != nil {
		return nil, err
	}
	limit := strconv.Itoa(limitFor(p.Size))
	var rank, id *string // of the row before the page
	if p.Key != nil {
		rank, id = &p.Key[0], &p.Key[1]
	}
	var hits []*content.Hit
	if rank == nil || *rank != "0" {
		if accessible {
			hits, err = selectRows[*content.Hit](ctx, r.db, r.ofItems(openHeadPageOf)+limit, query, rank, id, viewer)
		} else {
			hits, err = selectRows[*content.Hit](ctx, r.db, r.ofItems(headPageOf)+limit, query, rank, id)
		}
		if err != nil {
			return nil, err
		}
		id = nil // the bodies begin at their beginning
	}
	if len(hits) <= p.Size {
		more, err := selectRows[*content.Hit](ctx, r.db, r.ofItems(bodyPageOf)+limit, query, viewer, id)
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
		func(h *content.Hit) string {
			return domain.EncodeCursor(searchCursor, strconv.FormatFloat(h.Rank, 'f', -1, 64), h.ID.String())
		},
		func(ctx context.Context) (n int64, err error) {
			return n, wrap(r.db.Get(ctx, &n, count, query, viewer))
		}), nil
}
