package db_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/dbtest"
)

var (
	one   = db.NewStatement(`select 1`)
	sleep = db.NewStatement(`select 1 from pg_sleep(0.05)`)
)

func TestATallyCountsTheStatementsOfItsContextAlone(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var heard atomic.Int64
	d.Time(func(time.Duration) { heard.Add(1) })
	var tally, other db.Tally
	ctx := db.WithTally(t.Context(), &tally)
	var n int
	for _, statement := range []db.Statement{one, sleep} {
		if err := d.Get(ctx, &n, statement); err != nil {
			t.Fatal(err)
		}
	}
	err := d.InTx(db.WithTally(t.Context(), &other), db.Origin{}, func(tx *db.Tx) error { return tx.Get(ctx, &n, one) })
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Get(t.Context(), &n, one); err != nil {
		t.Fatal(err)
	}
	var texts []string
	longest := ""
	tally.Each(func(text string, took time.Duration) {
		texts = append(texts, text)
		if took >= 50*time.Millisecond {
			longest = text
		}
	})
	if tally.Statements() != 3 || tally.Took() < 50*time.Millisecond || len(texts) != 3 || longest != sleep.String() {
		t.Errorf("%d statements in %s: %q", tally.Statements(), tally.Took(), texts)
	}
	if other.Statements() != 1 || heard.Load() != 5 { // on whose behalf the transaction runs
		t.Errorf("%d in the transaction's own context, %d in all", other.Statements(), heard.Load())
	}
}

func TestATallyRemembersTheFirstStatementsAndCountsTheOthers(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var tally db.Tally
	ctx := db.WithTally(t.Context(), &tally)
	var all sync.WaitGroup
	for range 2 * db.Remembered {
		all.Go(func() {
			var n int
			if err := d.Get(ctx, &n, one); err != nil {
				t.Error(err)
			}
			tally.Each(func(string, time.Duration) {}) // while others write
		})
	}
	all.Wait()
	texts := ""
	tally.Each(func(text string, _ time.Duration) { texts += text + ";" })
	if tally.Statements() != 2*db.Remembered || strings.Count(texts, "select 1;") != db.Remembered {
		t.Errorf("%d statements, %s", tally.Statements(), texts)
	}
}

func TestAPoolTellsHowRequestsHadToWait(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	pool, err := db.Open(t.Context(), db.Config{URL: d.AppURL, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	err = pool.InTx(t.Context(), db.Origin{}, func(*db.Tx) error {
		var n int
		return pool.Get(t.Context(), &n, one) // in vain: the only connection is this transaction's
	})
	if w := pool.Waits(); !errors.Is(err, db.ErrBusy) || w.Waited != 1 || w.Refused != 1 || w.Time < 700*time.Millisecond {
		t.Errorf("%v %+v", err, w)
	}
}
