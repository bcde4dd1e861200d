package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lyceum/domain"
	"lyceum/store/storetest"
)

const itemFields = `item { id slug title summary preview kind status accessLevel durationSeconds language tags publishedAt version deletedAt
	category { slug } author { username } prerequisites { slug } } `

func TestAnEditorWritesALesson(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	shelf, other := d.Category("shelf"), d.Category("other")
	first, second := domain.FormatID(d.Item(shelf, "first", 0)), domain.FormatID(d.Item(shelf, "second", 0))
	ada := domain.FormatID(d.User("ada"))
	a := d.do("createItem", `KEY, title: " Café & <5 layers ", categoryId: "`+domain.FormatID(shelf)+`"`, itemFields)
	for path, want := range map[string]string{
		"title": "Café & <5 layers", "slug": "cafe-5-layers", "status": "DRAFT", "kind": "LESSON", "language": "en", "accessLevel": "0", "version": "1",
		"author.username": "editor", "category.slug": "shelf", "summary": "", "preview": "", "publishedAt": "",
	} {
		if a.String("it.item."+path) != want {
			t.Errorf("%s: %s", path, a.Raw)
		}
	}
	id := `itemId: "` + a.String("it.item.id") + `"`
	update := func(version, input string) string {
		t.Helper()
		got := d.do("updateItem", `KEY, `+id+`, expectedVersion: `+version+`, `+input, itemFields)
		if wrong(got) != "" {
			t.Fatal(got.Raw)
		}
		a = got
		return got.String("it.item.version")
	}
	version := update("1", `title: "Other", slug: "by-hand", summary: "One.\nTwo.", preview: "Come in.", body: "# Hello", kind: NOTEBOOK, accessLevel: 3,
		categoryId: "`+domain.FormatID(other)+`", authorId: "`+ada+`", tags: ["Deep", "deep ", "nets"], language: "PT_br", durationSeconds: 90,
		prerequisiteIds: ["`+first+`", "`+second+`"]`)
	for path, want := range map[string]string{
		"title": "Other", "slug": "by-hand", "summary": "One.\nTwo.", "preview": "Come in.", "kind": "NOTEBOOK", "accessLevel": "3", "category.slug": "other",
		"author.username": "ada", "tags.0": "deep", "tags.1": "nets", "language": "pt-BR", "durationSeconds": "90", "prerequisites.1.slug": "second",
	} {
		if a.String("it.item."+path) != want {
			t.Errorf("%s: %s", path, a.Raw)
		}
	}
	same := update(version, `title: "Other", body: "# Hello", tags: null`) // what is left out or null stays, and nothing changed
	if same != version || a.Len("it.item.tags") != 2 || a.Len("it.item.prerequisites") != 2 {
		t.Errorf("version %s became %s: %s", version, same, a.Raw)
	}
	bodyOnly := update(version, `body: "# Hello again"`)
	if bodyOnly == version {
		t.Error("another body is the same version")
	}
	cleared := update(bodyOnly, `summary: "", preview: "", tags: [], prerequisiteIds: [], withoutAuthor: true, durationSeconds: 0`)
	if a.String("it.item.summary")+a.String("it.item.preview") != "" || a.Len("it.item.tags")+a.Len("it.item.prerequisites") != 0 || a.At("it.item.author") != nil {
		t.Error(a.Raw)
	}
	stale := d.do("updateItem", `KEY, `+id+`, expectedVersion: `+version+`, title: "Too late"`, itemFields)
	if wrong(stale) != "ITEM_CHANGED expectedVersion" || stale.String("it.item.title") != "Other" || stale.String("it.item.version") != cleared {
		t.Errorf("what is there now is not told: %s", stale.Raw)
	}
	if text := d.editor.Must(`{ contentItem(slug: "by-hand") { body } }`); text.String("contentItem.body") != "# Hello again" {
		t.Error(text.Raw)
	}
	var trail int
	d.Get(&trail, `select count(*) from audit_trail where table_name in ('content_items', 'content_prerequisites') and actor_id = (select id from users where username = 'editor')`)
	if trail < 6 {
		t.Errorf("%d changes in the trail", trail)
	}
}

