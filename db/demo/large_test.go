package demo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lyceum/db/dbtest"
	"lyceum/db/demo"
	"lyceum/store/storetest"
)

var tiny = demo.Sizes{Users: 160, Items: 90, Events: 3000, Seed: 1}

func quiet(int, int, string) {}

func load(t *testing.T, s demo.Sizes) *dbtest.Database {
	t.Helper()
	d := dbtest.New(t)
	if _, err := demo.LoadLarge(t.Context(), d.Owner, s, quiet); err != nil {
		t.Fatal(err)
	}
	return d
}

func one[T any](t *testing.T, d *dbtest.Database, query string) (v T) {
	t.Helper()
	if err := d.Owner.GetContext(t.Context(), &v, query); err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	return v
}

// Partitions count as tables of their own, so that a row in the wrong month shows too.
const tables = `select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'm') order by c.relname`

func digests(t *testing.T, d *dbtest.Database) map[string]string {
	t.Helper()
	var names []string
	if err := d.Owner.SelectContext(t.Context(), &names, tables); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range names {
		if !strings.HasPrefix(name, "goose") && name != "schema_checksums" {
			all[name] = one[string](t, d, fmt.Sprintf("select count(*) || ' ' || coalesce(md5(string_agg(r::text, e'\\n' order by r::text)), '') from %s r", name))
		}
	}
	return all
}

func TestTheSameSeedAndSizesMakeTheSameRows(t *testing.T) {
	t.Parallel()
	first, second := digests(t, load(t, tiny)), digests(t, load(t, tiny))
	for name, digest := range first {
		if second[name] != digest {
			t.Errorf("%s: %s, then %s", name, digest, second[name])
		}
	}
	other := tiny
	other.Seed = 2
	if third := digests(t, load(t, other)); third["users"] == first["users"] || third["learning_analytics"] == first["learning_analytics"] {
		t.Error("another seed made the same school")
	}
	for _, name := range []string{"users", "payments", "subscription_seats", "content_unlocks", "content_prerequisites", "api_tokens", "refresh_tokens", "user_verifications", "audit_seals"} {
		if strings.HasPrefix(first[name], "0 ") {
			t.Errorf("%s is empty", name)
		}
	}
}

// Each query counts what must not be there.
var faults = map[string]string{
	"a trigger is still off":                 `select count(*) from pg_trigger where tgenabled <> 'O'`,
	"the clock was left shifted":             `select count(*) from clock where shift <> '0'`,
	"the chain of seals is broken":           `select count(*) from verify_audit()`,
	"a log row has no seal":                  `select (select count(*) from login_attempts) + (select count(*) from security_audit_log) + (select count(*) from audit_trail) - (select sum(cardinality(row_ids)) from audit_seals)`,
	"facts say what reports do not":          `select count(*) from (` + storetest.WrongFigures + `) x`,
	"a row lies in a default partition":      `select (select count(*) from content_consumption_default) + (select count(*) from login_attempts_default) + (select count(*) from security_audit_log_default)`,
	"an event lies ahead or in the far past": `select count(*) from content_consumption where created_at not between now() - interval '367 days' and now()`,
	"someone learned before she came":        `select count(*) from content_consumption e join users u on u.id = e.user_id where e.created_at < u.created_at`,
	"an item cannot be searched":             `select count(*) from content_items c left join content_bodies b on b.content_id = c.id where b.search is distinct from content_document(c.title, c.summary, c.preview) or b.body_search <> body_document(b.body)`,
	"a prerequisite is not counted":          `select count(*) from content_items c where prerequisite_count <> (select count(*) from content_prerequisites p where p.content_id = c.id)`,
	"a category is not in the tree":          `select count(*) from content_categories c where (select count(*) from content_category_paths p where p.descendant_id = c.id and p.depth = 0) <> 1`,
	"the tree has not three levels":          `select (select max(depth) from content_category_paths) - 2`,
	"a state of a subscription is missing":   `select 6 - count(distinct status) from user_subscriptions where status in ('trialing', 'active', 'past_due', 'paused', 'canceled', 'expired')`,
	"an ended subscription opens something":  `select count(*) from active_user_subscriptions where status in ('canceled', 'expired', 'incomplete', 'pending')`,
	"last_login_at is not the last sign-in":  `select count(*) from users u where last_login_at is distinct from (select max(created_at) from login_attempts l where l.user_id = u.id and l.status = 'success')`,
	"a figure is missing":                    `select abs((select count(*) from content_popularity) - (select count(*) from content_items))`,
	"the views do not say what was learned":  `select abs((select sum(views) from content_popularity) - (select sum(opens) from learning_analytics))`,
}

func TestALargeSchoolIsWhole(t *testing.T) {
	t.Parallel()
	d := load(t, tiny)
	for says, query := range faults {
		if n := one[int64](t, d, query); n != 0 {
			t.Errorf("%s: %d", says, n)
		}
	}
	for query, want := range map[string]int{
		`select count(*) from users`: tiny.Users, `select count(*) from content_items`: tiny.Items, `select count(*) from content_consumption`: tiny.Events,
		`select count(*) from users where email::text = any(string_to_array('admin@demo.test,analyst@demo.test,pro@demo.test,seat@demo.test', ','))`: 4,
	} {
		if n := one[int](t, d, query); n != want {
			t.Errorf("%s: %d, not %d", query, n, want)
		}
	}
	// What comes later goes through the triggers again.
	if _, err := d.ExecContext(t.Context(), `select track_login_attempt('pro@demo.test', 'success', '127.0.0.1', '', '', '')`); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, d, `select count(*) from audit_unsealed`); n == 0 {
		t.Error("a new attempt does not wait for its seal")
	}
}

func TestExtremeSizesAreMetExactly(t *testing.T) {
	t.Parallel()
	for _, s := range []demo.Sizes{{Users: 100, Items: 50, Events: 40_000, Seed: 7}, {Users: 100, Items: 50, Events: 0, Seed: 7}, {Users: 3000, Items: 50, Events: 11, Seed: 7}} {
		d := load(t, s)
		if n := one[int](t, d, `select count(*) from content_consumption`); n != s.Events {
			t.Errorf("%+v: %d events", s, n)
		}
	}
}

func TestSizesThatMakeNoSchoolAreRefusedAllAtOnce(t *testing.T) {
	t.Parallel()
	_, err := demo.LoadLarge(t.Context(), nil, demo.Sizes{Users: 99, Items: 100_001, Events: -1, Seed: -1}, quiet)
	for _, word := range []string{"users", "items", "events", "seed"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s is not named: %v", word, err)
		}
	}
}

func TestASchoolWithPeopleIsLeftAlone(t *testing.T) {
	t.Parallel()
	d := load(t, tiny)
	if _, err := demo.LoadLarge(t.Context(), d.Owner, tiny, quiet); !errors.Is(err, demo.ErrNotEmpty) {
		t.Errorf("a second load: %v", err)
	}
}

func TestAnInterruptedLoadLeavesNothing(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	before := digests(t, d)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := demo.LoadLarge(ctx, d.Owner, tiny, func(_, _ int, what string) {
		if strings.HasPrefix(what, "sign-ins of") {
			cancel()
		}
	})
	if err == nil {
		t.Fatal("it was loaded all the same")
	}
	after := digests(t, d)
	var changed []string
	for name := range after {
		if before[name] != after[name] {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	if len(changed) > 0 {
		t.Errorf("these are not as they were: %v", changed)
	}
	if _, err := demo.LoadLarge(t.Context(), d.Owner, tiny, quiet); err != nil {
		t.Errorf("and cannot be loaded again: %v", err)
	}
}
