package relations

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/graph/loaders"
	"lyceum/store"
)

func subscriptionID(s *plans.Subscription) domain.SubscriptionID { return s.ID }

// What hangs on a subscription.
var (
	UserSubscriptionPlan  = plan(func(s *plans.Subscription) *domain.PlanID { return &s.PlanID }).from("plan_id")
	UserSubscriptionOwner = user(func(s *plans.Subscription) *domain.UserID { return &s.OwnerID }).from("user_id")
	UserSubscriptionSeats = children(loaders.SeatsOfSubscription, subscriptionID,
		func(ctx context.Context, r store.Reader, id domain.SubscriptionID, page domain.PageArgs) (*domain.Page[*plans.Seat], error) {
			return r.ListSeats(ctx, id, page)
		})
	UserSubscriptionPayments = children(loaders.PaymentsOfSubscription, subscriptionID,
		func(ctx context.Context, r store.Reader, id domain.SubscriptionID, page domain.PageArgs) (*domain.Page[*plans.Payment], error) {
			return r.ListPayments(ctx, plans.PaymentFilter{SubscriptionID: &id}, plans.NewestPaymentFirst, page)
		})
	UserSubscriptionChanges = children(loaders.ChangesOfSubscription, subscriptionID,
		func(ctx context.Context, r store.Reader, id domain.SubscriptionID, page domain.PageArgs) (*domain.Page[*plans.ChangeEntry], error) {
			return r.ListChanges(ctx, plans.ChangeFilter{SubscriptionID: &id}, domain.NewestFirst, page)
		})
)

// What seats, payments and changes point at.
var (
	SubscriptionSeatUser       = user(func(s *plans.Seat) *domain.UserID { return &s.UserID })
	SubscriptionSeatAssignedBy = user(func(s *plans.Seat) *domain.UserID { return s.AssignedBy })

	PaymentUser         = user(func(p *plans.Payment) *domain.UserID { return &p.UserID })
	PaymentSubscription = one(loaders.Subscriptions, func(p *plans.Payment) *domain.SubscriptionID { return p.SubscriptionID })

	SubscriptionChangeSubscription = one(loaders.Subscriptions, func(c *plans.ChangeEntry) *domain.SubscriptionID { return &c.SubscriptionID })
	SubscriptionChangeUser         = user(func(c *plans.ChangeEntry) *domain.UserID { return &c.UserID })
	SubscriptionChangeActor        = user(func(c *plans.ChangeEntry) *domain.UserID { return c.ActorID })
	SubscriptionChangeFromPlan     = plan(func(c *plans.ChangeEntry) *domain.PlanID { return c.FromPlanID })
	SubscriptionChangeToPlan       = plan(func(c *plans.ChangeEntry) *domain.PlanID { return c.ToPlanID })
)

// plan is a relation to one plan.
func plan[P any](key func(P) *domain.PlanID) Relation[P, *plans.Plan] { return one(loaders.Plans, key) }
