package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store"
	"lyceum/store/storetest"
)

// plansOver is the service over a database, with the clock of the database.
func plansOver(t *testing.T, d *dbtest.Database) plans.Service {
	t.Helper()
	outbox, err := store.NewOutbox()
	if err != nil {
		t.Fatal(err)
	}
	reader := store.NewReader(d.DB)
	return plans.Service{
		Store: store.Plans{Writer: store.Writer{DB: d.DB, Outbox: outbox}}, GraceDays: 7, IDs: domain.NewIDs(),
		Clock: func() time.Time {
			shift, err := reader.ClockShift(context.Background())
			if err != nil {
				t.Error(err)
			}
			return time.Now().Add(shift).UTC().Truncate(time.Microsecond)
		},
	}
}

// school makes n subscriptions around a moment, in every state and due at every time, the same for the same n.
func school(b *storetest.Builder, base time.Time, n int) {
	monthly, yearly, free := b.Plan(2), b.Plan(3, storetest.Values{"billing_cycle": "yearly"}), b.Plan(1, storetest.Values{"price_minor": 0})
	random := rand.New(rand.NewPCG(11, 12))
	at := func(days int) time.Time { return base.Add(time.Duration(random.IntN(days*24*60)) * time.Minute) }
	for i := range n {
		user, end := b.User(fmt.Sprintf("user%04d", i)), at(60)
		values := storetest.Values{
			"current_period_start": base.AddDate(-1, -2, 0), "started_at": base.AddDate(-1, -2, 0), "current_period_end": end, "access_until": end.AddDate(0, 0, 7),
		}
		plan := []domain.PlanID{monthly, yearly}[i%2]
		switch i % 9 {
		case 0: // a trial
			values["status"], values["trial_ends_at"], values["access_until"] = "trialing", end, end
		case 1: // canceled
			values["cancel_at"], values["canceled_at"], values["access_until"] = end, base, end
		case 2: // complimentary
			values["complimentary_reason"], values["access_until"] = "a gift", end
		case 3: // free
			plan, values["current_period_end"], values["access_until"] = free, nil, "infinity"
		case 4: // past due
			late := base.AddDate(0, 0, -random.IntN(6))
			values["status"], values["current_period_end"], values["access_until"] = "past_due", late, late.AddDate(0, 0, 7)
		case 5: // paused
			values["status"], values["access_until"] = "paused", base.AddDate(0, 0, -1)
		case 6: // long overdue
			values["current_period_end"], values["access_until"] = base.AddDate(0, 0, -100), base.AddDate(0, 0, -93)
		}
		b.Subscription(user, plan, values)
	}
}

// stateOf is everything that a sweep decides, as text.
func stateOf(t *testing.T, d *dbtest.Database) []string {
	t.Helper()
	var state []string
	if err := d.Owner.SelectContext(t.Context(), &state, `
		select concat_ws(' ', u.username, s.status, s.access_until, s.ended_at, s.current_period_end, s.cancel_at,
			(select string_agg(concat_ws(' ', c.kind, c.from_status, c.to_status, c.effective_at), ', ' order by c.created_at, c.id)
			   from subscription_changes c where c.subscription_id = s.id))
		from user_subscriptions s join users u on u.id = s.user_id order by u.username`); err != nil {
		t.Fatal(err)
	}
	return state
}

