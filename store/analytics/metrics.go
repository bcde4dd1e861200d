package analytics

import (
	"context"
	"strconv"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/store/sqlkit"
)

// PopularityColumns are those of the figures p of items.
var PopularityColumns = sqlkit.ColumnsOf[analytics.Popularity]("p", "content_id", "views", "learners", "completions", "seconds",
	"average_rating", "ratings", "views_30d", "as_of").Keep("content_id")

var popularityOf = sqlkit.Select(PopularityColumns, ` from content_popularity p where p.content_id = any($1)`)

// Popularity reads how items are used.
func (r Reader) Popularity(ctx context.Context, items []domain.ItemID) ([]*analytics.Popularity, error) {
	return sqlkit.Rows[*analytics.Popularity](ctx, r.db, popularityOf.For(r.projection), pq.Array(items))
}

// MetricsColumns are those of the figures of a plan, which are read together with the plan.
var MetricsColumns = sqlkit.FixedColumns("m", "plan_id", "currency", "active_count", "trialing_count", "past_due_count",
	"paused_count", "ended_count", "started_30d", "ended_30d", "mrr_minor", "revenue_30d_minor", "as_of")

// PopularityOrders are the orders of lists of figures p.
var PopularityOrders = map[analytics.PopularityOrder]sqlkit.Order[analytics.Popularity]{
	analytics.MostViewed: {
		Columns: []string{"p.views::bigint", "p.content_id::uuid"}, Desc: true, Needs: []string{"views"},
		Key: func(p *analytics.Popularity) []string {
			return []string{strconv.FormatInt(p.Views, 10), p.ItemID.String()}
		},
	},
	analytics.MostViewed30d: {
		Columns: []string{"p.views_30d::bigint", "p.content_id::uuid"}, Desc: true, Needs: []string{"views_30d"},
		Key: func(p *analytics.Popularity) []string {
			return []string{strconv.FormatInt(p.Views30d, 10), p.ItemID.String()}
		},
	},
	analytics.MostCompleted: {
		Columns: []string{"p.completions::bigint", "p.content_id::uuid"}, Desc: true, Needs: []string{"completions"},
		Key: func(p *analytics.Popularity) []string {
			return []string{strconv.FormatInt(p.Completions, 10), p.ItemID.String()}
		},
	},
	analytics.BestRated: {
		Columns: []string{"coalesce(p.average_rating, 0)::float8", "p.content_id::uuid"}, Desc: true, Needs: []string{"average_rating"},
		Key: func(p *analytics.Popularity) []string {
			if p.AverageRating == nil {
				return []string{"0", p.ItemID.String()}
			}
			return []string{strconv.FormatFloat(*p.AverageRating, 'f', -1, 64), p.ItemID.String()}
		},
	},
}

var activityOf = sqlkit.Statement(`select s.user_id, s.items_started, s.items_completed, s.completion_rate, s.seconds, s.last_learned_at,
	s.logins_30d, s.last_login_at
	from user_activity_summary s where s.user_id = any($1)`)

// Activity reads what users have done.
func (r Reader) Activity(ctx context.Context, ids []domain.UserID) ([]*analytics.Activity, error) {
	return sqlkit.Rows[*analytics.Activity](ctx, r.db, activityOf, pq.Array(ids))
}
