package demo_test

import (
	"regexp"
	"strings"
	"testing"

	"lyceum/db/dbtest"
	"lyceum/db/demo"
)

type freeText struct {
	Slug, Summary, Preview, Body string
	Level                        int `db:"access_level"`
}

var notWords = regexp.MustCompile(`[^\pL\pN]+`)

func plainWords(text string) []string {
	return strings.Fields(notWords.ReplaceAllString(strings.ToLower(text), " "))
}

// shared is the first passage of n words of a text that stands in another one too; empty if there is none.
func shared(text, body string, n int) string {
	words, within := plainWords(text), " "+strings.Join(plainWords(body), " ")+" "
	for i := range max(0, len(words)-n+1) {
		if passage := strings.Join(words[i:i+n], " "); strings.Contains(within, " "+passage+" ") {
			return passage
		}
	}
	return ""
}

func noFreeTextIsAPassage(t *testing.T, d *dbtest.Database) {
	t.Helper()
	var items []freeText
	if err := d.Owner.SelectContext(t.Context(), &items, `select i.slug, i.summary, i.preview, i.access_level, b.body from content_items i join content_bodies b on b.content_id = i.id where b.body <> ''`); err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		if i.Summary == "" || i.Preview == "" {
			t.Errorf("%s has no summary or no preview", i.Slug)
		}
		for _, free := range []string{i.Summary, i.Preview} {
			if passage := shared(free, i.Body, 5); passage != "" {
				t.Errorf("%s: everybody may read %q of the body", i.Slug, passage)
			}
		}
	}
	if len(items) < 42 {
		t.Errorf("%d items", len(items))
	}
}

func TestNoSummaryAndNoPreviewOfTheDemoIsAPassageOfItsLesson(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	if err := demo.Load(t.Context(), d.Owner, "x"); err != nil {
		t.Fatal(err)
	}
	noFreeTextIsAPassage(t, d)
}

func TestNoSummaryAndNoPreviewOfALargeDemoIsAPassageOfItsLesson(t *testing.T) {
	t.Parallel()
	noFreeTextIsAPassage(t, load(t, tiny))
}

func TestTheDemoShowsALapsedARenewedAndAComplimentarySubscription(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	if err := demo.Load(t.Context(), d.Owner, "x"); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		`select count(*) from user_subscriptions where complimentary_reason is not null and status = 'active'`:                                                                              1,
		`select count(*) from payments y join user_subscriptions s on s.id = y.subscription_id where s.complimentary_reason is not null`:                                                    0,
		`select count(*) from subscription_changes c join users u on u.id = c.user_id where u.username = 'amara' and c.kind in ('payment_failed', 'expired')`:                               2,
		`select count(*) from subscription_changes c join users u on u.id = c.user_id where u.username = 'kofi' and c.kind = 'renewed' and c.amount_minor = 900 and c.actor_id is not null`: 3,
		`select count(*) from payments where provider = 'manual' and reference <> ''`:                                                                                                       4,
		// Nothing is due at the start but what is a moment old.
		`select count(*) from user_subscriptions where next_due_at < clock_now() - interval '1 minute'`: 0,
	} {
		var got int
		if err := d.Owner.GetContext(t.Context(), &got, query); err != nil || got != want {
			t.Errorf("%s: %d, not %d, %v", query, got, want, err)
		}
	}
}
