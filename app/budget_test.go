package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

const megabyte = 1 << 20

// shelf has lessons that are free for all, of a size each.
func shelf(h *apptest.App, n, size int) (ids []domain.ItemID) {
	branch := h.Category("shelf")
	for i := range n {
		id := h.Item(branch, fmt.Sprint("lesson-", i), 0)
		h.Exec(`update content_bodies set body = $2 where content_id = $1`, id, strings.Repeat("All work and no play. ", size/22))
		ids = append(ids, id)
	}
	return ids
}

func TestAnAnswerHasABudgetOfBytes(t *testing.T) {
	t.Parallel()
	h := apptest.New(t) // 4 MB an answer
	shelf(h, 6, megabyte)
	small := h.Category("small")
	for i := range 25 {
		h.Item(small, fmt.Sprint("small-", i), 0, storetest.Values{"tags": pq.Array([]string{"small"}), "published_at": "2020-01-01"})
	}
	c := h.Anonymous(t)
	aliases := func(n int, field string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "a%d: %s ", i, field)
		}
		return b.String()
	}
	long := strings.Repeat("x", 14000)
	for name, query := range map[string]string{
		"bodies":             `{ contentItems { nodes { body } } }`,
		"bodies, apart":      `{ ` + aliases(6, `contentItem(slug: "lesson-1") { body }`) + ` }`,
		"one body, often":    `{ contentItem(slug: "lesson-1") { ` + aliases(8, "body") + ` } }`,
		"bodies, often":      `{ contentItems(first: 2) { nodes { ` + aliases(4, "body") + ` } } }`,
		"bodies in edges":    `{ contentItems { edges { node { body } } } }`,
		"bodies in hits":     `{ search(query: "lesson") { nodes { body } } }`,
		"bodies in branches": `{ categories { items { nodes { body } } } }`,
		"a long name":        `{ contentItems(filter: {tag: "small"}) { nodes { category { items { nodes { ` + long + `: id } } } } } }`,
	} {
		for way, ask := range map[string]func(string, ...map[string]any) apptest.Answer{"at once": c.Ask, "field by field": c.AskFieldByField} {
			a := ask(query)
			if len(a.Errors) != 1 || a.Errors[0].Code() != "LIMIT_EXCEEDED" || a.Errors[0].Extensions["limit"] != "answer bytes" ||
				a.Errors[0].Extensions["maximum"] != float64(4*megabyte) || a.Errors[0].Extensions["requestId"] == nil || !strings.Contains(a.Raw, `"data":null`) {
				t.Errorf("%s, %s: %d bytes, %.300s", name, way, len(a.Raw), a.Raw)
			}
		}
	}
	for range 5 { // what is over is given back
		for _, ask := range []func(string, ...map[string]any) apptest.Answer{c.Ask, c.AskFieldByField} {
			if a := ask(`{ contentItems(first: 3) { nodes { body } } }`); len(a.Errors) > 0 || len(a.Raw) < 3*megabyte-1000 {
				t.Fatalf("%d bytes, %.300s", len(a.Raw), a.Raw)
			}
		}
	}
}

func TestEveryTransportKeepsTheBudget(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	shelf(h, 6, megabyte)
	for name, do := range transports {
		for range 3 {
			raw, err := do(t.Context(), h.URL, map[string]any{"query": `{ contentItems { nodes { body } } }`})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if errs, _ := errorsIn(t, raw); len(errs) != 1 || errs[0].Code() != "LIMIT_EXCEEDED" || len(raw) > 1000 {
				t.Errorf("%s: %d bytes, %.300s", name, len(raw), raw)
			}
			raw, err = do(t.Context(), h.URL, map[string]any{"query": `{ contentItems(first: 3) { nodes { body } } }`})
			if err != nil || len(raw) < 3*megabyte-1000 {
				t.Errorf("%s: %d bytes, %v", name, len(raw), err)
			}
		}
	}
}

// An answer that is refused must not undo what was asked, nor invite to ask it again.
func TestAMutationIsCarriedOutThoughItsAnswerIsTooLarge(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	lesson := domain.FormatID(shelf(h, 1, megabyte)[0])
	h.User("learner")
	c := h.As(t, "learner@test.example")
	report := func(alias string, percent int) string {
		return fmt.Sprintf(`%s: reportProgress(input: {itemId: "%s", eventKey: "%s", percent: %d}) { progress { item { a: body b: body c: body } } userErrors { code } } `,
			alias, lesson, uuid.New(), percent)
	}
	a := c.Ask("mutation { " + report("first", 20) + report("second", 40) + "}")
	if len(a.Errors) != 1 || a.Errors[0].Code() != "LIMIT_EXCEEDED" || !strings.HasPrefix(a.Errors[0].Message, "what was asked is done") {
		t.Errorf("%d bytes, %.300s", len(a.Raw), a.Raw)
	}
	if a := c.Must(`{ contentItem(slug: "lesson-0") { myProgress { percent } } }`); a.At("contentItem.myProgress.percent") != 40.0 {
		t.Errorf("the second report is lost: %s", a.Raw)
	}
}
