package rows

import (
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/plans"
	"lyceum/graph/loaders"
)

func subscriptionID(s *plans.Subscription) *domain.SubscriptionID { return &s.ID }

var subscriptionLinks = map[string]link{
	"plan":  plan(func(s *plans.Subscription) *domain.PlanID { return &s.PlanID }),
	"owner": user(func(s *plans.Subscription) *domain.UserID { return &s.OwnerID }),
	"seats": children("SubscriptionSeatConnection",
		func(l *loaders.Set) *loaders.Loader[loaders.ChildrenKey[domain.SubscriptionID], *domain.Page[*plans.Seat]] {
			return l.Seats()
		},
		subscriptionID),
	"payments": children("PaymentConnection",
		func(l *loaders.Set) *loaders.Loader[loaders.ChildrenKey[domain.SubscriptionID], *domain.Page[*plans.Payment]] {
			return l.SubscriptionPayments()
		}, subscriptionID),
	"changes": children("SubscriptionChangeConnection",
		func(l *loaders.Set) *loaders.Loader[loaders.ChildrenKey[domain.SubscriptionID], *domain.Page[*plans.ChangeEntry]] {
			return l.Changes()
		}, subscriptionID),
}

var seatLinks = map[string]link{
	"user":       user(func(s *plans.Seat) *domain.UserID { return &s.UserID }),
	"assignedBy": user(func(s *plans.Seat) *domain.UserID { return s.AssignedBy }),
}

var paymentLinks = map[string]link{
	"user":         user(func(p *plans.Payment) *domain.UserID { return &p.UserID }),
	"subscription": one("Subscription", subscriptions, func(p *plans.Payment) *domain.SubscriptionID { return p.SubscriptionID }),
}

var changeLinks = map[string]link{
	"subscription": one("Subscription", subscriptions, func(c *plans.ChangeEntry) *domain.SubscriptionID { return &c.SubscriptionID }),
	"user":         user(func(c *plans.ChangeEntry) *domain.UserID { return &c.UserID }),
	"actor":        user(func(c *plans.ChangeEntry) *domain.UserID { return c.ActorID }),
	"fromPlan":     plan(func(c *plans.ChangeEntry) *domain.PlanID { return c.FromPlanID }),
	"toPlan":       plan(func(c *plans.ChangeEntry) *domain.PlanID { return c.ToPlanID }),
}

var metricsLinks = map[string]link{"plan": plan(func(m *analytics.SubscriptionMetrics) *domain.PlanID { return &m.PlanID })}

var popularityLinks = map[string]link{"item": item(func(p *analytics.Popularity) *domain.ItemID { return &p.ItemID })}
