package analytics

import (
	"context"
	"time"

	"lyceum/db"
	"lyceum/store/sqlkit"
)

// Maintenance works the figures out again.
type Maintenance struct{ db db.Querier }

// NewMaintenance works through a pool whose statements may take long.
func NewMaintenance(q db.Querier) Maintenance { return Maintenance{db: q} }

var refreshAnalytics = sqlkit.Statement(`select refresh_analytics()`)

// RefreshAnalytics works both materialized views out again and returns the time they stand for.
func (m Maintenance) RefreshAnalytics(ctx context.Context) (asOf time.Time, err error) {
	return asOf, sqlkit.Wrap(m.db.Get(ctx, &asOf, refreshAnalytics))
}
