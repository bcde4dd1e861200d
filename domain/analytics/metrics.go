package analytics

import (
	"time"

	"lyceum/domain"
)

// SubscriptionMetrics are a plan's figures as of the last refresh. Money is in minor units.
type SubscriptionMetrics struct {
	PlanID        domain.PlanID `db:"plan_id"`
	Currency      string        `db:"currency"`
	ActiveCount   int64         `db:"active_count"`
	TrialingCount int64         `db:"trialing_count"`
	PastDueCount  int64         `db:"past_due_count"`
	PausedCount   int64         `db:"paused_count"`
	EndedCount    int64         `db:"ended_count"`
	Started30d    int64         `db:"started_30d"`
	Ended30d      int64         `db:"ended_30d"`
	MRRMinor      int64         `db:"mrr_minor"`
	RevenueMinor  int64         `db:"revenue_30d_minor"`
	AsOf          time.Time     `db:"as_of"`
}

// MRR is the monthly recurring revenue; trials and lifetime plans carry none.
func (m *SubscriptionMetrics) MRR() domain.Money {
	return domain.Money{Amount: m.MRRMinor, Currency: m.Currency}
}

// Revenue30d is what was paid in the last 30 days, less refunds.
func (m *SubscriptionMetrics) Revenue30d() domain.Money {
	return domain.Money{Amount: m.RevenueMinor, Currency: m.Currency}
}

// Popularity is how an item is used, as of the last refresh.
type Popularity struct {
	ItemID        domain.ItemID `db:"content_id"`
	Views         int64         `db:"views"`
	Learners      int64         `db:"learners"`
	Completions   int64         `db:"completions"`
	Seconds       int64         `db:"seconds"`
	AverageRating *float64      `db:"average_rating"` // 1 to 5; nil without ratings
	Ratings       int64         `db:"ratings"`
	Views30d      int64         `db:"views_30d"`
	AsOf          time.Time     `db:"as_of"`
}

// PopularityOrder is an order of the list of popular items.
type PopularityOrder string

// The orders.
const (
	MostViewed    PopularityOrder = "most_viewed"
	MostViewed30d PopularityOrder = "most_viewed_30d"
	MostCompleted PopularityOrder = "most_completed"
	BestRated     PopularityOrder = "best_rated"
)

// PopularityFilter narrows the list of popular items; nil asks nothing.
type PopularityFilter struct {
	CategoryID *domain.CategoryID // this category and all below it
}

// Activity is what a user has done, as of now.
type Activity struct {
	UserID         domain.UserID `db:"user_id"`
	ItemsStarted   int64         `db:"items_started"`
	ItemsCompleted int64         `db:"items_completed"`
	CompletionRate float64       `db:"completion_rate"` // percent of the items started
	Seconds        int64         `db:"seconds"`
	LastLearnedAt  *time.Time    `db:"last_learned_at"`
	Logins30d      int64         `db:"logins_30d"`
	LastLoginAt    *time.Time    `db:"last_login_at"`
}
