package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"lyceum/db/dbtest"
	"lyceum/store/storetest"
)

// slow are texts over which PostgreSQL's parser goes back and forth: 200 KB of most of them take it minutes.
var slow = map[string]string{
	"comments": "<!--", "comments apart": "<!-- ", "tags": "<a b=\"", "homes": "~/", "folders": "./", "underscores": "a_", "numbers": "a-1.", "both": "a_b-", "hosts": "a-b.c/d@",
	"entities": "&amp", "addresses": "http://a", "mail": "a.b@", "hyphens": "é-", "points": "1.", "signs": "=", "words": "a",
}

func TestNoTextKeepsPostgreSQLBusyOnItsWayIntoTheSearch(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	item := b.Item(b.Category("c"), "item", 0)
	for name, unit := range slow {
		text := strings.Repeat(unit, 400_000/len(unit))
		for _, statement := range []string{
			`update content_bodies set body = $2 where content_id = $1`, `update content_items set summary = $2 where id = $1`,
			`update content_items set preview = $2 where id = $1`,
		} {
			// Twenty times what it takes at most; without the bound it would be minutes.
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			_, err := d.Owner.ExecContext(ctx, statement, item, text)
			cancel()
			if err != nil {
				t.Fatalf("%s: %s: %v", name, statement, err)
			}
		}
	}
}

func TestNoTextIsTooLargeForTheSearch(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	item := b.Item(b.Category("c"), "item", 0)
	// Words of four bytes a letter, with hyphens, all different: a vector of them is larger than the text.
	var text strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&text, "%c%c-%c ", rune(131072+i/200), rune(131072+i%200+300), rune(131072+i%777))
	}
	for _, statement := range []string{`update content_bodies set body = $2 where content_id = $1`, `update content_items set summary = $2, preview = $2 where id = $1`} {
		if _, err := d.Owner.ExecContext(t.Context(), statement, item, text.String()); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestWordsAreFoundInWhateverStandsAroundThem(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	item := b.Item(b.Category("c"), "item", 0)
	text := "A `List<Gradient>` and <div class=\"note\">descents</div> of a self-attention " + strings.Repeat("x", 150) + " <!-- momentum --> https://example.org/adam"
	if _, err := d.Owner.ExecContext(t.Context(), `update content_bodies set body = $2 where content_id = $1`, item, text); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"gradient", "descent", "self-attention", "attention", "momentum", "example.org", `"list gradient"`} {
		var found bool
		if err := d.Owner.GetContext(t.Context(), &found, `select body_search @@ websearch_to_tsquery('english', $2) from content_bodies where content_id = $1`, item, query); err != nil || !found {
			t.Errorf("%s: %v, %v", query, found, err)
		}
	}
}
