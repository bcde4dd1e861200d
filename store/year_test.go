package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store/storetest"
)

// plain is a subscription as the reference loop keeps it. It shares no code with the product: it walks through the year hour by
// hour, and knows of no table of transitions and of no due times.
type plain struct {
	state           string
	gift, leaving   bool
	end, over       time.Time
	firstDay        int
	pays, cancels   []time.Time
	resumes         []time.Time
	paid, withdrawn int
}

func (p *plain) hour(t time.Time) {
	isOver := func(state string) { p.state, p.over = state, t }
	switch {
	case p.state == "active" && p.leaving && !t.Before(p.end), p.state == "trialing" && p.leaving && !t.Before(p.end):
		isOver("canceled")
	case p.state == "trialing" && !t.Before(p.end), p.state == "active" && p.gift && !t.Before(p.end):
		isOver("expired")
	case p.state == "active" && !t.Before(p.end):
		p.state = "past_due"
	case p.state == "past_due" && t.Sub(p.end) >= 7*24*time.Hour:
		isOver("expired")
	}
	if slices.Contains(p.pays, t) {
		p.pay(t)
	}
	if slices.Contains(p.cancels, t) && !p.leaving {
		switch p.state {
		case "active", "trialing":
			p.leaving = true
		case "past_due":
			isOver("canceled")
		}
	}
	if slices.Contains(p.resumes, t) && p.leaving && (p.state == "active" || p.state == "trialing") {
		p.leaving = false
		p.withdrawn++
	}
}

func (p *plain) pay(t time.Time) {
	from := p.end
	switch p.state {
	case "canceled":
		return
	case "expired":
		if t.Sub(p.over) > 60*24*time.Hour {
			return
		}
		if t.After(p.over) {
			from, p.firstDay = t, t.Day()
		}
		p.leaving = false
	}
	if p.firstDay == 0 {
		p.firstDay = from.Day()
	}
	p.paid++
	p.state, p.gift, p.over = "active", false, time.Time{}
	// The same day of the next month, or the last day before the month after it.
	next := from
	for next.Month() == from.Month() {
		next = next.Add(24 * time.Hour)
	}
	for next.Day() < p.firstDay && next.Add(24*time.Hour).Month() == next.Month() {
		next = next.Add(24 * time.Hour)
	}
	p.end = next
}

