package app_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

// money is a school with somebody who bills.
type money struct {
	*apptest.App
	t    *testing.T
	keys int
}

func newMoney(t *testing.T) (*money, *apptest.Caller) {
	t.Helper()
	m := &money{App: apptest.New(t), t: t}
	m.UserWithRole("till", "billing")
	return m, m.As(t, "till@test.example")
}

// verified makes a user who has proven their address.
func (m *money) verified(name string, values ...storetest.Values) domain.UserID {
	v := storetest.Values{"email_verified_at": time.Now()}
	for _, more := range values {
		for k, value := range more {
			v[k] = value
		}
	}
	return m.User(name, v)
}

// do sends a mutation and returns the answer with its first code.
func (m *money) do(who *apptest.Caller, mutation, input, fields string) (apptest.Answer, string) {
	m.t.Helper()
	m.keys++
	a := who.Must(fmt.Sprintf(`mutation { %s(input: {idempotencyKey: "key %d", %s}) { %s userErrors { code message path } } }`, mutation, m.keys, input, fields))
	return a, a.String(mutation + ".userErrors.0.code")
}

// want sends a mutation and fails unless it has this code, or none.
func (m *money) want(code string, who *apptest.Caller, mutation, input, fields string) apptest.Answer {
	m.t.Helper()
	a, got := m.do(who, mutation, input, fields)
	if got != code {
		m.t.Errorf("%s(%s): want %q, got %s", mutation, input, code, a.Raw)
	}
	return a
}

// ago makes everything of subscriptions longer ago.
func (m *money) ago(by string) {
	m.Exec(`update user_subscriptions set started_at = started_at - $1::interval, trial_ends_at = trial_ends_at - $1::interval,
		current_period_start = current_period_start - $1::interval, current_period_end = current_period_end - $1::interval,
		access_until = access_until - $1::interval`, by)
}

const subFields = `subscription { id status startedAt trialEndsAt currentPeriodStart currentPeriodEnd accessUntil endedAt cancelAt complimentaryReason seatsTotal }`

