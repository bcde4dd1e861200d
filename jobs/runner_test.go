package jobs_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/operations"
	"lyceum/domain/plans"
	"lyceum/jobs"
	"lyceum/store"
	"lyceum/store/storetest"
)

// eventually waits for a query to be true.
func eventually(t *testing.T, d *dbtest.Database, what, query string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var ok bool
		if err := d.Owner.GetContext(t.Context(), &ok, query); err != nil {
			t.Fatal(err)
		}
		if ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("it never came about that %s", what)
		}
	}
}

// sweeper sweeps through a pool.
func sweeper(t *testing.T, pool *db.DB) plans.Service {
	t.Helper()
	outbox, err := store.NewOutbox()
	if err != nil {
		t.Fatal(err)
	}
	return plans.Service{Store: store.Plans{Writer: store.Writer{DB: pool, Outbox: outbox}}, Clock: time.Now, GraceDays: 7}
}

func TestTheRunnerKeepsHouse(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	ada := b.UserWithRole("ada", "analyst")
	b.Exec(`insert into user_sessions (user_id, session_token, data, expires_at) values ($1, 'old', '', now() - interval '1 hour')`, ada)
	b.Exec(`insert into idempotency_keys (actor_id, mutation, key, body_hash, created_at) values ($1, 'm', 'k', '', now() - interval '2 days')`, ada)
	b.Exec(`insert into refresh_tokens (user_id, family_id, token_hash, expires_at) values ($1, new_id(), sha256('x'), now() - interval '30 days')`, ada)
	b.Exec(`insert into content_consumption (created_at, user_id, content_id, event, progress) values ('2020-05-05', $1, new_id(), 'opened', 0)`, ada)
	b.Subscription(ada, b.Plan(2), storetest.Values{
		"current_period_start": time.Now().AddDate(0, -2, 0), "current_period_end": time.Now().AddDate(0, -1, 0), "access_until": time.Now().AddDate(0, -1, 0),
	})
	pool, err := db.Open(t.Context(), db.Config{URL: d.AppURL, Pool: 6})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	runner, err := jobs.New(pool.DB.DB, store.NewMaintenance(pool), jobs.Services{Subscriptions: sweeper(t, pool)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := runner.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	eventually(t, d, "the session that ran out is ended", `select not is_active and end_reason = 'expired' from user_sessions`)
	eventually(t, d, "old keys and tokens are gone", `select (select count(*) from idempotency_keys) + (select count(*) from refresh_tokens) = 0`)
	eventually(t, d, "the stray row has a partition", `select to_regclass('content_consumption_y2020m05') is not null`)
	eventually(t, d, "what nobody paid for has expired", `select status = 'expired' from user_subscriptions`)
	eventually(t, d, "what takes long stands in a queue of its own", `select count(*) filter (where queue = 'upkeep') >= 3
		and not bool_or(queue = 'upkeep' and kind in ('clean_up', 'sweep_subscriptions')) from river.river_job`)
	eventually(t, d, "how the jobs went is noted", `select count(*) filter (where kind in ('clean_up', 'ensure_partitions',
		'refresh_analytics', 'sweep_subscriptions') and last_duration_us > 0) = 4 and sum(failures) = 0 from job_runs`)
	eventually(t, d, "the log rows are sealed", `select count(*) = 0 and exists (select from audit_seals) from audit_unsealed`)

	// A refresh that somebody asks for runs soon, and is queued with their transaction.
	b.Item(b.Category("c"), "new", 0)
	outbox, err := store.NewOutbox()
	if err != nil {
		t.Fatal(err)
	}
	service := analytics.Service{Store: store.Analytics{Writer: store.Writer{DB: d.DB, Outbox: outbox}}}
	viewer := domain.Viewer{UserID: ada, Permissions: []domain.Permission{domain.AnalyticsRefresh}}
	eventually(t, d, "the first refresh is done", `select not exists (select from river.river_job where kind = 'refresh_analytics' and state in ('available', 'running'))`)
	if err := service.Refresh(t.Context(), viewer); err != nil {
		t.Fatal(err)
	}
	eventually(t, d, "the new item has figures", `select exists (select from content_popularity)`)
}

func TestTheKindsOfJobsInTheDomainAreThoseThatTheRunnerWorks(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	runner, err := jobs.New(d.DB.DB.DB, store.NewMaintenance(d.DB), jobs.Services{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	worked, known := slices.Sorted(slices.Values(runner.Kinds())), operations.KindNames()
	if !slices.Equal(worked, known) {
		t.Errorf("the runner works %v, the domain knows %v, which are to stand in this order", worked, known)
	}
	for _, k := range operations.Kinds {
		if k.Description == "" {
			t.Errorf("%s has no description", k.Name)
		}
	}
}
