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
