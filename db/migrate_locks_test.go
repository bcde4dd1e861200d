package db_test

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"lyceum/db"
	"lyceum/db/dbtest"
)

// withOneMore is all migrations and one that locks a table against its readers.
func withOneMore(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{"900_one_more.sql": {Data: []byte(`-- +goose Up
set local lock_timeout = '5s';
alter table subscription_plans add column one_more integer;
`)}}
	for _, name := range migrationNames(t) {
		text, err := fs.ReadFile(db.Migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	return files
}

// idleReader has read a table and does not end its transaction until it is told to.
func idleReader(t *testing.T, d *dbtest.Database) (end func()) {
	t.Helper()
	reader, err := db.Open(t.Context(), db.Config{URL: d.AppURL, Pool: 1, Name: "a forgotten psql"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reader.Close() })
	tx, err := reader.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.GetContext(t.Context(), &n, "select count(*) from subscription_plans /* secret-canary */"); err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback() }
}

func TestAMigrationBehindAnIdleReaderHoldsNobodyUpAndIsDoneWhenTheReaderEnds(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	end := idleReader(t, d)
	migrated := make(chan error, 1)
	began := time.Now()
	go func() {
		_, err := db.MigrateFrom(t.Context(), db.Config{URL: d.URL, LockPatience: time.Minute}, withOneMore(t))
		migrated <- err
	}()
	var mu sync.Mutex
	var slowest time.Duration
	var all sync.WaitGroup
	for range 100 {
		time.Sleep(40 * time.Millisecond) // 100 requests over two attempts and their pauses
		all.Go(func() {
			asked := time.Now()
			var n int
			if err := d.Get(t.Context(), &n, dbtest.SQL("select count(*) from subscription_plans")); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			slowest = max(slowest, time.Since(asked))
		})
	}
	all.Wait()
	// A request waits for one attempt, half a second; the rest is for busy machines. It was five seconds, and it failed.
	if slowest > 3*time.Second {
		t.Errorf("a request took %s", slowest)
	}
	select {
	case err := <-migrated:
		t.Fatalf("the migration ended after %s while the reader held on: %v", time.Since(began), err)
	default:
	}
	end()
	if err := <-migrated; err != nil {
		t.Errorf("the reader has ended, and the migration says %v", err)
	}
	var n int
	if err := d.Owner.Get(t.Context(), &n, dbtest.SQL("select count(one_more) from subscription_plans")); err != nil {
		t.Error(err)
	}
}

func TestAMigrationThatGetsNoLockSaysInOneSentenceWhoHoldsIt(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	defer idleReader(t, d)()
	began := time.Now()
	ran, err := db.MigrateFrom(t.Context(), db.Config{URL: d.URL, LockPatience: 3 * time.Second}, withOneMore(t))
	if took := time.Since(began); !errors.Is(err, db.ErrLocked) || len(ran) > 0 || took > 30*time.Second {
		t.Fatalf("after %s it ran %v and says %v", took, ran, err)
	}
	said := err.Error()
	for _, want := range []string{"process ", "lyceum_app", "a forgotten psql"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in %s", want, said)
		}
	}
	if strings.Contains(said, "canary") || strings.Contains(said, "55P03") || strings.Contains(said, "\n") {
		t.Errorf("it says too much: %s", said)
	}
	t.Log(said)
}

func TestMakingPartitionsBehindAnIdleReaderHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	tx, err := d.Owner.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	var n int
	if err := tx.GetContext(t.Context(), &n, "select count(*) from login_attempts"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = d.Exec(t.Context(), dbtest.SQL("select ensure_partitions(24)"))
	var said *pq.Error
	if took := time.Since(began); !errors.As(err, &said) || said.Code != pqerror.LockNotAvailable || took > 4*time.Second {
		t.Errorf("after %s: %v", took, err)
	}
}