func TestPlansAreMadeChangedSortedAndArchived(t *testing.T) {
	t.Parallel()
	m, till := newMoney(t)
	made := m.want("", till, "createPlan", `name: "Profi & Co", accessLevel: 3, price: {amount: 2900, currency: "EUR"}, billingCycle: MONTHLY, trialDays: 14, seats: 5`,
		`plan { id slug position isOffered price { amount } }`)
	if made.String("createPlan.plan.slug") != "profi-co" || made.String("createPlan.plan.isOffered") != "true" {
		t.Error(made.Raw)
	}
	id := made.String("createPlan.plan.id")
	m.want("SLUG_TAKEN", till, "createPlan", `name: "Profi - Co", accessLevel: 3, price: {amount: 1, currency: "EUR"}, billingCycle: YEARLY`, `plan { id }`)
	second := m.want("", till, "createPlan", `name: "日本", slug: "japan", accessLevel: 1, price: {amount: 0, currency: "JPY"}, billingCycle: MONTHLY`, `plan { id }`).String("createPlan.plan.id")
	for input, code := range map[string]string{
		`name: "日本", accessLevel: 1, price: {amount: 0, currency: "JPY"}, billingCycle: MONTHLY`:              "SLUG_INVALID",
		`name: "a\nb", accessLevel: 1, price: {amount: 0, currency: "EUR"}, billingCycle: MONTHLY`:            "NAME_INVALID",
		`name: "a\u0000b", accessLevel: 1, price: {amount: 0, currency: "EUR"}, billingCycle: MONTHLY`:        "NAME_INVALID",
		`name: "a", accessLevel: 0, price: {amount: 0, currency: "EUR"}, billingCycle: MONTHLY`:               "OUT_OF_RANGE",
		`name: "a", accessLevel: 1, price: {amount: -5, currency: "EUR"}, billingCycle: MONTHLY`:              "OUT_OF_RANGE",
		`name: "a", accessLevel: 1, price: {amount: 9007199254740991, currency: "EUR"}, billingCycle: YEARLY`: "OUT_OF_RANGE",
		`name: "a", accessLevel: 1, price: {amount: 5, currency: "EUX"}, billingCycle: MONTHLY`:               "CURRENCY_UNKNOWN",
		`name: "a", slug: "A b", accessLevel: 1, price: {amount: 5, currency: "EUR"}, billingCycle: MONTHLY`:  "SLUG_INVALID",
		`name: "a", accessLevel: 1, price: {amount: 0, currency: "EUR"}, billingCycle: MONTHLY, trialDays: 7`: "OUT_OF_RANGE",
	} {
		m.want(code, till, "createPlan", input, `plan { id }`)
	}
	// Without subscribers everything can be changed.
	m.want("", till, "updatePlan", `planId: "`+id+`", changes: {price: {amount: 3000, currency: "CHF"}, billingCycle: YEARLY}`, `plan { id }`)
	planID, _ := domain.ParseGlobalID(id)
	m.Subscription(m.User("ada"), domain.PlanID{UUID: planID.UUID})
	m.Subscription(m.User("bob"), domain.PlanID{UUID: planID.UUID}, storetest.Values{"status": "expired"})
	m.want("PLAN_HAS_SUBSCRIBERS", till, "updatePlan", `planId: "`+id+`", changes: {price: {amount: 3100, currency: "CHF"}}`, `plan { id }`)
	m.want("PLAN_HAS_SUBSCRIBERS", till, "updatePlan", `planId: "`+id+`", changes: {billingCycle: MONTHLY}`, `plan { id }`)
	preview := `{ planChangePreview(planId: "` + id + `", changes: {%s}) { plan { accessLevel } changes { field before after } subscribers { status count } userErrors { code path } } }`
	a := till.Must(fmt.Sprintf(preview, `accessLevel: 4, name: "Profi & Co"`))
	if want := `{"plan":{"accessLevel":4},"changes":[{"field":"accessLevel","before":"3","after":"4"}],"subscribers":[{"status":"ACTIVE","count":1},{"status":"EXPIRED","count":1}],"userErrors":[]}`; !strings.Contains(a.Raw, want) {
		t.Errorf("the preview is %s", a.Raw)
	}
	a = till.Must(fmt.Sprintf(preview, `price: {amount: 1, currency: "CHF"}`))
	if a.String("planChangePreview.userErrors.0.code") != "PLAN_HAS_SUBSCRIBERS" || a.String("planChangePreview.subscribers.0.status") != "ACTIVE" {
		t.Errorf("the preview of a refusal is %s", a.Raw)
	}
	a = m.want("", till, "updatePlan", `planId: "`+id+`", changes: {accessLevel: 4, isOffered: false}`, `plan { accessLevel isOffered price { amount currency } }`)
	if a.String("updatePlan.plan.accessLevel") != "4" || a.String("updatePlan.plan.price.currency") != "CHF" {
		t.Error(a.Raw)
	}
	a = m.want("", till, "reorderPlans", `planIds: ["`+second+`", "`+id+`"]`, `plans { id position }`)
	if a.String("reorderPlans.plans.0.id") != second || a.String("reorderPlans.plans.1.id") != id || a.String("reorderPlans.plans.1.position") != "2" {
		t.Error(a.Raw)
	}
	m.want("OUT_OF_RANGE", till, "reorderPlans", `planIds: []`, `plans { id }`)
	m.want("OUT_OF_RANGE", till, "reorderPlans", `planIds: ["`+id+`", "`+id+`"]`, `plans { id }`)
	m.want("NOT_FOUND", till, "reorderPlans", `planIds: ["plan_01900000000070008000000000000001"]`, `plans { id }`)
	m.want("", till, "archivePlan", `planId: "`+id+`"`, `plan { archivedAt }`)
	m.want("PLAN_ARCHIVED", till, "archivePlan", `planId: "`+id+`"`, `plan { archivedAt }`)
	m.want("PLAN_ARCHIVED", till, "updatePlan", `planId: "`+id+`", changes: {isOffered: true}`, `plan { id }`)
	m.want("NOT_FOUND", till, "archivePlan", `planId: "plan_01900000000070008000000000000001"`, `plan { id }`)
	if a := till.Ask(`mutation { archivePlan(input: {idempotencyKey: "x", planId: "user_01900000000070008000000000000001"}) { plan { id } } }`); len(a.Errors) != 1 || a.Errors[0].Code() != "INVALID" {
		t.Error(a.Raw)
	}
}