func TestTheEndOfASweepDoesNotDependOnItsStep(t *testing.T) {
	t.Parallel()
	base := time.Now().UTC().Truncate(time.Second)
	run := func(t *testing.T, n, steps int, step string) []string {
		t.Helper()
		d := dbtest.New(t)
		b := storetest.New(t, d.Owner)
		school(b, base, n)
		service := plansOver(t, d)
		for range steps {
			b.Exec(`update clock set shift = shift + $1::interval`, step)
			if _, err := service.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		return stateOf(t, d)
	}
	for _, c := range []struct {
		n, steps int
		step     string
	}{{180, 40, "1 day"}, {45, 960, "1 hour"}} {
		t.Run(fmt.Sprintf("%d times %s", c.steps, c.step), func(t *testing.T) {
			t.Parallel()
			atOnce, stepwise := run(t, c.n, 1, "40 days"), run(t, c.n, c.steps, c.step)
			if len(atOnce) != c.n || !slices.Equal(atOnce, stepwise) {
				for i := range atOnce {
					if atOnce[i] != stepwise[i] {
						t.Errorf("at once  %s\nstepwise %s", atOnce[i], stepwise[i])
					}
				}
			}
		})
	}
}

func TestADueTimeInTheDatabaseIsThatOfTheRules(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	plan, base, random := b.Plan(2), time.Now().UTC().Truncate(time.Second), rand.New(rand.NewPCG(1, 2))
	maybe := func() any {
		if random.IntN(3) == 0 {
			return nil
		}
		return base.Add(time.Duration(random.IntN(1000)) * time.Hour)
	}
	statuses := []string{"pending", "incomplete", "trialing", "active", "past_due", "paused", "canceled", "expired"}
	due := 0
	for i := range 200 {
		access := maybe()
		if access == nil {
			access = "infinity"
		}
		id := b.Subscription(b.User(fmt.Sprintf("user%d", i)), plan, storetest.Values{
			"status": statuses[i%len(statuses)], "trial_ends_at": maybe(), "current_period_start": base.AddDate(0, -1, 0), "current_period_end": maybe(),
			"access_until": access, "cancel_at": maybe(),
		})
		rows, err := store.NewReader(d.DB).SubscriptionsByID(t.Context(), []domain.SubscriptionID{id})
		if err != nil || len(rows) != 1 {
			t.Fatal(err)
		}
		var stored *time.Time
		b.Get(&stored, `select nullif(next_due_at, 'infinity') from user_subscriptions where id = $1`, id)
		want := rows[0].DueAt()
		if (stored == nil) != (want == nil) || stored != nil && !stored.Equal(*want) {
			t.Errorf("%s: the database says %v, the rules say %v: %+v", statuses[i%len(statuses)], stored, want, rows[0])
		}
		if stored != nil {
			due++
		}
	}
	if due < 50 {
		t.Errorf("only %d are ever due", due)
	}
}

func TestTwoSweepsAtOnceChangeEachSubscriptionOnceAndACancellationWaitsForOneBatchAtMost(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	plan := b.Plan(2)
	b.Exec(`insert into users (email, username) select 'u' || n || '@test.example', 'u' || n from generate_series(1, 3000) n`)
	b.Exec(`insert into user_subscriptions (user_id, plan_id, status, current_period_start, current_period_end, access_until)
		select u.id, $1, 'active', now() - interval '32 days', now() - interval '1 day', now() + interval '6 days' from users u`, plan)
	var due domain.SubscriptionID
	b.Get(&due, `select id from user_subscriptions order by next_due_at desc, id desc limit 1`)
	service := plansOver(t, d)
	var together sync.WaitGroup
	swept, waited := make([]plans.Swept, 2), time.Duration(0)
	for i := range swept {
		together.Go(func() {
			var err error
			if swept[i], err = service.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	together.Go(func() {
		began := time.Now()
		viewer := domain.Viewer{UserID: domain.UserID{UUID: domain.NewIDs()()}, Permissions: []domain.Permission{domain.BillingWrite}}
		b.Exec(`insert into users (id, email, username) values ($1, 'staff@test.example', 'staff')`, viewer.UserID)
		sub, err := service.Cancel(t.Context(), viewer, plans.CancelCommand{IdempotencyKey: "k", SubscriptionID: due})
		waited = time.Since(began)
		if err != nil || sub.Status != plans.Canceled {
			t.Errorf("the cancellation: %+v, %v", sub, err)
		}
	})
	together.Wait()
	t.Logf("swept %d and %d, the cancellation took %v", swept[0].Subscriptions, swept[1].Subscriptions, waited)
	var twice, left, changes, mails int
	b.Get(&twice, `select count(*) from (select from subscription_changes where kind = 'payment_failed' group by subscription_id having count(*) > 1) x`)
	b.Get(&left, `select count(*) from user_subscriptions where next_due_at <= now()`)
	b.Get(&changes, `select count(*) from subscription_changes where kind = 'payment_failed'`)
	b.Get(&mails, `select count(*) from mail_messages where template = 'plans.payment_due'`)
	total := swept[0].Subscriptions + swept[1].Subscriptions
	if twice != 0 || left != 0 || changes != 3000 || total < 2999 || total > 3000 || mails != total {
		t.Errorf("%d twice, %d left, %d changes, %d swept, %d mails", twice, left, changes, total, mails)
	}
}

func TestFiguresFollowTheSweep(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	plan := b.Plan(2)
	now := time.Now()
	for i := range 5 {
		b.Subscription(b.User(fmt.Sprintf("paid%d", i)), plan, storetest.Values{"current_period_end": now.AddDate(0, 0, 10*i+5), "access_until": now.AddDate(0, 0, 10*i+12)})
	}
	b.Subscription(b.User("gift"), plan, storetest.Values{"complimentary_reason": "a prize", "current_period_end": now.AddDate(1, 0, 0), "access_until": now.AddDate(1, 0, 0)})
	b.Subscription(b.User("trial"), plan, storetest.Values{"status": "trialing", "trial_ends_at": now.AddDate(0, 0, 3), "access_until": now.AddDate(0, 0, 3)})
	figures := func() (s string) {
		b.Exec(`select refresh_analytics()`)
		b.Get(&s, `select concat_ws(' ', active_count, trialing_count, past_due_count, ended_count, ended_30d, mrr_minor) from subscription_metrics`)
		return s
	}
	if got := figures(); got != "6 1 0 0 0 5000" {
		t.Errorf("before: %s", got)
	}
	// On day 20: the first two periods are over, the first one's days of grace too; the trial has ended.
	b.Exec(`update clock set shift = '20 days'`)
	if _, err := plansOver(t, d).Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := figures(); got != "4 0 1 2 2 4000" {
		t.Errorf("after: %s", got)
	}
	var active int
	b.Get(&active, `select count(*) from active_user_subscriptions`)
	if active != 5 {
		t.Errorf("%d give access", active)
	}
}
