package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/plans"
	"lyceum/graph/loaders"
)

func subscriptionID(s *plans.Subscription) *domain.SubscriptionID { return &s.ID }

func expectSubscriptions(ctx context.Context, fields asked, list []*plans.Subscription) error {
	load := loaders.From(ctx)
	expect(ctx, fields, "plan", load.Plans, list, func(s *plans.Subscription) *domain.PlanID { return &s.PlanID })
	expect(ctx, fields, "owner", load.Users, list, func(s *plans.Subscription) *domain.UserID { return &s.OwnerID })
	if err := expectChildren(ctx, fields, "seats", load.Seats, list, subscriptionID, expectSeats); err != nil {
		return err
	}
	if err := expectChildren(ctx, fields, "payments", load.SubscriptionPayments, list, subscriptionID, expectPayments); err != nil {
		return err
	}
	return expectChildren(ctx, fields, "changes", load.Changes, list, subscriptionID, expectChanges)
}

func expectSeats(ctx context.Context, fields asked, seats []*plans.Seat) error {
	expect(ctx, fields, "user", loaders.From(ctx).Users, seats, func(s *plans.Seat) *domain.UserID { return &s.UserID })
	expect(ctx, fields, "assignedBy", loaders.From(ctx).Users, seats, func(s *plans.Seat) *domain.UserID { return s.AssignedBy })
	return nil
}

func expectPayments(ctx context.Context, fields asked, payments []*plans.Payment) error {
	load := loaders.From(ctx)
	expect(ctx, fields, "user", load.Users, payments, func(p *plans.Payment) *domain.UserID { return &p.UserID })
	return expectBelow(ctx, fields, "subscription", load.Subscriptions, payments,
		func(p *plans.Payment) *domain.SubscriptionID { return p.SubscriptionID }, expectSubscriptions)
}

func expectChanges(ctx context.Context, fields asked, changes []*plans.ChangeEntry) error {
	load := loaders.From(ctx)
	expect(ctx, fields, "user", load.Users, changes, func(c *plans.ChangeEntry) *domain.UserID { return &c.UserID })
	expect(ctx, fields, "actor", load.Users, changes, func(c *plans.ChangeEntry) *domain.UserID { return c.ActorID })
	expect(ctx, fields, "fromPlan", load.Plans, changes, func(c *plans.ChangeEntry) *domain.PlanID { return c.FromPlanID })
	expect(ctx, fields, "toPlan", load.Plans, changes, func(c *plans.ChangeEntry) *domain.PlanID { return c.ToPlanID })
	return expectBelow(ctx, fields, "subscription", load.Subscriptions, changes,
		func(c *plans.ChangeEntry) *domain.SubscriptionID { return &c.SubscriptionID }, expectSubscriptions)
}

// Nothing hangs on a plan.
func expectPlans(context.Context, asked, []*plans.Plan) error { return nil }

func expectMetrics(ctx context.Context, fields asked, list []*analytics.SubscriptionMetrics) error {
	expect(ctx, fields, "plan", loaders.From(ctx).Plans, list, func(m *analytics.SubscriptionMetrics) *domain.PlanID { return &m.PlanID })
	return nil
}

func expectPopularity(ctx context.Context, fields asked, list []*analytics.Popularity) error {
	return expectBelow(ctx, fields, "item", loaders.From(ctx).Items, list, func(p *analytics.Popularity) *domain.ItemID { return &p.ItemID }, expectItems)
}
