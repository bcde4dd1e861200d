package plans

import (
	"context"

	"lyceum/domain"
)

// What the tests of plain values do not ask; the rest is tested over a database, in app.

func (m *memory) LockPlan(context.Context, domain.PlanID) (*Plan, error) { panic("not asked") }

func (m *memory) AddPlan(context.Context, *Plan) (*Plan, error) { panic("not asked") }

func (m *memory) SavePlan(context.Context, *Plan) error { panic("not asked") }

func (m *memory) CountSubscriptions(context.Context, domain.PlanID) ([]*StatusCount, error) {
	panic("not asked")
}

func (m *memory) OrderPlans(context.Context, []domain.PlanID) ([]*Plan, error) { panic("not asked") }

func (m *memory) SharePlan(context.Context, domain.PlanID) (*Plan, error) { panic("not asked") }

func (m *memory) LockInForce(context.Context, domain.UserID) (*Subscription, error) {
	panic("not asked")
}

func (m *memory) AddSubscription(context.Context, *Subscription) error { panic("not asked") }

func (m *memory) HadTrial(context.Context, domain.UserID) (bool, error) { panic("not asked") }

func (m *memory) ClaimTrial(context.Context, []byte) (bool, error) { panic("not asked") }

func (m *memory) AddPayment(context.Context, *Payment) error { panic("not asked") }

func (m *memory) SubscriberByEmail(context.Context, string) (*Subscriber, error) { panic("not asked") }

func (m *memory) TakeSeatAttempt(context.Context, domain.UserID, int32) (bool, error) {
	panic("not asked")
}

func (m *memory) CountSeats(context.Context, domain.SubscriptionID) (int32, error) {
	panic("not asked")
}

func (m *memory) AddSeat(context.Context, domain.SubscriptionID, domain.UserID, domain.UserID) (*Seat, error) {
	panic("not asked")
}

func (m *memory) RemoveSeat(context.Context, domain.SubscriptionID, domain.UserID) (bool, error) {
	panic("not asked")
}
