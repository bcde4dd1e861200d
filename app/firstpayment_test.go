package app_test

import (
	"testing"
	"time"

	"lyceum/domain"
	"lyceum/store/storetest"
)

func TestASubscriptionThatWaitsForItsFirstPaymentOpensNothingAndBeginsWithIt(t *testing.T) {
	t.Parallel()
	m, till := newMoney(t)
	free := m.Plan(1, storetest.Values{"name": "Free", "price_minor": 0})
	for name, c := range map[string]struct {
		cycle  string
		months int // 0: for ever
	}{"ada": {"monthly", 1}, "bob": {"yearly", 12}, "eve": {"lifetime", 0}} {
		user, plan := m.User(name), m.Plan(2, storetest.Values{"name": "Pro", "billing_cycle": c.cycle})
		m.Subscription(user, free, storetest.Values{"started_at": time.Now().AddDate(0, -1, 0), "current_period_end": nil, "access_until": "infinity"})
		a := m.want("", till, "createSubscription", `userId: "`+domain.FormatID(user)+`", planId: "`+domain.FormatID(plan)+`"`, subFields)
		if a.String("createSubscription.subscription.status") != "INCOMPLETE" || a.At("createSubscription.subscription.currentPeriodEnd") != nil ||
			a.String("createSubscription.subscription.accessUntil") != a.String("createSubscription.subscription.startedAt") {
			t.Error(a.Raw)
		}
		caller := m.As(t, name+"@test.example")
		const held = `{ viewer { subscription { plan { name } } } }`
		if a := caller.Must(held); a.String("viewer.subscription.plan.name") != "Free" || m.states(user) != "Free active, Pro incomplete" || m.templates(name) != "" {
			t.Errorf("%s, %s, %s", a.Raw, m.states(user), m.templates(name))
		}
		paidAt := time.Now().AddDate(0, 0, -3).UTC().Truncate(time.Second)
		id := `subscriptionId: "` + a.String("createSubscription.subscription.id") + `"`
		pay := id + `, amount: {amount: 1000, currency: "EUR"}, paidAt: "` + paidAt.Format(time.RFC3339) + `"`
		a = m.want("", till, "recordPayment", pay, subFields)
		if c.months == 0 {
			if a.At("recordPayment.subscription.accessUntil") != nil || a.At("recordPayment.subscription.currentPeriodEnd") != nil {
				t.Error(a.Raw)
			}
			m.want("LIFETIME", till, "recordPayment", pay, subFields)
		} else if end, err := time.Parse(time.RFC3339, a.String("recordPayment.subscription.currentPeriodEnd")); err != nil ||
			end.Before(paidAt.AddDate(0, c.months, -4)) || end.After(paidAt.AddDate(0, c.months, 0)) {
			t.Errorf("paid on %v: %s", paidAt, a.Raw)
		}
		if a := caller.Must(held); a.String("viewer.subscription.plan.name") != "Pro" || m.states(user) != "Free canceled, Pro active" || m.templates(name) != "plans.payment_received" {
			t.Errorf("%s, %s, %s", a.Raw, m.states(user), m.templates(name))
		}
	}
}

func TestASubscriptionThatWaitsBlocksNothingAndEndsSilently(t *testing.T) {
	t.Parallel()
	m, till := newMoney(t)
	ada, plan := m.verified("ada"), domain.FormatID(m.Plan(2, storetest.Values{"trial_days": 7}))
	create := `userId: "` + domain.FormatID(ada) + `", planId: "` + plan + `"`
	waits := `subscriptionId: "` + m.want("", till, "createSubscription", create, subFields).String("createSubscription.subscription.id") + `"`
	caller := m.As(t, "ada@test.example")
	m.want("ALREADY_ENDED", caller, "cancelSubscription", waits, subFields)
	m.want("", caller, "startTrial", `planId: "`+plan+`"`, subFields)
	m.want("SUBSCRIPTION_IN_FORCE", till, "createSubscription", create, subFields)
	m.want("SUBSCRIPTION_IN_FORCE", till, "recordPayment", waits+`, amount: {amount: 1000, currency: "EUR"}`, subFields)
	m.want("", till, "endSubscription", waits, subFields)
	if got := m.templates("ada"); got != "plans.trial_started" {
		t.Error(got)
	}
	m.want("ALREADY_ENDED", till, "recordPayment", waits+`, amount: {amount: 1000, currency: "EUR"}`, subFields)
}