func TestOfTwoEditorsTheSecondIsToldWhatTheFirstDid(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := domain.FormatID(d.Item(d.Category("c"), "lesson", 0))
	results := make(chan string)
	for i := range 8 {
		caller := d.As(t, "editor@test.example")
		go func() {
			results <- caller.Ask(fmt.Sprintf(`mutation { it: updateItem(input: {idempotencyKey: "race-%d", itemId: "%s", expectedVersion: 1, title: "By %d"}) { item { title } userErrors { code } } }`, i, id, i)).Raw
		}()
	}
	won, title := 0, ""
	for range 8 {
		raw := <-results
		if !strings.Contains(raw, "ITEM_CHANGED") {
			won++
			title = raw
		}
	}
	if now := d.editor.Must(`{ contentItem(slug: "lesson") { title version } }`); won != 1 || !strings.Contains(title, now.String("contentItem.title")) || now.String("contentItem.version") != "2" {
		t.Errorf("%d won, %s, %s", won, title, now.Raw)
	}
}

func TestAnItemGoesThroughItsLifeAndTheCatalogueFollows(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.User("ada")
	ada := d.As(t, "ada@test.example")
	id := domain.FormatID(d.Item(d.Category("c"), "lesson", 0, storetest.Values{"status": "draft", "published_at": nil}))
	seen := func() bool {
		direct := ada.Must(`{ contentItem(slug: "lesson") { title } }`).At("contentItem") != nil
		listed := ada.Must(`{ contentItems { nodes { slug } } search(query: "lesson") { nodes { slug } } }`)
		if direct != (listed.Len("contentItems.nodes") == 1) || direct != (listed.Len("search.nodes") == 1) {
			t.Errorf("one way shows it, another not: %v, %s", direct, listed.Raw)
		}
		return direct
	}
	step := func(mutation, more, status string, visible bool) {
		t.Helper()
		a := d.do(mutation, `itemId: "`+id+`"`+more, itemFields)
		if wrong(a) != "" || a.String("it.item.status") != status || seen() != visible {
			t.Errorf("%s: %s", mutation, a.Raw)
		}
	}
	refused := func(mutation, more, want string) {
		t.Helper()
		if a := d.do(mutation, `itemId: "`+id+`"`+more, itemFields); wrong(a) != want || a.At("it.item") != nil {
			t.Errorf("%s: %s", mutation, a.Raw)
		}
	}
	inAnHour := `, at: "` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"`
	step("scheduleItem", inAnHour, "PUBLISHED", false)
	d.Exec(`update clock set shift = interval '2 hours'`)
	if !seen() {
		t.Error("what was scheduled did not come")
	}
	d.Exec(`update clock set shift = interval '0'`)
	step("unpublishItem", "", "DRAFT", false)
	refused("scheduleItem", `, at: "2020-01-01T00:00:00Z"`, "OUT_OF_RANGE at")
	step("scheduleItem", inAnHour, "PUBLISHED", false)
	step("publishItem", "", "PUBLISHED", true)
	refused("scheduleItem", inAnHour, "STATUS_REFUSED itemId")
	step("publishItem", "", "PUBLISHED", true)
	step("archiveItem", "", "ARCHIVED", false)
	step("publishItem", "", "PUBLISHED", true)
	step("deleteItem", "", "PUBLISHED", false)
	for _, mutation := range []string{"publishItem", "unpublishItem", "archiveItem"} {
		refused(mutation, "", "NOT_FOUND itemId")
	}
	if a := d.do("updateItem", `KEY, itemId: "`+id+`", expectedVersion: 1, title: "x"`, itemFields); wrong(a) != "NOT_FOUND itemId" {
		t.Error(a.Raw)
	}
	gone := d.editor.Must(`{ contentItem(slug: "lesson") { id } node(id: "` + id + `") { id } there: contentLibrary { totalCount }
		contentLibrary(filter: {deleted: true, search: "title"}) { totalCount nodes { id deletedAt category { slug } access { hasAccess reason } } } }`)
	if gone.At("contentItem") != nil || gone.At("node") != nil || gone.String("there.totalCount") != "0" || gone.String("contentLibrary.nodes.0.id") != id ||
		gone.String("contentLibrary.nodes.0.deletedAt") == "" || gone.String("contentLibrary.nodes.0.access.reason") != "NOT_PUBLISHED" {
		t.Error(gone.Raw)
	}
	if a := d.do("createItem", `KEY, title: "x", slug: "lesson", categoryId: "`+d.id("content_categories", "category", "c")+`"`, itemFields); wrong(a) != "SLUG_TAKEN slug" {
		t.Errorf("the slug of a deleted item is free: %s", a.Raw)
	}
	step("restoreItem", "", "PUBLISHED", true)
}

