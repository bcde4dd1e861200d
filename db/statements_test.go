package db_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/dbtest"
)

func TestAFloodOfStatementsNeitherFillsAConnectionNorPushesOutWhatIsUsed(t *testing.T) {
	t.Parallel()
	pool, err := db.Open(t.Context(), db.Config{URL: dbtest.New(t).AppURL, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	var n int
	ask := func(query string) {
		t.Helper()
		if err := pool.Get(t.Context(), &n, dbtest.SQL(query)); err != nil {
			t.Fatal(err)
		}
	}
	const prepared = `select count(*) from pg_prepared_statements`
	// When this very statement was prepared, in microseconds.
	const since = `select (extract(epoch from max(prepare_time)) * 1000000)::bigint from pg_prepared_statements where statement like '%this very%' /* this very */`
	ask(since)
	ask(since)
	before := n
	for i := range 1000 {
		ask(fmt.Sprintf("select 1 /* flood %d */", i))
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if ask(prepared); n <= 64+256 || time.Now().After(end) {
			break
		}
	}
	if n > 64+256 || n < 32 {
		t.Errorf("%d statements are prepared", n)
	}
	if ask(since); n != before {
		t.Error("a statement in use was pushed out and prepared again")
	}
}

func TestStatementsThatGiveWayWhileTheyAreUsedStillAnswer(t *testing.T) {
	t.Parallel()
	pool, err := db.Open(t.Context(), db.Config{URL: dbtest.New(t).AppURL, Pool: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 300 {
				want := i%200 + worker/2*1000 // each is asked by two workers
				query := fmt.Sprintf("select %d", want)
				var got int
				if i%7 == 0 {
					if err := pool.InTx(t.Context(), db.Origin{}, func(tx *db.Tx) error { return tx.Get(t.Context(), &got, dbtest.SQL(query)) }); err != nil {
						t.Error(err)
					}
				} else if err := pool.Get(t.Context(), &got, dbtest.SQL(query)); err != nil {
					t.Error(err)
				}
				if got != want {
					t.Errorf("%s answers %d", query, got)
				}
			}
		})
	}
	all.Wait()
}
