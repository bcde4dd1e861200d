package db_test

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/store/storetest"
)

// What was logged before migration 019 is counted by its rule.
func TestVisitsOfOldReportsAreCounted(t *testing.T) {
	t.Parallel()
	d, err := sqlx.ConnectContext(t.Context(), "postgres", dbtest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	exec := func(query string) {
		t.Helper()
		tx := d.MustBeginTx(t.Context(), nil)
		if _, err := tx.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%v: %s", err, query[:min(len(query), 200)])
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	names, err := fs.Glob(db.Migrations(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	for _, name := range names {
		if name[:3] == "019" {
			exec(`insert into users (username, email) values ('ada', 'ada@test.example'), ('bob', 'bob@test.example');
				insert into content_categories (slug, name) values ('c', 'C');
				insert into content_items (category_id, slug, title, status, published_at)
				select id, s, s, 'published', now() - interval '1 year' from content_categories, unnest(array['a', 'b']) s;
				-- ada: a first report that completes, a report soon after, a visit a day later, and one of 70 days ago on another item
				insert into content_consumption (created_at, user_id, content_id, event, progress, seconds)
				select now() - r.ago, u.id, i.id, r.event, r.progress, 5
				  from (values ('ada', 'a', interval '50 hours', 'completed', 100), ('ada', 'a', interval '49 hours 40 minutes', 'progressed', 10),
				               ('ada', 'a', interval '20 hours', 'progressed', 10), ('ada', 'b', interval '70 days', 'opened', 10),
				               ('bob', 'a', interval '3 hours', 'opened', 20), ('bob', 'a', interval '2 hours 50 minutes', 'opened', 30)) r (who, what, ago, event, progress)
				  join users u on u.username = r.who join content_items i on i.slug = r.what;
				insert into learning_analytics (user_id, content_id, progress, seconds, opens, started_at, last_at, completed_at)
				select user_id, content_id, max(progress), sum(seconds), count(*) filter (where event = 'opened' and progress < 30), min(created_at), max(created_at),
				       min(created_at) filter (where progress = 100) from content_consumption group by 1, 2`)
		}
		text, err := fs.ReadFile(db.Migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		exec(string(text))
	}
	var wrong []string
	if err := d.SelectContext(t.Context(), &wrong, storetest.WrongFigures); err != nil {
		t.Fatal(err)
	}
	for _, w := range wrong {
		t.Error(w)
	}
	var views string
	if err := d.GetContext(t.Context(), &views, `select string_agg(views || '/' || views_30d, ' ' order by i.slug) from content_popularity join content_items i on i.id = content_id`); err != nil || views != "3/3 1/0" {
		t.Errorf("views are %q, %v", views, err)
	}
}