func TestNothingAfterTheMarkIsFree(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	shelf := domain.FormatID(d.Category("shelf"))
	for name, c := range map[string]struct{ body, preview string }{
		"a line of its own":    {"# T\n\nOpen words.\n\n<!-- more -->\n\nSecret words.", "Open words."},
		"no mark":              {"# T\n\nSecret words.", ""},
		"within a paragraph":   {"Open words. <!-- more --> Secret words.", "Open words."},
		"within emphasis":      {"Open **words. <!-- more --> Secret** words.\n\nSecret.\n\n<!-- more -->", "Open words."},
		"within a link":        {"Open [words. <!--more--> Secret](https://x.example/secret).\n\nSecret.\n\n<!-- more -->", "Open words."},
		"CRLF":                 {"# T\r\n\r\nOpen words.\r\n\r\n<!-- more -->\r\n\r\nSecret words.\r\n", "Open words."},
		"several":              {"Open words.\n\n<!-- more -->\n\nSecret.\n\n<!-- more -->\n\nSecret.", "Open words."},
		"in a fence":           {"```html\n<!-- more -->\n```\n\nSecret words.", ""},
		"in tildes":            {"~~~\nOpen\n<!-- more -->\n~~~\n\nSecret.", ""},
		"in indented code":     {"    Secret\n    <!-- more -->\n\nSecret.", ""},
		"in a span of code":    {"The mark `<!-- more -->` is secret.", ""},
		"in a list":            {"- Secret\n\n  <!-- more -->\n\nSecret.", ""},
		"in another comment":   {"Secret.\n\n<!-- a\n<!-- more \n-->\n\nSecret.", ""},
		"escaped":              {"Secret. \\<!-- more --> Secret.", ""},
		"at the beginning":     {"<!-- more -->\n\nSecret.", ""},
		"text in its line":     {"Open words.\n\n<!-- more --> Secret.\n\nSecret.", "Open words."},
		"a target after it":    {"Open [words][x].\n\n<!-- more -->\n\n[x]: https://x.example/ \"secret\"", "Open words."},
		"a heading before":     {"# Secret title\n\nOpen words.\n\n<!-- more -->\n\nSecret.", "Open words."},
		"a longer one":         {"Secret.\n\n<!-- more of this -->\n\nSecret.", ""},
		"code before the mark": {"Open words.\n\n```\nsecret = 1\n```\n\n<!-- more -->\n\nSecret.", "Open words."},
	} {
		a := d.do("createItem", `KEY, title: "Lesson", accessLevel: 2, categoryId: "`+shelf+`", body: $body`, itemFields, map[string]any{"body": c.body})
		if wrong(a) != "" || a.String("it.item.preview") != c.preview {
			t.Errorf("%s: %s", name, a.Raw)
		}
		var told string
		d.Get(&told, `select lower(i.title || i.summary || i.preview || b.search::text) from content_items i join content_bodies b on b.content_id = i.id where i.slug = $1`, a.String("it.item.slug"))
		if strings.Contains(told, "secret") {
			t.Errorf("%s: everyone reads %s", name, told)
		}
	}
}