func TestAFreePlanGivesWayToATrialAndATrialIsHadOnce(t *testing.T) {
	t.Parallel()
	m, till := newMoney(t)
	free := domain.FormatID(m.Plan(1, storetest.Values{"price_minor": 0}))
	pro := domain.FormatID(m.Plan(2, storetest.Values{"trial_days": 7, "name": "Pro"}))
	plain, hidden := domain.FormatID(m.Plan(2)), domain.FormatID(m.Plan(2, storetest.Values{"is_offered": false, "trial_days": 7}))
	ada := m.verified("ada", storetest.Values{"email": "A.da+one@gmail.com"})
	caller := m.As(t, "A.da+one@gmail.com")

	m.want("PLAN_NOT_FREE", caller, "subscribeToFreePlan", `planId: "`+plain+`"`, subFields)
	m.want("NOT_FOUND", caller, "subscribeToFreePlan", `planId: "`+hidden+`"`, subFields)
	a := m.want("", caller, "subscribeToFreePlan", `planId: "`+free+`"`, subFields)
	if a.String("subscribeToFreePlan.subscription.status") != "ACTIVE" || a.At("subscribeToFreePlan.subscription.accessUntil") != nil {
		t.Error(a.Raw)
	}
	m.want("SUBSCRIPTION_IN_FORCE", caller, "subscribeToFreePlan", `planId: "`+free+`"`, subFields)
	m.want("LIFETIME", caller, "cancelSubscription", `subscriptionId: "`+a.String("subscribeToFreePlan.subscription.id")+`"`, subFields)
	m.want("NO_TRIAL", caller, "startTrial", `planId: "`+plain+`"`, subFields)
	m.want("NOT_FOUND", caller, "startTrial", `planId: "`+hidden+`"`, subFields)
	m.Exec(`update users set email_verified_at = null where id = $1`, ada)
	m.want("EMAIL_NOT_VERIFIED", caller, "startTrial", `planId: "`+pro+`"`, subFields)
	m.Exec(`update users set email_verified_at = now() where id = $1`, ada)
	a = m.want("", caller, "startTrial", `planId: "`+pro+`"`, subFields)
	if a.String("startTrial.subscription.status") != "TRIALING" || a.String("startTrial.subscription.accessUntil") != a.String("startTrial.subscription.trialEndsAt") {
		t.Error(a.Raw)
	}
	var states string
	m.Get(&states, `select string_agg(status || ':' || (ended_at is not null)::text, ' ' order by created_at) from user_subscriptions where user_id = $1`, ada)
	if states != "canceled:true trialing:false" {
		t.Error(states)
	}
	m.want("SUBSCRIPTION_IN_FORCE", caller, "subscribeToFreePlan", `planId: "`+free+`"`, subFields)
	// Whoever comes back under another spelling, with the account gone, has had it.
	m.want("", till, "endSubscription", `subscriptionId: "`+a.String("startTrial.subscription.id")+`", reason: "gone"`, subFields)
	m.want("TRIAL_USED", caller, "startTrial", `planId: "`+pro+`"`, subFields)
	m.Exec(`update users set account_status = 'closed', deleted_at = now(), email = 'erased@gone.example' where id = $1`, ada)
	m.verified("again", storetest.Values{"email": "ad.a@googlemail.com"})
	m.want("TRIAL_USED", m.As(t, "ad.a@googlemail.com"), "startTrial", `planId: "`+pro+`"`, subFields)
	if mails := m.Mails(t, "A.da+one@gmail.com"); len(mails) != 2 || mails[0].Template != "plans.trial_started" || mails[1].Template != "plans.subscription_ended" {
		t.Errorf("the mails are %+v", mails)
	}
}

