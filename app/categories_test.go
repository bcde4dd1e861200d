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

// desk is an app with an editor who sits at it.
type desk struct {
	*apptest.App
	t      *testing.T
	editor *apptest.Caller
	keys   int
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	h := apptest.New(t)
	h.UserWithRole("editor", "editor")
	return &desk{App: h, t: t, editor: h.As(t, "editor@test.example")}
}

// do sends a mutation with its input; KEY stands for a key that was not used yet.
func (d *desk) do(mutation, input, fields string, variables ...map[string]any) apptest.Answer {
	d.t.Helper()
	d.keys++
	input = strings.ReplaceAll(input, "KEY", fmt.Sprintf(`idempotencyKey: "key-%d"`, d.keys))
	head := ""
	if len(variables) > 0 {
		names := []string{}
		for name := range variables[0] {
			names = append(names, "$"+name+": String!")
		}
		slices.Sort(names)
		head = "(" + strings.Join(names, ", ") + ") "
	}
	return d.editor.Must("mutation "+head+"{ it: "+mutation+"(input: {"+input+"}) { "+fields+" userErrors { code message path } } }", variables...)
}

// wrong is the code and the path of the one error of an answer; empty when there is none.
func wrong(a apptest.Answer) string {
	if a.Len("it.userErrors") == 0 {
		return ""
	}
	return a.String("it.userErrors.0.code") + " " + a.String("it.userErrors.0.path.0")
}

// tree is the whole tree as editors see it.
func (d *desk) tree() (all string) {
	d.Get(&all, `select coalesce(string_agg(p.way, ' ' order by p.way), '') from (
		select string_agg(a.slug, '/' order by t.depth desc) as way from content_category_paths t join content_categories a on a.id = t.ancestor_id
		  join content_categories k on k.id = t.descendant_id where k.deleted_at is null group by t.descendant_id) p`)
	return all
}

func TestAnEditorBuildsATree(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	create := func(name, more string) string {
		a := d.do("createCategory", `KEY, name: "`+name+`"`+more, `category { id slug name summary parent { slug } }`)
		if wrong(a) != "" || a.String("it.category.name") != name {
			t.Fatal(a.Raw)
		}
		return a.String("it.category.id")
	}
	top := create("Deep learning", `, summary: "Nets."`)
	nets := create("Networks", `, parentId: "`+top+`"`)
	create("Networks", `, parentId: "`+nets+`"`) // the name again: another slug
	other := create("深度学习", "")
	chosen := create("Chosen", `, slug: "by-hand"`)
	if got := d.tree(); got != "by-hand category deep-learning deep-learning/networks deep-learning/networks/networks-2" {
		t.Fatal(got)
	}
	a := d.do("moveCategory", `categoryId: "`+nets+`", parentId: "`+other+`"`, `category { path { slug } children { slug } }`)
	if wrong(a) != "" || a.String("it.category.path.0.slug") != "category" || a.String("it.category.children.0.slug") != "networks-2" {
		t.Error(a.Raw)
	}
	for _, down := range []string{nets, d.id("content_categories", "category", "networks-2")} {
		a = d.do("moveCategory", `categoryId: "`+nets+`", parentId: "`+down+`"`, `category { id }`)
		if wrong(a) != "CATEGORY_CIRCLE parentId" || a.At("it.category") != nil {
			t.Error(a.Raw)
		}
	}
	if got := d.tree(); got != "by-hand category category/networks category/networks/networks-2 deep-learning" {
		t.Error(got)
	}
	a = d.do("updateCategory", `categoryId: "`+chosen+`", name: "Renamed", slug: "networks"`, `category { id }`)
	if wrong(a) != "SLUG_TAKEN slug" {
		t.Error(a.Raw)
	}
	a = d.do("updateCategory", `categoryId: "`+chosen+`", name: "Renamed", summary: "Now with words."`, `category { name slug summary }`)
	if a.String("it.category.name") != "Renamed" || a.String("it.category.slug") != "by-hand" || a.String("it.category.summary") != "Now with words." {
		t.Error(a.Raw)
	}
	a = d.do("reorderCategories", fmt.Sprintf(`categoryIds: ["%s", "%s", "%s"]`, chosen, other, top), `categories { slug }`)
	if got := a.Strings("it.categories", "slug"); !slices.Equal(got, []string{"by-hand", "category", "deep-learning"}) {
		t.Error(a.Raw)
	}
	if got := d.editor.Must(`{ categories { slug } }`).Strings("categories", "slug"); !slices.Equal(got, []string{"by-hand", "category", "deep-learning"}) {
		t.Error(got)
	}
	a = d.do("moveCategory", `categoryId: "`+nets+`"`, `category { parent { id } }`) // to the top, as the last
	if got := d.editor.Must(`{ categories { slug } }`).Strings("categories", "slug"); got[3] != "networks" || a.At("it.category.parent") != nil {
		t.Error(got, a.Raw)
	}
	var by int
	d.Get(&by, `select count(*) from audit_trail where table_name = 'content_categories' and actor_id = (select id from users where username = 'editor')`)
	if by < 10 {
		t.Errorf("%d changes in the trail", by)
	}
}

