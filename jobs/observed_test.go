package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain/plans"
	"lyceum/jobs"
	"lyceum/store"
)

// breaking fails the first time, panics the second, and works from then on.
type breaking struct {
	mu    sync.Mutex
	tries int
}

func (b *breaking) Sweep(context.Context) (plans.Swept, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries++
	switch b.tries {
	case 1:
		return plans.Swept{}, errors.New("not now")
	case 2:
		panic("not now either")
	}
	return plans.Swept{}, nil
}

func TestEachRunOfAJobIsTold(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	pool, err := db.Open(t.Context(), db.Config{URL: d.AppURL, Pool: 6})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	var mu sync.Mutex
	var sweeps []jobs.Outcome
	other := map[string]int{}
	runner, err := jobs.New(pool.DB.DB, store.NewMaintenance(pool), jobs.Services{
		Subscriptions: &breaking{}, Ended: func(kind string, outcome jobs.Outcome, took time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			if took <= 0 {
				t.Errorf("%s took %s", kind, took)
			}
			if kind == (plans.SweepJob{}).Kind() {
				sweeps = append(sweeps, outcome)
				return
			}
			if outcome == jobs.JobDone {
				other[kind]++
			}
		},
	}, slog.New(slog.DiscardHandler))
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
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		mu.Lock()
		told, kinds := len(sweeps), len(other)
		mu.Unlock()
		if told >= 3 && kinds >= 3 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%v %v", sweeps, other)
		}
		// The next try would come in a second, and the one after it in sixteen.
		if _, err := d.Owner.ExecContext(t.Context(), `update river.river_job set scheduled_at = now() where state = 'retryable'`); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if sweeps[0] != jobs.JobFailed || sweeps[1] != jobs.JobFailed || sweeps[2] != jobs.JobDone || other["clean_up"] == 0 {
		t.Errorf("%v %v", sweeps, other)
	}
}
