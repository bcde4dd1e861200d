package db_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/dbtest"
)

// full is a pool all of whose connections are taken until the function is called.
func full(t *testing.T) (pool *db.DB, free func()) {
	t.Helper()
	d := dbtest.New(t)
	pool, err := db.Open(t.Context(), db.Config{URL: d.AppURL, Pool: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	release, taken := make(chan struct{}), make(chan struct{})
	var holders sync.WaitGroup
	for range 2 {
		holders.Go(func() {
			err := pool.InTx(t.Context(), db.Origin{}, func(*db.Tx) error { taken <- struct{}{}; <-release; return nil })
			if err != nil {
				t.Error(err)
			}
		})
	}
	<-taken
	<-taken
	free = sync.OnceFunc(func() { close(release); holders.Wait() })
	t.Cleanup(free)
	return pool, free
}

func TestARequestWaitsForConnectionsOnceAndNotInEachStatement(t *testing.T) {
	t.Parallel()
	pool, free := full(t)
	ctx := db.WithPatience(db.WithPatience(t.Context()))
	get := func() error {
		var n int
		return pool.Get(ctx, &n, dbtest.SQL("select 1"))
	}
	began := time.Now()
	var side sync.WaitGroup // by side: that time counts once
	for range 4 {
		side.Go(func() {
			if err := get(); !errors.Is(err, db.ErrBusy) {
				t.Errorf("%v", err)
			}
		})
	}
	side.Wait()
	first := time.Since(began)
	for range 20 {
		if err := get(); !errors.Is(err, db.ErrBusy) {
			t.Errorf("%v", err)
		}
	}
	if all := time.Since(began); first < db.AcquireWait-50*time.Millisecond || all > 10*db.AcquireWait {
		t.Errorf("the first waited %s, all %s", first, all)
	}
	began = time.Now()
	if err := pool.Ready(t.Context()); !errors.Is(err, db.ErrBusy) || time.Since(began) > 10*db.AcquireWait {
		t.Errorf("ready: %v after %s", err, time.Since(began))
	}
	free()
	if err := errors.Join(get(), pool.Ready(t.Context())); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
