package app_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"lyceum/domain/content"
)

// The folder changes, editors change, and neither takes the other's words.
func TestWhatWasWrittenHereIsLeftByImportsAndReported(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	l.UserWithRole("editor", "editor")
	d := &desk{App: l.App, t: t, editor: l.As(t, "editor@test.example")}
	const fields = `item { title body version importedBody importConflict accessLevel files { name } } `
	id := d.id("content_items", "item", "course-c1-one")
	read := func() (title, body, imported, conflict, version string) {
		t.Helper()
		a := d.editor.Must(`{ i: contentItem(slug: "course-c1-one") { title body version importedBody importConflict } }`)
		return a.String("i.title"), a.String("i.body"), a.String("i.importedBody"), a.String("i.importConflict"), a.String("i.version")
	}
	title, _, first, conflict, version := read()
	if title != "One" || !strings.HasPrefix(first, "# One\n\n![p](file:") || conflict != "" || version != "1" {
		t.Fatal(title, first, conflict, version)
	}
	// What is no text of the document's does not make a conflict.
	if a := d.do("updateItem", `KEY, itemId: "`+id+`", expectedVersion: 1, accessLevel: 3, slug: "renamed"`, fields); a.String("it.item.importConflict") != "" {
		t.Error(a.Raw)
	}
	d.do("updateItem", `KEY, itemId: "`+id+`", expectedVersion: 2, slug: "course-c1-one"`, fields)
	a := d.do("updateItem", `KEY, itemId: "`+id+`", expectedVersion: 3, body: "# One\n\nBetter words."`, fields)
	if wrong(a) != "" || a.String("it.item.importConflict") != "CHANGED_HERE" || a.String("it.item.importedBody") != first {
		t.Fatal(a.Raw)
	}
	kept := func(r *content.ImportReport) string {
		if len(r.Kept) != 1 || r.Kept[0].Path != "c1/one.md" || r.Unchanged != 2 || r.Changed+r.New != 0 {
			t.Errorf("%+v", r)
			return ""
		}
		return r.Kept[0].Reason
	}
	before := l.traces()
	if why := kept(l.take(t)); why != "changed here: left as it is" || l.traces() != before {
		t.Error(why)
	}
	l.course["c1/one.md"] = &fstest.MapFile{Data: []byte("---\ntitle: Anew\nlevel: 5\n---\nNew words in the folder. ![v](../img/v.svg)")}
	if why := kept(l.take(t, func(c *content.ImportCommand) { c.DryRun = true })); why != "changed here and in the folder: left as it is" || l.traces() != before {
		t.Error(why)
	}
	if why := kept(l.take(t)); why != "changed here and in the folder: left as it is" {
		t.Error(why)
	}
	title, body, second, conflict, version := read()
	if title != "One" || body != "# One\n\nBetter words." || !strings.HasPrefix(second, "New words in the folder.") || conflict != "CHANGED_IN_BOTH" {
		t.Error(title, body, second, conflict, version)
	}
	var level string
	if l.Get(&level, `select access_level from content_items where slug = 'course-c1-one'`); level != "5" {
		t.Errorf("the document asks for level 5, the item has %s", level)
	}
	if a := d.do("acceptImport", `KEY, itemId: "`+id+`", expectedVersion: 1`, fields); wrong(a) != "ITEM_CHANGED expectedVersion" || a.String("it.item.version") != version {
		t.Error(a.Raw)
	}
	a = d.do("acceptImport", `KEY, itemId: "`+id+`", expectedVersion: `+version, fields)
	if wrong(a) != "" || a.String("it.item.title") != "Anew" || a.At("it.item.importConflict") != nil || a.String("it.item.files.0.name") != "v.svg" || a.Len("it.item.files") != 1 {
		t.Error(a.Raw)
	}
	before = l.traces()
	if r := l.take(t); r.Unchanged != 3 || len(r.Kept) != 0 || l.traces() != before {
		t.Errorf("%+v", r)
	}
	l.course["c1/one.md"] = &fstest.MapFile{Data: []byte("# Third\n\nAgain.")}
	if r := l.take(t); r.Changed != 1 || len(r.Kept) != 0 {
		t.Errorf("%+v", r)
	}
	if title, _, _, conflict, after := read(); title != "Third" || conflict != "" || after == version {
		t.Error(title, conflict, after)
	}
	own := d.do("createItem", `KEY, title: "Own", categoryId: "`+d.id("content_categories", "category", "course")+`"`, `item { id importedBody importConflict }`)
	if own.At("it.item.importedBody") != nil || own.At("it.item.importConflict") != nil {
		t.Error(own.Raw)
	}
	if a := d.do("acceptImport", `KEY, itemId: "`+own.String("it.item.id")+`", expectedVersion: 1`, fields); wrong(a) != "NOT_IMPORTED itemId" {
		t.Error(a.Raw)
	}
}
