package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/dbtest"
)

// soon is a generous bound for what must not wait for a server that does not answer. The waits themselves are a second.
const soon = 8 * time.Second

// silent opens a pool over a line that can fall silent, with all its connections made.
func silent(t *testing.T, c db.Config) (*db.DB, *dbtest.Proxy) {
	t.Helper()
	d := dbtest.New(t)
	proxy := dbtest.NewProxy(t, d.AppURL)
	c.URL = proxy.URL(d.AppURL)
	pool, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	var all sync.WaitGroup
	for range c.Pool {
		all.Go(func() {
			var n int
			if err := pool.Get(t.Context(), &n, dbtest.SQL("select 1 from pg_sleep(0.2)")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return pool, proxy
}

// waits are all the ways to wait for the server.
var waits = map[string]func(context.Context, *db.DB) error{
	"a statement that is prepared": func(ctx context.Context, d *db.DB) error {
		var n int
		return d.Get(ctx, &n, dbtest.SQL("select 1 from pg_sleep(0.2)"))
	},
	"a statement that is not": func(ctx context.Context, d *db.DB) error {
		var n []int
		return d.Select(ctx, &n, dbtest.SQL("select 2"))
	},
	"a write": func(ctx context.Context, d *db.DB) error {
		_, err := d.Exec(ctx, dbtest.SQL("update users set username = username where false"))
		return err
	},
	"a transaction": func(ctx context.Context, d *db.DB) error {
		return d.InTx(ctx, db.Origin{}, func(*db.Tx) error { return nil })
	},
	"a ping":                   func(ctx context.Context, d *db.DB) error { return d.PingContext(ctx) },
	"a statement of a library": func(ctx context.Context, d *db.DB) error { _, err := d.ExecContext(ctx, "select 3"); return err },
}

func TestEndingTheContextEndsEveryWaitForASilentServer(t *testing.T) {
	t.Parallel()
	pool, proxy := silent(t, db.Config{Pool: 2 * len(waits), StatementTimeout: time.Minute})
	proxy.Silence()
	var all sync.WaitGroup
	for name, wait := range waits {
		for _, how := range []string{"its deadline", "a cancellation"} {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
				if how == "a cancellation" {
					cancel()
					ctx, cancel = context.WithCancel(t.Context())
					time.AfterFunc(500*time.Millisecond, cancel)
				}
				defer cancel()
				began := time.Now()
				err := wait(ctx, pool)
				if took := time.Since(began); err == nil || !db.Gone(err) && ctx.Err() == nil || took > soon {
					t.Errorf("%s, ended by %s, took %s: %v", name, how, took, err)
				}
			})
		}
	}
	all.Wait()
	healed := time.Now()
	proxy.Heal()
	for name, wait := range waits {
		if err := wait(t.Context(), pool); err != nil {
			t.Errorf("after healing, %s: %v", name, err)
		}
	}
	if took := time.Since(healed); took > soon {
		t.Errorf("it took %s after healing", took)
	}
}

func TestATransactionEndsWithItsContextWhereverTheServerFallsSilent(t *testing.T) {
	t.Parallel()
	for name, within := range map[string]func(context.Context, *db.Tx) error{
		"at a statement": func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, dbtest.SQL("select 4"))
			return err
		},
		"at COMMIT":   func(context.Context, *db.Tx) error { return nil },
		"at ROLLBACK": func(context.Context, *db.Tx) error { return errors.New("a rule says no") },
		"after the context has ended": func(ctx context.Context, _ *db.Tx) error {
			<-ctx.Done()
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool, proxy := silent(t, db.Config{Pool: 1, StatementTimeout: time.Minute})
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			began := time.Now()
			err := pool.InTx(ctx, db.Origin{}, func(tx *db.Tx) error {
				proxy.Silence()
				return within(ctx, tx)
			})
			if took := time.Since(began); err == nil || took > soon {
				t.Errorf("it took %s: %v", took, err)
			}
			if unknown := errors.Is(err, db.ErrOutcomeUnknown); unknown != (name == "at COMMIT") {
				t.Errorf("the outcome is said to be unknown: %t (%v)", unknown, err)
			}
			proxy.Heal()
			var n int
			if err := pool.Get(t.Context(), &n, dbtest.SQL("select 5")); err != nil {
				t.Errorf("after healing: %v", err)
			}
		})
	}
}

func TestAnOperationWithoutADeadlineEndsByTheLimitOfItsPool(t *testing.T) {
	t.Parallel()
	pool, proxy := silent(t, db.Config{Pool: len(waits), Limit: 500 * time.Millisecond})
	proxy.Silence()
	var all sync.WaitGroup
	for name, wait := range waits {
		all.Go(func() {
			began := time.Now()
			if err := wait(t.Context(), pool); !db.Gone(err) || time.Since(began) > soon {
				t.Errorf("%s took %s: %v", name, time.Since(began), err)
			}
		})
	}
	all.Wait()
}

func TestWhoeverWaitsLongAsksWhetherTheServerStillAnswers(t *testing.T) {
	t.Parallel()
	pool, proxy := silent(t, db.Config{Pool: 2})
	t.Run("a server that works is waited for", func(t *testing.T) {
		var n int
		if err := pool.Get(t.Context(), &n, dbtest.SQL("select 6 from pg_sleep(9)")); err != nil || n != 6 {
			t.Errorf("got %d, %v", n, err)
		}
	})
	t.Run("a silent one is not", func(t *testing.T) {
		proxy.Silence()
		began := time.Now()
		var n int
		if err := pool.Get(t.Context(), &n, dbtest.SQL("select 7")); !errors.Is(err, db.ErrSilent) || time.Since(began) > time.Minute {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}

func TestASilentServerCannotBeOpened(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	proxy := dbtest.NewProxy(t, d.AppURL)
	proxy.Silence()
	began := time.Now()
	_, err := db.Open(t.Context(), db.Config{URL: proxy.URL(d.AppURL), Pool: 1})
	if !errors.Is(err, db.ErrUnreachable) || time.Since(began) > time.Minute {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	began = time.Now()
	if _, err = db.Open(ctx, db.Config{URL: proxy.URL(d.AppURL), Pool: 1}); err == nil || time.Since(began) > 4*time.Second {
		t.Errorf("told to end after a second, it took %s: %v", time.Since(began), err)
	}
}
