package store

import (
	"context"
	"strconv"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/analytics"
)

var popularityColumns = columnsOf("analytics.Popularity", "p", "content_id", "views", "learners", "completions", "seconds", "average_rating", "ratings",
	"views_30d", "as_of").keep("content_id")

const popularityOf = ` from content_popularity p where p.content_id = any($1)`

// Popularity reads how items are used.
func (r Reader) Popularity(ctx context.Context, items []domain.ItemID) ([]*analytics.Popularity, error) {
	return selectRows[*analytics.Popularity](ctx, r.db, `select `+popularityColumns.text(r.projection)+popularityOf, pq.Array(items))
}

var popularityList = list[ItemFigures, analytics.PopularityOrder]{
	name: "popularity", count: `select count(*) from content_popularity p where true`,
	rows: func(p Projection, needs []string) string {
		return `select ` + popularityColumns.text(p, needs...) + ` from content_popularity p where true`
	},
	filters: on(`p.content_id in (select i.id from content_items i where ` + inBranch + `)`),
	orders: map[analytics.PopularityOrder]order[ItemFigures]{
		analytics.MostViewed: {
			columns: []string{"p.views::bigint", "p.content_id::uuid"}, desc: true, needs: []string{"views"},
			key: func(p *ItemFigures) []string {
				return []string{strconv.FormatInt(p.Views, 10), p.ItemID.String()}
			},
		},
		analytics.MostViewed30d: {
			columns: []string{"p.views_30d::bigint", "p.content_id::uuid"}, desc: true, needs: []string{"views_30d"},
			key: func(p *ItemFigures) []string {
				return []string{strconv.FormatInt(p.Views30d, 10), p.ItemID.String()}
			},
		},
		analytics.MostCompleted: {
			columns: []string{"p.completions::bigint", "p.content_id::uuid"}, desc: true, needs: []string{"completions"},
			key: func(p *ItemFigures) []string {
				return []string{strconv.FormatInt(p.Completions, 10), p.ItemID.String()}
			},
		},
		analytics.BestRated: {
			columns: []string{"coalesce(p.average_rating, 0)::float8", "p.content_id::uuid"}, desc: true, needs: []string{"average_rating"},
			key: func(p *ItemFigures) []string {
				if p.AverageRating == nil {
					return []string{"0", p.ItemID.String()}
				}
				return []string{strconv.FormatFloat(*p.AverageRating, 'f', -1, 64), p.ItemID.String()}
			},
		},
	},
}

// ofPublished leaves out the figures of what is not published.
const ofPublished = ` and exists (select from content_items i where i.id = p.content_id and ` + published + `)`

var publishedPopularityList = popularityList.also(ofPublished)

// ListPopularity reads a page of how items are used, drafts only if asked.
func (r Reader) ListPopularity(ctx context.Context, f analytics.PopularityFilter, by analytics.PopularityOrder, page domain.PageArgs, drafts bool) (*domain.Page[*analytics.Popularity], error) {
	l := publishedPopularityList
	if drafts {
		l = popularityList
	}
	found, err := projected(r, l, by).page(ctx, r.db, by, page, f.CategoryID)
	if err != nil {
		return nil, err
	}
	return domain.MapPage(found, (*ItemFigures).Figures), nil
}

const activityOf = `select s.user_id, s.items_started, s.items_completed, s.completion_rate, s.seconds, s.last_learned_at, s.logins_30d, s.last_login_at
	from user_activity_summary s where s.user_id = any($1)`

// Activity reads what people have done.
func (r Reader) Activity(ctx context.Context, ids []domain.UserID) ([]*analytics.Activity, error) {
	return selectRows[*analytics.Activity](ctx, r.db, activityOf, pq.Array(ids))
}
