package db_test

import (
	"errors"
	"io/fs"
	"sync"
	"testing"

	"lyceum/db"
	"lyceum/db/dbtest"
)

func migrationNames(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(db.Migrations(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestTheServingRoleReadsTheSchoolAndNotTheRunnersTables(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var n int
	if err := d.Get(t.Context(), &n, dbtest.SQL("select count(*) from user_content_access")); err != nil {
		t.Error(err)
	}
	if err := d.Get(t.Context(), &n, dbtest.SQL("select count(*) from migration.versions")); err == nil {
		t.Error("the serving role reads the runner's tables")
	}
}

func TestFourRunnersAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	at := dbtest.Empty(t)
	var wait sync.WaitGroup
	ran := make([]int, 4)
	for i := range ran {
		wait.Go(func() {
			names, err := db.Migrate(t.Context(), db.Config{URL: at})
			if err != nil {
				t.Errorf("runner %d: %v", i, err)
			}
			ran[i] = len(names)
		})
	}
	wait.Wait()
	total := 0
	for _, n := range ran {
		total += n
	}
	if total != len(migrationNames(t)) {
		t.Errorf("the runners ran %v files", ran)
	}
}

func TestAMigrationThatWasChangedAfterItRanIsRefused(t *testing.T) {
	t.Parallel()
	at := dbtest.Empty(t)
	if _, err := db.Migrate(t.Context(), db.Config{URL: at}); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), db.Config{URL: at, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.ExecContext(t.Context(), "update migration.checksums set sha256 = 'of another text' where name like '002%'"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Migrate(t.Context(), db.Config{URL: at}); !errors.Is(err, db.ErrChanged) {
		t.Errorf("got %v", err)
	}
}

func TestAnUnreachableDatabaseIsOneClearError(t *testing.T) {
	t.Parallel()
	_, err := db.Open(t.Context(), db.Config{URL: "postgres://nobody@127.0.0.1:1/none?sslmode=disable", Pool: 1})
	if !errors.Is(err, db.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestWaitingForAConnectionHasAnEnd(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	small, err := db.Open(t.Context(), db.Config{URL: d.AppURL, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	held, release := make(chan struct{}), make(chan struct{})
	go func() {
		_ = small.InTx(t.Context(), db.Origin{}, func(*db.Tx) error { close(held); <-release; return nil })
	}()
	<-held
	var one int
	err = small.Get(t.Context(), &one, dbtest.SQL("select 1"))
	close(release)
	if !errors.Is(err, db.ErrBusy) {
		t.Errorf("got %v", err)
	}
}