func (p *plain) String() string {
	access := p.end
	switch {
	case p.state == "canceled" || p.state == "expired":
		access = p.over
	case p.state == "past_due", p.state == "active" && !p.gift && !p.leaving:
		access = p.end.Add(7 * 24 * time.Hour)
	}
	return fmt.Sprintf("%s until %s, access until %s, over %v", p.state, stamp(p.end), stamp(access), stampOr(p.over))
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") }

func stampOr(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return stamp(t)
}

// someLife is a subscription with what its owner will do in the year.
func someLife(random *rand.Rand, base time.Time) *plain {
	began := random.IntN(330) * 24 // hours into the year
	hours := func(from, to int) time.Time {
		return base.Add(time.Duration(began+from+random.IntN(to-from)) * time.Hour)
	}
	p := &plain{state: "active", end: hours(24, 31*24)}
	switch random.IntN(5) {
	case 0:
		p.state = "trialing"
	case 1:
		p.gift = true
	}
	for month := range random.IntN(6) {
		p.pays = append(p.pays, hours((20+month*30)*24, (42+month*30)*24))
	}
	if random.IntN(2) == 0 {
		at := hours(24, 100*24)
		p.cancels = append(p.cancels, at)
		if random.IntN(2) == 0 {
			p.resumes = append(p.resumes, at.Add(time.Duration(1+random.IntN(20*24))*time.Hour))
		}
	}
	return p
}

func TestASimulatedYearEndsLikeThatOfAPlainLoop(t *testing.T) {
	t.Parallel()
	const n = 1000
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	base, random, plan := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC), rand.New(rand.NewPCG(21, 22)), b.Plan(2)
	staff := domain.Viewer{UserID: b.User("staff"), Permissions: []domain.Permission{domain.BillingWrite}}
	lives, ids := make([]*plain, n), make([]domain.SubscriptionID, n)
	for i := range lives {
		p := someLife(random, base)
		values := storetest.Values{
			"status": p.state, "started_at": base, "current_period_start": base.AddDate(0, -1, 0), "current_period_end": p.end, "access_until": p.end.AddDate(0, 0, 7),
		}
		if p.state == "trialing" {
			values["trial_ends_at"], values["access_until"] = p.end, p.end
		}
		if p.gift {
			values["complimentary_reason"], values["access_until"] = "a gift", p.end
		}
		lives[i], ids[i] = p, b.Subscription(b.User(fmt.Sprintf("user%04d", i)), plan, values)
	}
	service := plansOver(t, d)
	for hour := range 365 * 24 {
		now := base.Add(time.Duration(hour) * time.Hour)
		service.Clock = domain.FixedClock(now)
		if hour%24 == 0 {
			if _, err := service.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var together sync.WaitGroup // what different people do in the same hour
		for i, p := range lives {
			p.hour(now)
			if !slices.Contains(p.pays, now) && !slices.Contains(p.cancels, now) && !slices.Contains(p.resumes, now) {
				continue
			}
			together.Go(func() { liveThrough(t, service, staff, p, ids[i], now) })
		}
		together.Wait()
	}
	if _, err := service.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := make([]string, 0, n)
	if err := d.Owner.SelectContext(t.Context(), &got, `
		select format('%s until %s, access until %s, over %s', s.status, to_char(s.current_period_end at time zone 'UTC', f), to_char(s.access_until at time zone 'UTC', f),
			coalesce(to_char(s.ended_at at time zone 'UTC', f), 'never'))
		from user_subscriptions s join users u on u.id = s.user_id, (values ('YYYY-MM-DD"T"HH24:MI:SS')) v (f) order by u.username`); err != nil {
		t.Fatal(err)
	}
	count, paid, withdrawn := map[string]int{}, 0, 0
	for i, p := range lives {
		count[p.state]++
		paid, withdrawn = paid+p.paid, withdrawn+p.withdrawn
		if got[i] != p.String() {
			t.Errorf("%d: the product says %s\nthe loop says %s", i, got[i], p)
		}
	}
	t.Logf("%v, %d payments, %d cancellations withdrawn", count, paid, withdrawn)
	var payments int
	b.Get(&payments, `select count(*) from payments`)
	if payments != paid || len(count) < 4 || count["expired"] < 100 || count["canceled"] < 100 || withdrawn < 30 {
		t.Errorf("%d payments were recorded, the loop has %d; %v", payments, paid, count)
	}
}

// liveThrough does what an owner does in an hour, in the order of the loop. What is refused has no effect in the loop either.
func liveThrough(t *testing.T, service plans.Service, staff domain.Viewer, p *plain, id domain.SubscriptionID, now time.Time) {
	t.Helper()
	key := fmt.Sprint(id, now.Unix())
	fine := func(err error) {
		if _, refused := domain.AsUserError(err); err != nil && !refused {
			t.Error(err)
		}
	}
	if slices.Contains(p.pays, now) {
		_, err := service.RecordPayment(t.Context(), staff, plans.PaymentCommand{
			IdempotencyKey: key, SubscriptionID: id, Amount: domain.Money{Amount: 1000, Currency: "EUR"},
		})
		fine(err)
	}
	if slices.Contains(p.cancels, now) {
		_, err := service.Cancel(t.Context(), staff, plans.CancelCommand{IdempotencyKey: key, SubscriptionID: id})
		fine(err)
	}
	if slices.Contains(p.resumes, now) {
		_, err := service.Resume(t.Context(), staff, plans.ResumeCommand{IdempotencyKey: key, SubscriptionID: id})
		fine(err)
	}
}