func TestAPaymentBringsAccessBackAndIsBookedOnce(t *testing.T) {
	t.Parallel()
	m, till := newMoney(t)
	plan := domain.FormatID(m.Plan(2, storetest.Values{"name": "Basic", "trial_days": 3}))
	m.verified("ada")
	ada := m.As(t, "ada@test.example")
	sub := m.want("", ada, "startTrial", `planId: "`+plan+`"`, subFields).String("startTrial.subscription.id")
	m.ago("10 days")
	if _, err := m.Sweep(t); err != nil {
		t.Fatal(err)
	}
	ofAda := `{ viewer { subscription { status } subscriptions(first: 1) { nodes { status } } } }`
	if a := ada.Must(ofAda); a.At("viewer.subscription") != nil || a.String("viewer.subscriptions.nodes.0.status") != "EXPIRED" {
		t.Error(a.Raw)
	}
	pay := func(amount int, currency string) string {
		return fmt.Sprintf(`subscriptionId: "%s", amount: {amount: %d, currency: "%s"}, reference: "invoice 7"`, sub, amount, currency)
	}
	const fields = `payment { provider reference amount { amount } } ` + subFields
	m.want("AMOUNT_MISMATCH", till, "recordPayment", pay(999, "EUR"), fields)
	m.want("AMOUNT_MISMATCH", till, "recordPayment", pay(1000, "CHF"), fields)
	m.want("OUT_OF_RANGE", till, "recordPayment", pay(1000, "EUR")+`, paidAt: "2049-01-01T00:00:00Z"`, fields)
	m.want("OUT_OF_RANGE", till, "recordPayment", pay(1000, "EUR")+`, paidAt: "2001-01-01T00:00:00Z"`, fields)
	m.want("TOO_LONG", till, "recordPayment", strings.Replace(pay(1000, "EUR"), "invoice 7", strings.Repeat("x", 201), 1), fields)
	m.want("INVALID", till, "recordPayment", strings.Replace(pay(1000, "EUR"), "invoice 7", `a\u0000b`, 1), fields)
	m.want("NOT_FOUND", till, "recordPayment", strings.Replace(pay(1000, "EUR"), sub, "subscription_01900000000070008000000000000001", 1), fields)
	a := m.want("", till, "recordPayment", pay(1000, "EUR"), fields)
	if a.String("recordPayment.subscription.status") != "ACTIVE" || a.String("recordPayment.payment.provider") != "manual" {
		t.Error(a.Raw)
	}
	if a := ada.Must(ofAda); a.String("viewer.subscription.status") != "ACTIVE" {
		t.Error(a.Raw)
	}
	// The key names the payment also when it is forgotten as an idempotency key.
	m.Exec(`delete from idempotency_keys`)
	m.keys--
	m.want("PAYMENT_EXISTS", till, "recordPayment", pay(1000, "EUR"), fields)
	var payments, changes int
	m.Get(&payments, `select count(*) from payments`)
	m.Get(&changes, `select count(*) from subscription_changes where kind = 'renewed' and amount_minor = 1000`)
	if payments != 1 || changes != 1 {
		t.Errorf("%d payments, %d renewals", payments, changes)
	}
	templates := []string{}
	for _, mail := range m.Mails(t, "ada@test.example") {
		templates = append(templates, mail.Template)
	}
	if got := strings.Join(templates, " "); got != "plans.trial_started plans.trial_ended plans.payment_received" {
		t.Errorf("the mails are %s", got)
	}
}

func TestStaffGiveSubscriptionsPaidOrComplimentary(t *testing.T) {
	t.Parallel()
	m, till := newMoney(t)
	plan, lifetime := domain.FormatID(m.Plan(2)), domain.FormatID(m.Plan(2, storetest.Values{"billing_cycle": "lifetime"}))
	old := domain.FormatID(m.Plan(2, storetest.Values{"is_offered": false, "archived_at": time.Now()}))
	give := func(user domain.UserID, plan, more string) string {
		return `userId: "` + domain.FormatID(user) + `", planId: "` + plan + `"` + more
	}
	ada, bob := m.User("ada"), m.User("bob")
	now := time.Now().UTC() // once: two readings may lie in two seconds
	in := func(days int) string { return now.AddDate(0, 0, days).Format(time.RFC3339) }
	for more, code := range map[string]string{
		`, periodStart: "` + in(1) + `"`:                                                          "OUT_OF_RANGE",
		`, periodStart: "` + in(-4000) + `"`:                                                      "OUT_OF_RANGE",
		`, periodStart: "` + in(-4) + `"`:                                                         "INVALID",
		`, paidUntil: "` + in(-1) + `"`:                                                           "OUT_OF_RANGE",
		`, paidUntil: "` + in(4000) + `"`:                                                         "OUT_OF_RANGE",
		`, complimentary: {reason: "", endsAt: "` + in(9) + `"}`:                                  "TOO_LONG",
		`, complimentary: {reason: "x", endsAt: "` + in(-9) + `"}`:                                "OUT_OF_RANGE",
		`, paidUntil: "` + in(5) + `", complimentary: {reason: "x", endsAt: "` + in(9) + `"}`:     "INVALID",
		`, complimentary: {reason: "` + strings.Repeat("x", 1001) + `", endsAt: "` + in(9) + `"}`: "TOO_LONG",
	} {
		m.want(code, till, "createSubscription", give(ada, plan, more), subFields)
	}
	m.want("PLAN_ARCHIVED", till, "createSubscription", give(ada, old, ""), subFields)
	m.want("INVALID", till, "createSubscription", give(ada, lifetime, `, paidUntil: "`+in(5)+`"`), subFields)
	m.want("NOT_FOUND", till, "createSubscription", give(domain.UserID{UUID: domain.NewIDs()()}, plan, ""), subFields)
	a := m.want("", till, "createSubscription", give(ada, plan, `, periodStart: "`+in(-40)+`", paidUntil: "`+in(20)+`"`), subFields)
	if a.String("createSubscription.subscription.status") != "ACTIVE" || a.String("createSubscription.subscription.currentPeriodEnd") != in(20) || a.String("createSubscription.subscription.accessUntil") != in(27) {
		t.Error(a.Raw)
	}
	m.want("SUBSCRIPTION_IN_FORCE", till, "createSubscription", give(ada, plan, ""), subFields)
	a = m.want("", till, "createSubscription", give(bob, plan, `, complimentary: {reason: "a prize", endsAt: "`+in(9)+`"}`), subFields)
	if a.String("createSubscription.subscription.accessUntil") != in(9) || a.String("createSubscription.subscription.complimentaryReason") != "a prize" {
		t.Error(a.Raw)
	}
	m.Exec(`select refresh_analytics()`)
	var mrr int
	m.Get(&mrr, `select sum(mrr_minor) from subscription_metrics`)
	if mails := m.Mails(t, "bob@test.example"); mrr != 1000 || len(mails) != 1 || mails[0].Template != "plans.subscription_given" {
		t.Errorf("recurring revenue %d, mails %+v", mrr, mails)
	}
	a = m.want("", till, "endSubscription", `subscriptionId: "`+a.String("createSubscription.subscription.id")+`"`, subFields)
	m.want("ALREADY_ENDED", till, "endSubscription", `subscriptionId: "`+a.String("endSubscription.subscription.id")+`"`, subFields)
	m.want("TOO_LONG", till, "endSubscription", `subscriptionId: "`+a.String("endSubscription.subscription.id")+`", reason: "`+strings.Repeat("x", 1001)+`"`, subFields)
}

