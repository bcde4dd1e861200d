package relations

import (
	"lyceum/domain"
	"lyceum/domain/analytics"
)

// What metrics are about.
var (
	SubscriptionMetricsPlan = plan(func(m *analytics.SubscriptionMetrics) *domain.PlanID { return &m.PlanID })
	ContentPopularityItem   = item(func(p *analytics.Popularity) *domain.ItemID { return &p.ItemID }).from("content_id")
)
