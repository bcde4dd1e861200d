package app_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/fstest"

	"lyceum/app"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store"
	"lyceum/store/storetest"
)

// takeWhile imports, and has something happen once between two transactions of the import.
func (l *library) takeWhile(t *testing.T, meanwhile func(), change func(*content.ImportCommand)) (*content.ImportReport, error) {
	t.Helper()
	c := content.ImportCommand{Source: "course"}
	change(&c)
	happened := false
	r, err := app.Import(t.Context(), l.config, &app.Database{AppURL: l.DB.AppURL}, l.course, c, func(step string, _, _ int) {
		if step == app.ImportWrites && !happened {
			happened = true
			meanwhile()
		}
	})
	if !happened {
		t.Error("nothing happened meanwhile")
	}
	return r, err
}

// standing is the status and level of an item.
func (l *library) standing(slug string) (s string) {
	l.Get(&s, `select status || ' ' || access_level from content_items where slug = $1`, slug)
	return s
}

func TestWhatAnEditorDecidesWhileAnImportRunsStays(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	draft := func(c *content.ImportCommand) { c.Status, c.Level = new(content.Draft), new(int32(1)) }
	l.take(t, draft)
	l.course["new.md"] = &fstest.MapFile{Data: []byte("# New")}
	l.course["c1/one.md"] = &fstest.MapFile{Data: []byte("# One\n\nOther words.")}
	if _, err := l.takeWhile(t, func() {
		l.Exec(`update content_items set access_level = 5 where slug = 'course-c1-one'`)
		l.Exec(`update content_items set access_level = 6, status = 'archived' where slug = 'course'`)
		l.Exec(`update content_items set access_level = 0 where slug = 'course-c1-one-fr'`)
	}, func(c *content.ImportCommand) {
		c.Status, c.Level, c.Existing = new(content.Published), new(int32(0)), true
	}); err != nil {
		t.Fatal(err)
	}
	for slug, want := range map[string]string{"course-c1-one": "published 5", "course": "archived 6", "course-c1-one-fr": "published 0", "course-new": "published 0"} {
		if got := l.standing(slug); got != want {
			t.Errorf("%s is %s, not %s", slug, got, want)
		}
	}
	l.take(t, func(c *content.ImportCommand) { c.Level, c.Existing = new(int32(1)), true })
	if got := l.standing("course-c1-one"); got != "published 1" {
		t.Errorf("an import that began after the editor leaves %s", got)
	}
}

