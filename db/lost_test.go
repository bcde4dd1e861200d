package db_test

import (
	"database/sql"
	"errors"
	"testing"

	"lyceum/db"
	"lyceum/db/dbtest"
)

const (
	addMark   = "insert into idempotency_keys (actor_id, mutation, key, body_hash) values (new_id(), 'm', $1, '')"
	countMark = "select count(*) from idempotency_keys where key = $1"
)

// cuttable opens a pool over a line that can break.
func cuttable(t *testing.T) (*db.DB, *dbtest.Cutter, *dbtest.Database) {
	t.Helper()
	d := dbtest.New(t)
	cutter := dbtest.NewCutter(t, d.AppURL)
	pool, err := db.Open(t.Context(), db.Config{URL: cutter.URL(d.AppURL), Pool: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool, cutter, d
}

func marks(t *testing.T, d *dbtest.Database, key string) int {
	t.Helper()
	var n int
	if err := d.Get(t.Context(), &n, dbtest.SQL(countMark), key); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestALostCommitIsSaidToHaveAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	pool, cutter, d := cuttable(t)
	cutter.CutAfter("COMMIT")
	runs := 0
	err := pool.InTx(t.Context(), db.Origin{}, func(tx *db.Tx) error {
		runs++
		_, err := tx.Exec(t.Context(), dbtest.SQL(addMark), "committed")
		return err
	})
	if !errors.Is(err, db.ErrOutcomeUnknown) || runs != 1 {
		t.Errorf("after %d runs: %v", runs, err)
	}
	if n := marks(t, d, "committed"); n != 1 {
		t.Errorf("there are %d rows", n)
	}
}

func TestACommitThatTheServerRefusesHasAKnownOutcome(t *testing.T) {
	t.Parallel()
	pool, _, d := cuttable(t)
	err := pool.InTx(t.Context(), db.Origin{}, func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), dbtest.SQL(addMark), "refused"); err != nil {
			return err
		}
		_, _ = tx.Exec(t.Context(), dbtest.SQL("select 1/0"))
		return nil
	})
	if err == nil || errors.Is(err, db.ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
	if n := marks(t, d, "refused"); n != 0 {
		t.Errorf("there are %d rows", n)
	}
}

func TestAWriteWhoseAnswerWasLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	pool, cutter, d := cuttable(t)
	if _, err := pool.Exec(t.Context(), dbtest.SQL(addMark), "before"); err != nil {
		t.Fatal(err)
	}
	cutter.CutAfter("the lost one")
	if _, err := pool.Exec(t.Context(), dbtest.SQL(addMark), "the lost one"); !errors.Is(err, db.ErrLost) {
		t.Errorf("got %v", err)
	}
	if n := marks(t, d, "the lost one"); n != 1 {
		t.Errorf("it was written %d times", n)
	}
	cutter.CutAfter("of a library")
	if _, err := pool.ExecContext(t.Context(), addMark, "of a library"); !errors.Is(err, db.ErrLost) {
		t.Errorf("got %v", err)
	}
	if n := marks(t, d, "of a library"); n != 1 {
		t.Errorf("it was written %d times", n)
	}
}

func TestAReadWhoseAnswerWasLostIsRepeated(t *testing.T) {
	t.Parallel()
	pool, cutter, d := cuttable(t)
	if _, err := d.Exec(t.Context(), dbtest.SQL(addMark), "here"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		cutter.CutAfter("here")
		var n []int
		if err := pool.Select(t.Context(), &n, dbtest.SQL(countMark), "here"); err != nil || len(n) != 1 || n[0] != 1 {
			t.Errorf("got %v, %v", n, err)
		}
	}
}

func TestConnectionsThatTheServerHasClosedAreNotUsed(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	pool, err := db.Open(t.Context(), db.Config{URL: d.AppURL, Pool: 4, Name: "to be ended"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	var held []*sql.Conn
	for range 4 {
		conn, err := pool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
	}
	for _, conn := range held {
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var ended int
	const end = "select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity where application_name = 'to be ended' and datname = current_database()"
	if err := d.Get(t.Context(), &ended, dbtest.SQL(end)); err != nil || ended != 4 {
		t.Fatal(ended, err)
	}
	for range 4 {
		if _, err := pool.Exec(t.Context(), dbtest.SQL(addMark), "after"); err != nil {
			t.Error(err)
		}
	}
}