func TestAPreviewFollowsTheMarkAndALevelThatRisesTakesBackWhatWasCut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := d.do("createItem", `KEY, title: "Lesson", accessLevel: 2, categoryId: "`+domain.FormatID(d.Category("c"))+`", body: $body`, itemFields, map[string]any{"body": "One.\n\n<!-- more -->\n\nTwo."})
	update := func(input string, body ...map[string]any) string {
		t.Helper()
		a = d.do("updateItem", `KEY, itemId: "`+a.String("it.item.id")+`", expectedVersion: `+a.String("it.item.version")+`, `+input, itemFields, body...)
		if wrong(a) != "" {
			t.Fatal(a.Raw)
		}
		return a.String("it.item.preview")
	}
	body := func(text string) map[string]any { return map[string]any{"body": text} }
	for _, c := range []struct {
		input, body, want string
	}{
		{`body: $body`, "Less.\n\n<!-- more -->\n\nOne. Two.", "Less."},
		{`body: $body`, "Less. One. Two.", ""},
		{`body: $body`, "Now.\n\n<!-- more -->\n\nTwo.", "Now."},
		{`body: $body, preview: "By hand."`, "Later.\n\n<!-- more -->\n\nTwo.", "By hand."},
		{`body: $body`, "Last.\n\n<!-- more -->\n\nTwo.", "By hand."},
		{`body: $body, preview: ""`, "Last.\n\n<!-- more -->\n\nTwo.", "Last."},
	} {
		if got := update(c.input, body(c.body)); got != c.want {
			t.Errorf("%s of %q: %q", c.input, c.body, got)
		}
	}
	if got := update(`preview: ""`); got != "Last." {
		t.Error(got)
	}
	free := d.Item(d.Category("free"), "cut", 0, storetest.Values{"summary_is_authored": false, "preview_is_authored": false, "preview": "Cut from the body."})
	raised := d.do("updateItem", `KEY, itemId: "`+domain.FormatID(free)+`", expectedVersion: 1, accessLevel: 2`, itemFields)
	if raised.String("it.item.preview")+raised.String("it.item.summary") != "" || raised.String("it.item.accessLevel") != "2" {
		t.Error(raised.Raw)
	}
}

func TestAnUnlockDateHoldsAnItemBackUntilThen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.UserWithRole("support", "support")
	d.editor = d.As(t, "support@test.example")
	item, ada := domain.FormatID(d.Item(d.Category("c"), "lesson", 1)), domain.FormatID(d.User("ada"))
	learner := d.As(t, "ada@test.example")
	set := func(input, want string) {
		t.Helper()
		a := d.do("setUnlock", `KEY, `+input, `unlock { opensAt user { username } item { slug } }`)
		if wrong(a) != want || (want == "") != (a.At("it.unlock") != nil) || want == "" && a.String("it.unlock.item.slug")+a.String("it.unlock.user.username") != "lessonada" {
			t.Errorf("%s: %s", input, a.Raw)
		}
	}
	reason := func() string {
		return learner.Must(`{ contentItem(slug: "lesson") { access { reason } } }`).String("contentItem.access.reason")
	}
	both := `itemId: "` + item + `", userId: "` + ada + `"`
	set(both+`, opensAt: "2049-01-01T00:00:00Z"`, "")
	if reason() != "NOT_YET_OPEN" {
		t.Error(reason())
	}
	set(both+`, opensAt: "2020-01-01T00:00:00Z"`, "")
	if reason() != "SIGNED_IN" {
		t.Error(reason())
	}
	set(both+`, opensAt: "2049-01-01T00:00:00Z"`, "")
	set(both, "")
	if reason() != "SIGNED_IN" {
		t.Error(reason())
	}
	set(`itemId: "item_01900000000070008000000000000001", userId: "`+ada+`", opensAt: "2049-01-01T00:00:00Z"`, "NOT_FOUND itemId")
	set(`itemId: "`+item+`", userId: "user_01900000000070008000000000000001", opensAt: "2049-01-01T00:00:00Z"`, "NOT_FOUND userId")
	set(`itemId: "`+item+`", userId: "user_00000000000000000000000000000000"`, "NOT_FOUND userId")
}