// id is the global id of what has a slug.
func (d *desk) id(table, kind, slug string) string {
	d.t.Helper()
	var digits string
	d.Get(&digits, `select replace(id::text, '-', '') from `+table+` where slug = $1`, slug)
	return kind + "_" + digits
}

func TestACategoryIsDeletedEmptyOrWithATarget(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a, b := d.Category("a"), d.Category("b")
	below := d.Category("below", storetest.Values{"parent_id": a})
	d.Category("first", storetest.Values{"parent_id": b})
	d.Item(a, "lesson", 0)
	d.Item(a, "gone", 0, storetest.Values{"deleted_at": "2026-01-01T00:00:00Z"})
	d.Exec(`insert into content_source_folders (source, path, category_id) values ('s', '.', $1)`, a)
	is := func(input, want string) apptest.Answer {
		t.Helper()
		before := d.tree()
		answer := d.do("deleteCategory", `KEY, `+input, `category { slug }`)
		if wrong(answer) != want || want != "" && (d.tree() != before || answer.At("it.category") != nil) {
			t.Errorf("%s: %s", input, answer.Raw)
		}
		return answer
	}
	id := func(k domain.CategoryID) string { return `categoryId: "` + domain.FormatID(k) + `"` }
	to := func(k domain.CategoryID) string { return `, moveContentTo: "` + domain.FormatID(k) + `"` }
	is(id(a), "CATEGORY_NOT_EMPTY categoryId")
	is(id(a)+to(a), "CATEGORY_CIRCLE moveContentTo")
	is(id(a)+to(below), "CATEGORY_CIRCLE moveContentTo")
	is(id(a)+`, moveContentTo: "category_01900000000070008000000000000001"`, "NOT_FOUND moveContentTo")
	is(id(a)+to(b), "")
	if got := d.tree(); got != "b b/below b/first" {
		t.Error(got)
	}
	var items, folders, place int
	d.Get(&items, `select count(*) from content_items where category_id = $1`, b)
	d.Get(&folders, `select count(*) from content_source_folders where category_id = $1`, b)
	d.Get(&place, `select position - (select position from content_categories where slug = 'first') from content_categories where slug = 'below'`)
	if items != 2 || folders != 1 || place != 1 {
		t.Error(items, folders, place)
	}
	is(id(a), "NOT_FOUND categoryId")
	is(id(below), "")
	if got := d.do("createCategory", `KEY, name: "Below", slug: "below"`, `category { id }`); wrong(got) != "SLUG_TAKEN slug" {
		t.Errorf("the slug of a deleted category is free: %s", got.Raw)
	}
	if got := d.do("createCategory", `KEY, name: "Below"`, `category { slug }`); got.String("it.category.slug") != "below-2" {
		t.Error(got.Raw)
	}
}

func TestDeletedCategoriesMakeNoTreeDeep(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	top := d.Category("top")
	parent := d.Category("two", storetest.Values{"parent_id": top})
	for i := range 8 {
		parent = d.Category(fmt.Sprintf("gone%d", i), storetest.Values{"parent_id": parent, "deleted_at": "2026-01-01T00:00:00Z"})
	}
	under := domain.FormatID(d.Category("under"))
	if a := d.do("moveCategory", `categoryId: "`+domain.FormatID(top)+`", parentId: "`+under+`"`, `category { id }`); wrong(a) != "" {
		t.Error(a.Raw)
	}
}