func TestSeatsAreGivenWithinTheirNumberAlsoByTwoAtOnce(t *testing.T) {
	t.Parallel()
	m, _ := newMoney(t)
	boss := m.User("boss")
	sub := domain.FormatID(m.Subscription(boss, m.Plan(2), storetest.Values{"seats": 3}))
	caller := m.As(t, "boss@test.example")
	const fields = `seat { user { username } } subscription { id }`
	m.verified("first")
	m.User("unproven")
	to := func(more string) string { return `subscriptionId: "` + sub + `", ` + more }
	m.want("", caller, "assignSeat", to(`email: "FIRST@test.example"`), fields)
	m.want("SEAT_TAKEN", caller, "assignSeat", to(`email: "first@test.example"`), fields)
	m.want("NOT_FOUND", caller, "assignSeat", to(`email: "unproven@test.example"`), fields)
	m.want("NOT_FOUND", caller, "assignSeat", to(`email: "nobody@test.example"`), fields)
	m.want("TOO_LONG", caller, "assignSeat", to(`email: "`+strings.Repeat("x", 255)+`"`), fields)
	m.want("ONE_TARGET", caller, "assignSeat", to(`email: "a@b.example", userId: "`+domain.FormatID(boss)+`"`), fields)
	m.want("SEAT_TAKEN", caller, "assignSeat", to(`userId: "`+domain.FormatID(boss)+`"`), fields)
	m.want("NOT_FOUND", m.As(t, "first@test.example"), "assignSeat", to(`userId: "`+domain.FormatID(boss)+`"`), fields)
	// One seat is left, and many want it at once.
	var wait sync.WaitGroup
	codes := make(chan string, 6)
	for i := range 6 {
		guest := domain.FormatID(m.User(fmt.Sprintf("guest%d", i)))
		wait.Go(func() {
			a := caller.Ask(fmt.Sprintf(`mutation { assignSeat(input: {idempotencyKey: "at once %d", %s}) { userErrors { code } } }`, i, to(`userId: "`+guest+`"`)))
			codes <- a.String("assignSeat.userErrors.0.code") + strings.Join(a.Codes(), "")
		})
	}
	wait.Wait()
	close(codes)
	given := 0
	for code := range codes {
		if code == "" {
			given++
		} else if code != "NO_SEAT_LEFT" {
			t.Errorf("got %s", code)
		}
	}
	var taken int
	m.Get(&taken, `select count(*) from subscription_seats`)
	if given != 1 || taken != 2 {
		t.Errorf("%d were given, %d are taken", given, taken)
	}
	var first domain.UserID
	m.Get(&first, `select id from users where username = 'first'`)
	m.want("", caller, "withdrawSeat", to(`userId: "`+domain.FormatID(first)+`"`), `subscription { id }`)
	m.want("NOT_FOUND", caller, "withdrawSeat", to(`userId: "`+domain.FormatID(first)+`"`), `subscription { id }`)
	if mails := m.Mails(t, "first@test.example"); len(mails) != 1 || mails[0].Template != "plans.seat_assigned" {
		t.Errorf("the mails are %+v", mails)
	}
	m.Exec(`update user_subscriptions set status = 'expired'`)
	m.want("ALREADY_ENDED", caller, "assignSeat", to(`email: "first@test.example"`), fields)
}
