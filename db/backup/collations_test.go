package backup_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/backup"
	"lyceum/db/dbtest"
)

// A machine with another version of ICU is made by noting another version in the catalogs.
func TestWhatSortsDifferentlyOnThisMachineIsRebuilt(t *testing.T) {
	t.Parallel()
	server, _ := dbtest.Server(t)
	super, err := db.Open(t.Context(), db.Config{URL: server, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = super.Close() })
	name := "collations_" + strings.ReplaceAll(time.Now().Format("150405.000000"), ".", "")
	if _, err := super.ExecContext(t.Context(), "create database "+name+" template template0 locale_provider icu icu_locale 'en'"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = super.ExecContext(context.Background(), "drop database " + name + " with (force)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	d, err := db.Open(t.Context(), db.Config{URL: u.String(), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	run := func(sql string) {
		t.Helper()
		if _, err := d.ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run(`create table texts (n int primary key, plain text, german text collate "de-x-icu", bytes text collate "C")`)
	run(`create index plain_idx on texts (plain)`)
	run(`create index german_idx on texts (german)`)
	run(`create index bytes_idx on texts (bytes)`)
	refresh := func() []string {
		t.Helper()
		rebuilt, err := backup.RefreshCollations(t.Context(), u.String())
		if err != nil {
			t.Fatal(err)
		}
		return rebuilt
	}
	if rebuilt := refresh(); len(rebuilt) != 0 {
		t.Errorf("nothing changed, and %v were rebuilt", rebuilt)
	}
	run(`update pg_collation set collversion = '1' where collname = 'de-x-icu'`)
	if rebuilt := refresh(); !slices.Equal(rebuilt, []string{"public.german_idx"}) {
		t.Errorf("one collation changed: %v", rebuilt)
	}
	run(`update pg_database set datcollversion = '1' where datname = current_database()`)
	if rebuilt := refresh(); !slices.Equal(rebuilt, []string{"public.plain_idx"}) {
		t.Errorf("the database's collation changed: %v", rebuilt)
	}
	if rebuilt := refresh(); len(rebuilt) != 0 {
		t.Errorf("the versions are not noted: %v", rebuilt)
	}
}
