package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

// secret stands in the name, title and slug of whatever nobody but editors may know of.
const secret = "zanzibar"

// drafts makes categories in which nothing is published, each for another reason, beside one that everyone sees.
func drafts(h *apptest.App) (open domain.CategoryID, hidden map[string]domain.CategoryID, item domain.ItemID) {
	open = h.Category("open")
	h.Item(open, "lesson", 0)
	hidden = map[string]domain.CategoryID{}
	add := func(why string, parent domain.CategoryID, values ...storetest.Values) {
		slug := secret + "-" + why
		hidden[why] = h.Category(slug, storetest.Values{"name": "The " + slug, "summary": secret, "parent_id": parent})
		for _, v := range values {
			item = h.Item(hidden[why], slug+"-item", 0, v)
		}
	}
	top := h.Category(secret+"-top", storetest.Values{"name": "The " + secret})
	hidden["top"] = top
	add("empty", top)
	add("archived", open, storetest.Values{"status": "archived"})
	add("deleted", open, storetest.Values{"deleted_at": "2026-01-01T00:00:00Z"})
	add("future", open, storetest.Values{"published_at": "2049-01-01T00:00:00Z"})
	add("draft", hidden["empty"], storetest.Values{"status": "draft"})
	h.Exec("refresh materialized view content_popularity")
	return open, hidden, item
}

// whereCategoriesShow are all ways to a category; ID and SLUG stand for one that is hidden.
var whereCategoriesShow = map[string]string{
	"by id":          `{ category(id: "ID") { name } }`,
	"by slug":        `{ category(slug: "SLUG") { name } }`,
	"node":           `{ node(id: "ID") { id ... on Category { name } } }`,
	"nodes":          `{ nodes(ids: ["ID", "OPEN"]) { id ... on Category { name parent { name } children { name } path { name } } } }`,
	"the tree":       `{ categories { name children { name } path { name } items(first: 5, below: true) { nodes { title } } } }`,
	"a list":         `{ contentCategories(first: 20) { totalCount nodes { name parent { name } children { name } path { name } } } }`,
	"a list by name": `{ contentCategories(first: 1, orderBy: BY_NAME) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`,
	"from behind":    `{ contentCategories(last: 3, orderBy: BY_NAME) { nodes { name } pageInfo { hasPreviousPage } } }`,
	"below one":      `{ contentCategories(filter: {parentId: "ID"}) { totalCount nodes { name } } }`,
	"below open":     `{ contentCategories(filter: {parentId: "OPEN"}) { totalCount nodes { name } } }`,
	"by a prefix":    `{ contentCategories(filter: {search: "the zan"}) { totalCount nodes { name } } }`,
	"an open one":    `{ category(slug: "open") { name parent { name } path { name } children { name } items(below: true) { totalCount nodes { title category { name } } } } }`,
	"items in one":   `{ contentItems(filter: {categoryId: "ID"}) { totalCount nodes { title } } }`,
	"a search":       `{ search(query: "zanzibar") { totalCount nodes { title category { name } } } }`,
	"items":          `{ contentItems(first: 20) { totalCount nodes { title category { name path { name } } } } }`,
}

