package app_test

import (
	"strings"
	"testing"
	"time"

	"lyceum/domain"
	"lyceum/store/storetest"
)

// monthOver is a period of a month whose end, and that of the days of grace, are so many days ago.
func monthOver(end, access int) storetest.Values {
	at := func(days int) time.Time { return time.Now().AddDate(0, 0, -days) }
	return storetest.Values{"started_at": at(end + 30), "current_period_start": at(end + 30), "current_period_end": at(end), "access_until": at(access)}
}

// states are the plans and statuses of a user's subscriptions, the oldest first.
func (m *money) states(user domain.UserID) (all string) {
	m.Get(&all, `select string_agg(p.name || ' ' || s.status, ', ' order by s.started_at) from user_subscriptions s
		join subscription_plans p on p.id = s.plan_id where s.user_id = $1`, user)
	return all
}

// history is what happened to a subscription, in the order in which it is read, with who did it.
func (m *money) history(id domain.SubscriptionID) (all string) {
	m.Get(&all, `select string_agg(c.kind || coalesce(' by ' || u.username::text, ''), ', ' order by c.created_at) from subscription_changes c
		left join users u on u.id = c.actor_id where c.subscription_id = $1`, id)
	return all
}

// templates are the messages to a user, the oldest first.
func (m *money) templates(name string) string {
	var all []string
	for _, mail := range m.Mails(m.t, name+"@test.example") {
		all = append(all, mail.Template)
	}
	return strings.Join(all, " ")
}

func TestAPaymentForAPeriodThatIsOverEndsNoFreePlan(t *testing.T) {
	t.Parallel()
	m, till := newMoney(t)
	pro, free := m.Plan(2, storetest.Values{"name": "Pro"}), m.Plan(1, storetest.Values{"name": "Free", "price_minor": 0})
	over := monthOver(40, 33)
	over["status"], over["ended_at"] = "expired", over["access_until"]
	ada := m.User("ada")
	old := m.Subscription(ada, pro, over)
	m.Subscription(ada, free, storetest.Values{"current_period_end": nil, "access_until": "infinity"})
	pay := func(daysAgo int) string {
		return `subscriptionId: "` + domain.FormatID(old) + `", amount: {amount: 1000, currency: "EUR"}, paidAt: "` +
			time.Now().AddDate(0, 0, -daysAgo).UTC().Format(time.RFC3339) + `"`
	}
	a := m.want("", till, "recordPayment", pay(35), subFields)
	if m.states(ada) != "Pro expired, Free active" || a.String("recordPayment.subscription.status") != "EXPIRED" {
		t.Errorf("%s; %s", m.states(ada), a.Raw)
	}
	if got := m.history(old); got != "renewed by till, payment_failed, expired" {
		t.Error(got)
	}
	if got := m.templates("ada"); got != "plans.subscription_ended plans.payment_received" {
		t.Error(got)
	}
	m.want("", till, "recordPayment", pay(0), subFields)
	if m.states(ada) != "Pro active, Free canceled" {
		t.Error(m.states(ada))
	}
}

func TestWhatTimeBroughtStandsInTheHistoryBeforeTheCommandThatFoundIt(t *testing.T) {
	t.Parallel()
	m, till := newMoney(t)
	sub := m.Subscription(m.User("ada"), m.Plan(2), monthOver(20, 13))
	m.want("", till, "recordPayment", `subscriptionId: "`+domain.FormatID(sub)+`", amount: {amount: 1000, currency: "EUR"}`, subFields)
	if got := m.history(sub); got != "payment_failed, expired, renewed by till" {
		t.Error(got)
	}
}

func TestWhoeverSubscribesAnewIsToldOfWhatEndedUnseen(t *testing.T) {
	t.Parallel()
	m, _ := newMoney(t)
	ada := m.User("ada")
	m.Subscription(ada, m.Plan(2, storetest.Values{"name": "Pro"}), monthOver(20, 13))
	free := m.Plan(1, storetest.Values{"name": "Free", "price_minor": 0})
	m.want("", m.As(t, "ada@test.example"), "subscribeToFreePlan", `planId: "`+domain.FormatID(free)+`"`, subFields)
	if m.states(ada) != "Pro expired, Free active" || m.templates("ada") != "plans.subscription_ended" {
		t.Error(m.states(ada), m.templates("ada"))
	}
}
