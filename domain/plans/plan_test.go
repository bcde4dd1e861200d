package plans_test

import (
	"testing"

	"github.com/google/uuid"

	"lyceum/domain"
	"lyceum/domain/plans"
)

func TestWhoMayKnowOfAPlanAndOfASubscription(t *testing.T) {
	t.Parallel()
	owner, other := domain.UserID{UUID: uuid.New()}, domain.UserID{UUID: uuid.New()}
	old := plans.Plan{ID: domain.PlanID{UUID: uuid.New()}}
	paid := plans.Subscription{ID: domain.SubscriptionID{UUID: uuid.New()}, OwnerID: owner, PlanID: old.ID}
	seat := &plans.Holding{Subscription: paid, HolderID: other, Via: plans.ViaSeat}
	elsewhere := &plans.Holding{Subscription: plans.Subscription{ID: domain.SubscriptionID{UUID: uuid.New()}, PlanID: domain.PlanID{UUID: uuid.New()}}}
	biller := domain.Viewer{UserID: other, Permissions: []domain.Permission{domain.BillingRead}}

	for name, c := range map[string]struct {
		viewer             domain.Viewer
		holding            *plans.Holding
		plan, subscription bool
	}{
		"a visitor":                {domain.Viewer{}, nil, false, false},
		"somebody else":            {domain.Viewer{UserID: other}, nil, false, false},
		"who holds something else": {domain.Viewer{UserID: other}, elsewhere, false, false},
		"who has a seat":           {domain.Viewer{UserID: other}, seat, true, true},
		"the owner, not looked up": {domain.Viewer{UserID: owner}, nil, false, true},
		"the owner":                {domain.Viewer{UserID: owner}, &plans.Holding{Subscription: paid}, true, true},
		"who bills":                {biller, nil, true, true},
	} {
		if got := old.KnownTo(c.viewer, c.holding); got != c.plan {
			t.Errorf("%s knows of the plan: %v", name, got)
		}
		if got := paid.KnownTo(c.viewer, c.holding); got != c.subscription {
			t.Errorf("%s knows of the subscription: %v", name, got)
		}
	}
	onOffer := plans.Plan{IsOffered: true}
	if !onOffer.KnownTo(domain.Viewer{}, nil) {
		t.Error("a visitor does not know of what is on offer")
	}
}