func TestAnImportIntoACategoryThatIsDeletedMeanwhileSaysSo(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	for i := range 101 { // two batches
		l.course[fmt.Sprintf("c1/more%d.md", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "# More %d", i)}
	}
	_, err := l.takeWhile(t, func() { l.Exec(`update content_categories set deleted_at = now() where slug = 'course-c1'`) }, func(*content.ImportCommand) {})
	if domain.CodeOf(err) != domain.CodeConflict {
		t.Fatal(err)
	}
	if r := l.take(t); r.New != 1 || r.Categories != 1 {
		t.Errorf("then: %+v", r)
	}
	sources := store.Sources{Writer: store.Writer{DB: l.DB.DB}}
	deleted := l.Category("deleted", storetest.Values{"deleted_at": "2026-01-01T00:00:00Z"})
	for name, k := range map[string]content.Category{"a slug that is taken": {Slug: "course"}, "a deleted parent": {Slug: "free", ParentID: &deleted}} {
		k.ID, k.Name = domain.CategoryID{UUID: domain.NewIDs()()}, "Name"
		err := sources.InTx(t.Context(), domain.Actor{}, func(tx content.SourceTx) error { return tx.AddBranch(t.Context(), "course", "c9", &k) })
		if domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	err = sources.InTx(t.Context(), domain.Actor{}, func(tx content.SourceTx) error { return tx.KeepCategory(t.Context(), "course", "c9", deleted) })
	if domain.CodeOf(err) != domain.CodeConflict {
		t.Error(err)
	}
}

func TestWhatAnEditorArchivedDoesNotComeBackWithItsDocument(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	l.UserWithRole("editor", "editor")
	d := &desk{App: l.App, t: t, editor: l.As(t, "editor@test.example")}
	prune := func(c *content.ImportCommand) { c.Prune = true }
	before := fstest.MapFS{}
	for _, path := range []string{"c1/one.md", "translations/fr/c1/one.md"} {
		before[path] = l.course[path]
		delete(l.course, path)
	}
	l.course["new.md"] = &fstest.MapFile{Data: []byte("# New")}
	french := d.id("content_items", "item", "course-c1-one-fr")
	var meanwhile error
	if _, err := l.takeWhile(t, func() {
		if a := d.do("archiveItem", `itemId: "`+french+`"`, `item { status }`); wrong(a) != "" {
			meanwhile = errors.New(a.Raw)
		}
	}, prune); err != nil || meanwhile != nil {
		t.Fatal(err, meanwhile)
	}
	// Of one the import decided, of the other the editor while it ran; now the editor decides of the first, too.
	if l.standing("course-c1-one") != "archived 2" || l.standing("course-c1-one-fr") != "archived 2" {
		t.Fatal(l.standing("course-c1-one"), l.standing("course-c1-one-fr"))
	}
	one := d.id("content_items", "item", "course-c1-one")
	if a := d.do("restoreItem", `itemId: "`+one+`"`, `item { status }`); wrong(a) != "" {
		t.Error(a.Raw)
	}
	var pruned string
	if l.Get(&pruned, `select string_agg(i.slug, ' ') from content_sources s join content_items i on i.id = s.content_id where s.pruned_from is not null`); pruned != "course-c1-one" {
		t.Errorf("the import remembers to bring back %q", pruned)
	}
	if a := d.do("archiveItem", `itemId: "`+one+`"`, `item { status }`); wrong(a) != "" {
		t.Error(a.Raw)
	}
	for path, file := range before {
		l.course[path] = file
	}
	if r := l.take(t); r.Returned != 0 || l.standing("course-c1-one") != "archived 2" || l.standing("course-c1-one-fr") != "archived 2" {
		t.Errorf("%+v: %s, %s", r, l.standing("course-c1-one"), l.standing("course-c1-one-fr"))
	}
}

func TestAfterAnEditIsTakenBackTheTextOfTheSourceArrives(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	l.UserWithRole("editor", "editor")
	d := &desk{App: l.App, t: t, editor: l.As(t, "editor@test.example")}
	id := d.id("content_items", "item", "course-c1-one")
	edit := func(version int, title, conflict string) {
		t.Helper()
		a := d.do("updateItem", fmt.Sprintf(`KEY, itemId: "%s", expectedVersion: %d, title: "%s"`, id, version, title), `item { importConflict }`)
		if wrong(a) != "" || a.String("it.item.importConflict") != conflict {
			t.Fatal(a.Raw)
		}
	}
	edit(1, "Better", "CHANGED_HERE")
	l.course["c1/one.md"] = &fstest.MapFile{Data: []byte("# Anew\n\nNew words.")}
	for _, want := range []string{"changed here and in the folder: left as it is", "changed here and in the folder: left as it is"} {
		if r := l.take(t); len(r.Kept) != 1 || r.Kept[0].Reason != want {
			t.Errorf("%+v", r)
		}
	}
	edit(2, "One", "CHANGED_IN_BOTH")
	if r := l.take(t); r.Changed != 1 || len(r.Kept) != 0 {
		t.Errorf("%+v", r)
	}
	a := d.editor.Must(`{ contentItem(slug: "course-c1-one") { title body importConflict } }`)
	if a.String("contentItem.title") != "Anew" || a.String("contentItem.body") != "# Anew\n\nNew words." || a.At("contentItem.importConflict") != nil {
		t.Error(a.Raw)
	}
	before := l.traces()
	if r := l.take(t); r.Unchanged != 3 || l.traces() != before {
		t.Errorf("%+v", r)
	}
}
