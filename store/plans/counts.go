package plans

import (
	"context"

	"lyceum/db"
	"lyceum/store/sqlkit"
)

// Maintenance reads what operators watch.
type Maintenance struct{ db db.Querier }

// NewMaintenance reads through a pool whose statements may take long.
func NewMaintenance(q db.Querier) Maintenance { return Maintenance{db: q} }

var subscriptionsByStatus = sqlkit.Statement(`select s.status as name, count(*) as rows from user_subscriptions s group by s.status`)

// SubscriptionsByStatus counts all subscriptions that there are.
func (m Maintenance) SubscriptionsByStatus(ctx context.Context) (map[string]int64, error) {
	return sqlkit.Counts(ctx, m.db, subscriptionsByStatus)
}
