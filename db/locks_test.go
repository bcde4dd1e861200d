package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lib/pq"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/store/storetest"
)

// All locks that any role can take by computing a key, one by one and as a pair.
const everyAdvisoryLock = `select pg_advisory_lock(hashtext(n)), pg_advisory_lock(hashtext('content_sources'), hashtext(n)) from unnest(array['content_category_paths',
	'content_prerequisites', 'content_sources', 'ensure_partitions', 'refresh_analytics', 'seal_audit', 'lyceum migrate', 'course', 'demo', 'roles']) n`

func TestNoRoleCanHoldUpWhatTheOwnersFunctionsDo(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	item, other := b.Item(b.Category("c"), "one", 0), b.Item(b.Category("d"), "two", 0)
	report, err := db.Open(t.Context(), db.Config{URL: d.As(t, "lyceum_report"), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer report.Close()
	if _, err := report.ExecContext(t.Context(), everyAdvisoryLock); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Owner.ExecContext(t.Context(), "select track_login_attempt('a@b.c', 'failed', '10.0.0.1', '', '', '')"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := db.Migrate(ctx, db.Config{URL: d.URL}); err != nil {
		t.Errorf("migrate: %v", err)
	}
	for name, statement := range map[string]string{
		"seal":           "select 1 / seal_audit()::int",
		"partitions":     "select ensure_partitions(3)",
		"hold a source":  "select 1 / hold_source('course')::int",
		"a category":     "insert into content_categories (slug, name) values ('e', 'E')",
		"a prerequisite": "insert into content_prerequisites (content_id, required_id) values ('" + item.String() + "', '" + other.String() + "')",
		"the figures":    "select refresh_analytics()",
	} {
		if _, err := d.ExecContext(ctx, statement); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var figures int
	if err := d.GetContext(ctx, &figures, "select count(*) from content_popularity"); err != nil || figures != 2 {
		t.Errorf("the figures were not refreshed: %d, %v", figures, err)
	}
	for _, role := range []*db.DB{d.DB, report} {
		for _, table := range []string{"function_locks", "content_source_locks", "migration.runner"} {
			for _, statement := range []string{"select from " + table + " for update", "do $$ begin lock table " + table + " in access share mode; end $$"} {
				var e *pq.Error
				if _, err := role.ExecContext(ctx, statement); !errors.As(err, &e) || e.Code != "42501" {
					t.Errorf("%s: %v", statement, err)
				}
			}
		}
	}
}

func TestOneImportOfASourceRunsAtATime(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	hold := func(tx interface {
		GetContext(context.Context, any, string, ...any) error
	}, source string,
	) (held bool) {
		t.Helper()
		if err := tx.GetContext(t.Context(), &held, "select hold_source($1)", source); err != nil {
			t.Fatal(err)
		}
		return held
	}
	for _, when := range []string{"the first time", "and again"} {
		first, err := d.BeginTxx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // whoever holds it may ask again
			if !hold(first, "a") {
				t.Errorf("%s: not held", when)
			}
		}
		if hold(d, "a") {
			t.Errorf("%s: held twice", when)
		}
		if !hold(d, "b") {
			t.Errorf("%s: another source is held up", when)
		}
		if err := first.Commit(); err != nil {
			t.Fatal(err)
		}
		if !hold(d, "a") {
			t.Errorf("%s: held after its end", when)
		}
	}
}
