package store

import (
	"context"
	"strconv"
	"unicode/utf8"

	"lyceum/domain"
	"lyceum/domain/content"
)

const maxQuery = 200 // characters

// Words of a body find an item only for whoever may open it: else one could read it word by word through the search.
// The rank is rounded so that a cursor's text compares equal to it.
const hitColumns = `select h.* from (select ` + itemColumns + `,
	round(ts_rank(case when a.has_access then b.search || b.body_search else b.search end, q)::numeric, 6)::float8 as rank`

const hitFilter = ` from websearch_to_tsquery('english', $1) q join content_bodies b on b.search @@ q or b.body_search @@ q
	join content_items i on i.id = b.content_id and ` + published + `
	join user_content_access a on a.content_id = i.id and a.user_id = $2 and (a.has_access or b.search @@ q)`

const openHitFilter = hitFilter + ` and a.has_access`

var hitOrders = map[content.ItemOrder]order[content.Hit]{
	"best_first": {
		columns: []string{"h.rank::float8", "h.id::uuid"}, desc: true,
		key: func(h *content.Hit) []string {
			return []string{strconv.FormatFloat(h.Rank, 'f', -1, 64), h.ID.String()}
		},
	},
}

var (
	hitList = list[content.Hit, content.ItemOrder]{
		name: "search", params: 2, orders: hitOrders,
		query: hitColumns + hitFilter + `) h where true`, count: `select count(*)` + hitFilter,
	}
	openHitList = list[content.Hit, content.ItemOrder]{
		name: "open-search", params: 2, orders: hitOrders,
		query: hitColumns + openHitFilter + `) h where true`, count: `select count(*)` + openHitFilter,
	}
)

// SearchItems reads a page of the published items that hold the words, best first, of all or of those that a person may
// open. Errors: INVALID.
func (r Reader) SearchItems(ctx context.Context, viewer domain.UserID, query string, accessible bool, page domain.PageArgs) (*domain.Page[*content.Hit], error) {
	if n := utf8.RuneCountInString(query); n < 1 || n > maxQuery {
		return nil, domain.Errorf(domain.CodeInvalid, "a search has 1 to %d characters", maxQuery).At("query")
	}
	if accessible {
		return openHitList.page(ctx, r.db, "best_first", page, query, viewer)
	}
	return hitList.page(ctx, r.db, "best_first", page, query, viewer)
}