func TestNothingShowsOfCategoriesInWhichNothingIsPublished(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	open, hidden, item := drafts(h)
	learner := h.User("learner")
	h.Grant(learner, storetest.Values{"category_id": hidden["draft"]})
	h.Grant(learner, storetest.Values{"content_id": item})
	h.Subscription(learner, h.Plan(3))
	callers := map[string]*apptest.Caller{"visitor": h.Anonymous(t), "learner": h.As(t, "learner@test.example")}
	for _, role := range []string{"analyst", "support", "billing", "editor", "admin"} {
		h.UserWithRole(role, role)
		callers[role] = h.As(t, role+"@test.example")
	}
	filled := func(query, why string) string {
		id, slug := "category_01900000000070008000000000000001", "none"
		if why != "" {
			id, slug = domain.FormatID(hidden[why]), secret+"-"+why
		}
		return strings.NewReplacer("ID", id, "SLUG", slug, "OPEN", domain.FormatID(open)).Replace(query)
	}
	for who, caller := range callers {
		for how, query := range whereCategoriesShow {
			unknown := caller.Must(filled(query, "")).Raw
			for why := range hidden {
				got := caller.Must(filled(query, why)).Raw
				if slow := caller.AskFieldByField(filled(query, why)).Raw; slow != got {
					t.Errorf("%s, %s, field by field: %s", who, how, slow)
				}
				switch {
				case who == "editor" || who == "admin":
					continue
				case strings.Contains(strings.ToLower(got), secret):
					t.Errorf("%s, %s: learns of what is %s: %s", who, how, why, got)
				case got != unknown:
					t.Errorf("%s, %s: what is %s is answered with %s, what is not there with %s", who, how, why, got, unknown)
				}
			}
		}
	}
	all := 1 + len(hidden)
	for who, want := range map[string]int{"visitor": 1, "learner": 1, "analyst": 1, "support": 1, "editor": all, "admin": all} {
		if a := callers[who].Must(whereCategoriesShow["a list"]); a.String("contentCategories.totalCount") != fmt.Sprint(want) || a.Len("contentCategories.nodes") != want {
			t.Errorf("%s sees %s categories, not %d", who, a.Raw, want)
		}
	}
	figures := `{ contentPopularity { totalCount nodes { views item { title } } } }`
	for who, want := range map[string]int{"analyst": 1, "admin": 4} {
		if a := callers[who].Must(figures); a.String("contentPopularity.totalCount") != fmt.Sprint(want) || a.Len("contentPopularity.nodes") != want {
			t.Errorf("%s sees the figures %s, not of %d items", who, a.Raw, want)
		}
		if a := callers[who].Must(`{ contentPopularity { nodes { views } } }`); a.Len("contentPopularity.nodes") != want {
			t.Errorf("%s sees the figures alone %s", who, a.Raw)
		}
	}
	narrowed := `{ contentPopularity(filter: {categoryId: "ID"}) { totalCount nodes { views } } }`
	for why := range hidden {
		if got, unknown := callers["analyst"].Must(filled(narrowed, why)).Raw, callers["analyst"].Must(filled(narrowed, "")).Raw; got != unknown {
			t.Errorf("the figures of what is %s: %s, of what is not there: %s", why, got, unknown)
		}
	}
	// Whoever may grant may know on what; and no more of it.
	a := callers["support"].Must(`{ contentGrants { nodes { item { title } category { name parent { name } path { name } children { name } } } } }`)
	if names := a.Strings("contentGrants.nodes", "category.name"); !slices.Contains(names, "The "+secret+"-draft") || strings.Count(a.Raw, secret) != 1 {
		t.Errorf("support sees the grants %s", a.Raw)
	}
}

func TestACategoryIsKnownFromTheMomentThatSomethingInItIsPublished(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	_, hidden, _ := drafts(h)
	known := func() []string {
		names := h.Anonymous(t).Must(`{ contentCategories(first: 100) { nodes { slug } } }`).Strings("contentCategories.nodes", "slug")
		slices.Sort(names)
		return names
	}
	h.Exec(`update content_items set published_at = clock_now() + interval '1 hour' where slug = $1`, secret+"-future-item")
	if got := known(); !slices.Equal(got, []string{"open"}) {
		t.Errorf("an hour before: %v", got)
	}
	h.Exec(`update clock set shift = '2 hours'`)
	if got := known(); !slices.Equal(got, []string{"open", secret + "-future"}) {
		t.Errorf("an hour after: %v", got)
	}
	h.Exec(`update content_items set status = 'published' where category_id = $1`, hidden["draft"])
	if got := known(); !slices.Equal(got, []string{"open", secret + "-draft", secret + "-empty", secret + "-future", secret + "-top"}) {
		t.Errorf("published three levels below: %v", got)
	}
	h.Exec(`update content_categories set parent_id = null where id = $1`, hidden["draft"])
	if got := known(); !slices.Equal(got, []string{"open", secret + "-draft", secret + "-future"}) {
		t.Errorf("moved away: %v", got)
	}
}
