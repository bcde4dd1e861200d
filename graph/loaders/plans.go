package loaders

import (
	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store"
)

// The loaders of plans, subscriptions and payments.
var (
	Plans         = one(plain(store.Reader.PlansByID), func(p *plans.Plan) domain.PlanID { return p.ID })
	Subscriptions = one(plain(store.Reader.SubscriptionsByID), func(s *plans.Subscription) domain.SubscriptionID { return s.ID })
	// Holdings are what gives each user the highest level.
	Holdings = one(plain(store.Reader.BestHoldings), func(h *plans.Holding) domain.UserID { return h.HolderID })

	SubscriptionsOfUser    = children(store.Reader.FirstSubscriptions)
	PaymentsOfUser         = children(store.Reader.FirstPayments)
	PaymentsOfSubscription = children(store.Reader.FirstSubscriptionPayments)
	ChangesOfSubscription  = children(store.Reader.FirstChanges)
	SeatsOfSubscription    = children(store.Reader.FirstSeats)
)