func TestABodyWithScriptsIsHarmlessAsHTML(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	body := "# T\n\n<script>alert(1)</script>\n\n<img src=x onerror=alert(2)>\n\n[x](javascript:alert(3))\n\n<iframe src='https://x.example'></iframe>\n\n<a href='data:text/html,4'>y</a> fine"
	a := d.do("createItem", `KEY, title: "Lesson", categoryId: "`+domain.FormatID(d.Category("c"))+`", body: $body`, `item { slug body bodyHtml }`, map[string]any{"body": body})
	html := a.String("it.item.bodyHtml")
	if a.String("it.item.body") != body || !strings.Contains(html, "fine") {
		t.Error(a.Raw)
	}
	for _, bad := range []string{"<script", "onerror", "javascript:", "<iframe", "data:text"} {
		if strings.Contains(html, bad) {
			t.Errorf("%s in %s", bad, html)
		}
	}
}

func TestBadInputAboutItemsIsAnsweredAsDataAndChangesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	k := d.Category("c")
	category := `, categoryId: "` + domain.FormatID(k) + `"`
	lesson, later, gone := d.Item(k, "lesson", 0), d.Item(k, "later", 0), d.Item(k, "gone", 0, storetest.Values{"deleted_at": "2026-01-01T00:00:00Z"})
	d.Exec(`insert into content_prerequisites (content_id, required_id) values ($1, $2)`, later, lesson)
	item := func(id domain.ItemID) string { return domain.FormatID(id) }
	of := `KEY, expectedVersion: 1, itemId: "` + item(lesson) + `", `
	none := `"item_01900000000070008000000000000001"`
	before := effects(d.App)
	for name, c := range map[string]struct{ mutation, input, want string }{
		"no title":             {"createItem", `KEY, title: " "` + category, "NAME_INVALID title"},
		"NUL in a title":       {"createItem", `KEY, title: "a\u0000"` + category, "NAME_INVALID title"},
		"half a surrogate":     {"createItem", `KEY, title: "a\udc00"` + category, "NAME_INVALID title"},
		"markup in a title":    {"createItem", `KEY, title: "<b>a</b>"` + category, "NAME_INVALID title"},
		"a long title":         {"createItem", `KEY, title: "` + strings.Repeat("t", 301) + `"` + category, "TOO_LONG title"},
		"no such category":     {"createItem", `KEY, title: "a", categoryId: "category_01900000000070008000000000000001"`, "NOT_FOUND categoryId"},
		"a negative level":     {"createItem", `KEY, title: "a", accessLevel: -1` + category, "OUT_OF_RANGE accessLevel"},
		"a level too high":     {"createItem", `KEY, title: "a", accessLevel: 1001` + category, "OUT_OF_RANGE accessLevel"},
		"a negative time":      {"createItem", `KEY, title: "a", durationSeconds: -1` + category, "OUT_OF_RANGE durationSeconds"},
		"no language":          {"createItem", `KEY, title: "a", language: "<b>"` + category, "LANGUAGE_INVALID language"},
		"21 tags":              {"createItem", `KEY, title: "a", tags: [` + strings.Repeat(`"a", `, 21) + `]` + category, "LIST_SIZE tags"},
		"a long tag":           {"createItem", `KEY, title: "a", tags: ["` + strings.Repeat("t", 51) + `"]` + category, "TOO_LONG tags"},
		"an empty tag":         {"createItem", `KEY, title: "a", tags: [""]` + category, "NAME_INVALID tags"},
		"NUL in a body":        {"createItem", `KEY, title: "a", body: "\u0000"` + category, "INVALID_VALUE body"},
		"surrogate in a body":  {"createItem", `KEY, title: "a", body: "\ud83d"` + category, "INVALID_VALUE body"},
		"a nested body":        {"createItem", `KEY, title: "a", body: "` + strings.Repeat("> ", 101) + `x"` + category, "INVALID_VALUE body"},
		"NUL in a summary":     {"createItem", `KEY, title: "a", summary: "\u0000"` + category, "INVALID_VALUE summary"},
		"a long summary":       {"createItem", `KEY, title: "a", summary: "` + strings.Repeat("s", 1001) + `"` + category, "TOO_LONG summary"},
		"a long preview":       {"createItem", `KEY, title: "a", preview: "` + strings.Repeat("p", 4001) + `"` + category, "TOO_LONG preview"},
		"a taken slug":         {"createItem", `KEY, title: "a", slug: "lesson"` + category, "SLUG_TAKEN slug"},
		"a bad slug":           {"createItem", `KEY, title: "a", slug: "../a"` + category, "SLUG_INVALID slug"},
		"an unknown author":    {"createItem", `KEY, title: "a", authorId: "user_01900000000070008000000000000001"` + category, "NOT_FOUND authorId"},
		"nobody as author":     {"createItem", `KEY, title: "a", authorId: "user_00000000000000000000000000000000"` + category, "NOT_FOUND authorId"},
		"unknown before":       {"createItem", `KEY, title: "a", prerequisiteIds: [` + none + `]` + category, "NOT_FOUND prerequisiteIds"},
		"a deleted one before": {"createItem", `KEY, title: "a", prerequisiteIds: ["` + item(gone) + `"]` + category, "NOT_FOUND prerequisiteIds"},
		"one before twice":     {"createItem", `KEY, title: "a", prerequisiteIds: ["` + item(lesson) + `", "` + item(lesson) + `"]` + category, "LIST_SIZE prerequisiteIds"},
		"an empty key":         {"createItem", `idempotencyKey: "", title: "a"` + category, "INVALID idempotencyKey"},
		"itself before":        {"updateItem", of + `prerequisiteIds: ["` + item(lesson) + `"]`, "PREREQUISITE_CIRCLE prerequisiteIds"},
		"a circle":             {"updateItem", of + `title: "x", prerequisiteIds: ["` + item(later) + `"]`, "PREREQUISITE_CIRCLE prerequisiteIds"},
		"half of two changes":  {"updateItem", of + `title: "x", body: "x", slug: "later"`, "SLUG_TAKEN slug"},
		"a title of nothing":   {"updateItem", of + `title: ""`, "NAME_INVALID title"},
		"an unknown item":      {"updateItem", `KEY, expectedVersion: 1, itemId: ` + none, "NOT_FOUND itemId"},
		"a deleted item":       {"updateItem", `KEY, expectedVersion: 1, itemId: "` + item(gone) + `"`, "NOT_FOUND itemId"},
		"a version to come":    {"updateItem", strings.Replace(of, "1", "2", 1), "ITEM_CHANGED expectedVersion"},
		"publish unknown":      {"publishItem", `itemId: ` + none, "NOT_FOUND itemId"},
		"schedule unknown":     {"scheduleItem", `at: "2030-01-01T00:00:00Z", itemId: ` + none, "NOT_FOUND itemId"},
		"restore unknown":      {"restoreItem", `itemId: ` + none, "NOT_FOUND itemId"},
	} {
		if a := d.do(c.mutation, c.input, ""); wrong(a) != c.want || a.Len("it.userErrors") != 1 {
			t.Errorf("%s: %s", name, a.Raw)
		}
	}
	if after := effects(d.App); after != before {
		t.Errorf("%d effects", after-before)
	}
	body := map[string]any{"body": strings.Repeat("b", 1<<20+1)}
	if a := d.do("createItem", `KEY, title: "a", body: $body`+category, "", body); wrong(a) != "TOO_LONG body" {
		t.Errorf("%.200s", a.Raw)
	}
	body["body"] = strings.Repeat("ü\n", 1<<20/3)
	if a := d.do("createItem", `KEY, title: "a", body: $body`+category, "", body); wrong(a) != "" {
		t.Errorf("%.200s", a.Raw)
	}
	slow := map[string]any{"body": strings.Repeat("[a](b ", 100_000) + "\n\n<!-- more -->"}
	if a := d.do("createItem", `KEY, title: "a", body: $body`+category, "", slow); wrong(a) != "" && wrong(a) != "TEXT_TOO_COMPLEX body" {
		t.Errorf("%.200s", a.Raw)
	}
}