func TestTheTreeIsAtMostTenDeep(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	parent, ids := "", []string{}
	for i := range 10 {
		a := d.do("createCategory", fmt.Sprintf(`KEY, name: "Level %d"%s`, i+1, parent), `category { id }`)
		ids = append(ids, a.String("it.category.id"))
		parent = `, parentId: "` + ids[i] + `"`
	}
	if a := d.do("createCategory", `KEY, name: "Level 11"`+parent, `category { id }`); wrong(a) != "CATEGORY_TOO_DEEP parentId" {
		t.Error(a.Raw)
	}
	pair := domain.FormatID(d.Category("pair-below", storetest.Values{"parent_id": d.Category("pair")}))
	before := d.tree()
	for target, want := range map[string]string{ids[8]: "CATEGORY_TOO_DEEP parentId", ids[7]: ""} {
		a := d.do("moveCategory", `categoryId: "`+d.id("content_categories", "category", "pair")+`", parentId: "`+target+`"`, `category { id }`)
		if wrong(a) != want {
			t.Error(a.Raw)
		}
		if want != "" && d.tree() != before {
			before = d.tree() // the other one came first
		}
	}
	if a := d.editor.Must(`{ category(id: "` + pair + `") { path { id } } }`); a.Len("category.path") != 10 {
		t.Error(a.Raw)
	}
}

func TestBadInputAboutCategoriesIsAnsweredAsDataAndChangesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	k := domain.FormatID(d.Category("k"))
	none := "category_01900000000070008000000000000001"
	before := effects(d.App)
	for name, c := range map[string]struct{ mutation, input, want string }{
		"NUL in a name":      {"createCategory", `KEY, name: "a\u0000b"`, "NAME_INVALID name"},
		"half a surrogate":   {"createCategory", `KEY, name: "a\ud800b"`, "NAME_INVALID name"},
		"markup in a name":   {"createCategory", `KEY, name: "<img src=x onerror=alert(1)>"`, "NAME_INVALID name"},
		"a long name":        {"createCategory", `KEY, name: "` + strings.Repeat("n", 201) + `"`, "TOO_LONG name"},
		"no name":            {"createCategory", `KEY, name: ""`, "NAME_INVALID name"},
		"a long summary":     {"createCategory", `KEY, name: "a", summary: "` + strings.Repeat("n", 1001) + `"`, "TOO_LONG summary"},
		"NUL in a summary":   {"createCategory", `KEY, name: "a", summary: "\u0000"`, "INVALID_VALUE summary"},
		"a bad slug":         {"createCategory", `KEY, name: "a", slug: "A b"`, "SLUG_INVALID slug"},
		"an empty slug":      {"createCategory", `KEY, name: "a", slug: ""`, "SLUG_INVALID slug"},
		"no such parent":     {"createCategory", `KEY, name: "a", parentId: "` + none + `"`, "NOT_FOUND parentId"},
		"an empty key":       {"createCategory", `idempotencyKey: "", name: "a"`, "INVALID idempotencyKey"},
		"unknown to update":  {"updateCategory", `categoryId: "` + none + `", name: "a"`, "NOT_FOUND categoryId"},
		"unknown to move":    {"moveCategory", `categoryId: "` + none + `"`, "NOT_FOUND categoryId"},
		"moved to unknown":   {"moveCategory", `categoryId: "` + k + `", parentId: "` + none + `"`, "NOT_FOUND parentId"},
		"unknown to delete":  {"deleteCategory", `KEY, categoryId: "` + none + `"`, "NOT_FOUND categoryId"},
		"an order of none":   {"reorderCategories", `categoryIds: []`, "LIST_SIZE categoryIds"},
		"an order of others": {"reorderCategories", `categoryIds: ["` + none + `"]`, "ORDER_INCOMPLETE categoryIds"},
		"one twice":          {"reorderCategories", `categoryIds: ["` + k + `", "` + k + `"]`, "LIST_SIZE categoryIds"},
		"far too many":       {"reorderCategories", `categoryIds: [` + strings.Repeat(`"`+k+`", `, 200) + `]`, "LIST_SIZE categoryIds"},
	} {
		if a := d.do(c.mutation, c.input, ""); wrong(a) != c.want || a.Len("it.userErrors") != 1 {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	for _, id := range []string{"item_01900000000070008000000000000001", "category_42", ""} {
		a := d.editor.Ask(`mutation { moveCategory(input: {categoryId: "` + id + `"}) { category { id } userErrors { code } } }`)
		if len(a.Errors) != 1 || a.Errors[0].Code() != "INVALID" {
			t.Errorf("%q: %s", id, a.Raw)
		}
	}
	if after := effects(d.App); after != before {
		t.Errorf("%d effects", after-before)
	}
}
