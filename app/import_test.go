package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lyceum/app"
	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store"
)

const (
	pixel  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	vector = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
)

// library is an app, what it was built with, and a small course.
type library struct {
	*apptest.App
	config *app.Config
	course fstest.MapFS
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	l := &library{course: fstest.MapFS{}}
	l.App = apptest.New(t, func(c *app.Config) { l.config = c })
	for name, text := range map[string]string{
		"README.md": "# The course\n\nHello. See [one](c1/one.md#part).", "c1/one.md": "# One\n\n![p](../img/p.png) ![v](../img/v.svg) [data](../img/x.html)",
		"translations/fr/c1/one.md": "# Un\n\n![p](../../../img/p.png)", "img/p.png": pixel, "img/v.svg": vector, "img/x.html": "<html><script>alert(1)</script>",
	} {
		l.course[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return l
}

func (l *library) take(t *testing.T, change ...func(*content.ImportCommand)) *content.ImportReport {
	t.Helper()
	c := content.ImportCommand{Source: "course", Status: new(content.Published), Level: new(int32(2))}
	for _, one := range change {
		one(&c)
	}
	r, err := app.Import(t.Context(), l.config, &app.Database{AppURL: l.DB.AppURL}, l.course, c, func(string, int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// traces is what any write would leave: versions of rows, times, the audit trail.
func (l *library) traces() (all string) {
	l.Get(&all, `select concat_ws(' ', (select string_agg(xmin::text || ' ' || updated_at, ',' order by id) from content_items),
		(select string_agg(xmin::text, ',' order by content_id) from content_bodies), (select string_agg(xmin::text, ',' order by content_id) from content_sources),
		(select string_agg(xmin::text, ',' order by id) from content_categories), (select string_agg(xmin::text, ',' order by content_id, sha256) from content_files),
		(select string_agg(xmin::text, ',' order by path) from content_source_folders), (select count(*) from audit_trail))`)
	return all
}

func TestAFolderBecomesBranchesItemsTranslationsAndFiles(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	if r := l.take(t); r.New != 3 || r.Categories != 2 || r.Files != 3 || r.Drafts != 0 || len(r.Faults) != 0 {
		t.Errorf("%+v", r)
	}
	l.UserWithRole("editor", "editor")
	a := l.As(t, "editor@test.example").Must(`{ contentItem(slug: "course-c1-one") { title kind language status accessLevel body category { path { slug name } }
		translations { slug title language translations { slug } } files { name mediaType bytes url } } root: contentItem(slug: "course") { body translations { slug } } }`)
	for path, want := range map[string]string{
		"contentItem.title": "One", "contentItem.accessLevel": "2", "contentItem.category.path.0.name": "The course", "contentItem.category.path.1.slug": "course-c1",
		"contentItem.translations.0.slug": "course-c1-one-fr", "contentItem.translations.0.language": "fr", "contentItem.translations.0.translations.0.slug": "course-c1-one",
		"contentItem.files.0.name": "p.png", "contentItem.files.0.mediaType": "image/png", "contentItem.files.1.mediaType": "image/svg+xml",
		"contentItem.files.2.mediaType": "application/octet-stream", "root.body": "# The course\n\nHello. See [one](item:course-c1-one#part).",
	} {
		if a.String(path) != want {
			t.Errorf("%s is %q: %s", path, a.String(path), a.Raw)
		}
	}
	if body := a.String("contentItem.body"); !strings.Contains(body, "![p]("+a.String("contentItem.files.0.url")+")") || strings.Contains(body, "file:") {
		t.Errorf("the body does not point at its files: %s", body)
	}
	if a.Len("root.translations") != 0 {
		t.Error(a.Raw)
	}
}

func TestASecondImportChangesNothingAndOneAfterAnEditOnlyThat(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	before := l.traces()
	if r := l.take(t); r.Unchanged != 3 || r.New+r.Changed+r.Files+r.Categories != 0 {
		t.Errorf("%+v", r)
	}
	if after := l.traces(); after != before {
		t.Errorf("the second import wrote:\n%s\n%s", before, after)
	}
	l.Exec(`update content_items set access_level = 5, status = 'draft' where slug = 'course-c1-one'`) // as an editor would
	l.course["c1/one.md"] = &fstest.MapFile{Data: []byte("# Won\n\n![v](../img/v.svg)")}
	if r := l.take(t); r.Changed != 1 || r.Unchanged != 2 || r.New != 0 {
		t.Errorf("%+v", r)
	}
	var row struct {
		Title, Status string
		Level, Files  int
	}
	l.Get(&row.Title, `select title from content_items where slug = 'course-c1-one'`)
	l.Get(&row.Status, `select status from content_items where slug = 'course-c1-one'`)
	l.Get(&row.Level, `select access_level from content_items where slug = 'course-c1-one'`)
	l.Get(&row.Files, `select count(*) from content_files f join content_items i on i.id = f.content_id where i.slug = 'course-c1-one'`)
	if row.Title != "Won" || row.Status != "draft" || row.Level != 5 || row.Files != 1 {
		t.Errorf("%+v", row)
	}
}

func TestADryRunTellsAndChangesNothing(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	before := l.traces()
	r := l.take(t, func(c *content.ImportCommand) { c.DryRun = true })
	if r.New != 3 || r.Files != 3 || r.Categories != 2 || l.traces() != before {
		t.Errorf("%+v", r)
	}
	if r := l.take(t); r.New != 3 || r.Files != 3 {
		t.Errorf("the dry run kept something: %+v", r)
	}
}

func TestWhatVanishedIsArchivedOnlyWhenAskedAndComesBackAsItWas(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	status := func() (s string) {
		l.Get(&s, `select status from content_items where slug = 'course-c1-one-fr'`)
		return s
	}
	lost := l.course["translations/fr/c1/one.md"]
	prune := func(c *content.ImportCommand) { c.Prune = true }
	l.course["translations/fr/c1/one.md"] = &fstest.MapFile{Data: []byte("\xff")}
	if r := l.take(t, prune); r.Archived != 0 || len(r.Faults) != 1 || status() != "published" {
		t.Errorf("what cannot be read is taken for gone: %+v", r)
	}
	delete(l.course, "translations/fr/c1/one.md")
	if r := l.take(t); r.Gone != 1 || r.Archived != 0 || status() != "published" {
		t.Errorf("%+v", r)
	}
	if r := l.take(t, prune); r.Archived != 1 || status() != "archived" {
		t.Errorf("%+v", r)
	}
	before := l.traces()
	if r := l.take(t, prune); r.Archived != 0 || l.traces() != before {
		t.Errorf("archived again: %+v", r)
	}
	l.course["translations/fr/c1/one.md"] = lost
	if r := l.take(t); r.Returned != 1 || r.New != 0 || status() != "published" {
		t.Errorf("%+v, %s", r, status())
	}
}

func TestAnImportGoesBelowABranchUnderItsAuthorAndPublishesLaterWhenAsked(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	top, ada := l.Category("top"), l.User("ada")
	l.Item(top, "course", 0) // a slug that the source would like
	draft := func(c *content.ImportCommand) {
		c.Under, c.Author, c.Status, c.Level = "top", "ada@test.example", nil, nil
	}
	if r := l.take(t, draft); r.Drafts != 3 {
		t.Errorf("%+v", r)
	}
	l.UserWithRole("editor", "editor")
	const read = `{ category(slug: "course-c1") { path { slug } } contentItems { totalCount } }`
	if a := l.Anonymous(t).Must(read); a.At("category") != nil {
		t.Errorf("a visitor knows of a category of drafts: %s", a.Raw)
	}
	a := l.As(t, "editor@test.example").Must(read)
	if !slices.Equal(a.Strings("category.path", "slug"), []string{"top", "course", "course-c1"}) || a.String("contentItems.totalCount") != "1" {
		t.Error(a.Raw)
	}
	var actor domain.UserID
	if l.Get(&actor, `select actor_id from audit_trail where table_name = 'content_items' order by id desc limit 1`); actor != ada {
		t.Errorf("the trail names %s", actor)
	}
	if r := l.take(t, draft, func(c *content.ImportCommand) {
		c.Status, c.Level, c.Existing = new(content.Published), new(int32(3)), true
	}); r.Reset != 3 || r.Changed != 1 { // one had a preview that was cut from it
		t.Errorf("%+v", r)
	}
	a = l.Anonymous(t).Must(`{ contentItems { totalCount } contentItem(slug: "course-2") { accessLevel author { username } publishedAt } }`)
	if a.String("contentItems.totalCount") != "4" || a.String("contentItem.author.username") != "ada" || a.String("contentItem.accessLevel") != "3" {
		t.Error(a.Raw)
	}
	for _, wrong := range []func(*content.ImportCommand){func(c *content.ImportCommand) { c.Under = "none" }, func(c *content.ImportCommand) { c.Author = "none@test.example" }} {
		c := content.ImportCommand{Source: "course"}
		wrong(&c)
		_, err := app.Import(t.Context(), l.config, &app.Database{AppURL: l.DB.AppURL}, l.course, c, func(string, int, int) {})
		if domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestTwoImportsOfOneSourceDoNotMix(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	held := store.Sources{Writer: store.Writer{DB: l.DB.DB}}
	err := held.InTx(t.Context(), domain.Actor{}, func(tx content.SourceTx) error {
		if err := tx.HoldSource(t.Context(), "course"); err != nil {
			return err
		}
		c := content.ImportCommand{Source: "course"}
		database := &app.Database{AppURL: l.DB.AppURL}
		if _, err := app.Import(t.Context(), l.config, database, l.course, c, func(string, int, int) {}); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("beside another: %v", err)
		}
		c.Source = "another"
		_, err := app.Import(t.Context(), l.config, database, l.course, c, func(string, int, int) {})
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if r := l.take(t); r.New != 3 {
		t.Errorf("after the other: %+v", r)
	}
}

func TestAThousandDocumentsTakeLessThanAMinute(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	for i := range 1000 {
		text := fmt.Sprintf("# Lesson %d\n\nSee [the next](%d.md).\n\n%s", i, (i+1)%1000, strings.Repeat("Gradients descend along slopes that nobody has seen. ", 200))
		l.course[fmt.Sprintf("long/%d.md", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	began := time.Now()
	if r := l.take(t); r.New != 1003 {
		t.Errorf("%+v", r)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
	before := l.traces()
	if r := l.take(t); r.Unchanged != 1003 || l.traces() != before {
		t.Errorf("the second import wrote: %+v", r)
	}
}

func TestAFolderThatWasRenamedKeepsItsItemsAndWhatWasLearned(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	l.take(t)
	var before, after string
	const items = `select string_agg(i.id::text || i.slug || (select b.body from content_bodies b where b.content_id = i.id), ' ' order by i.id) from content_items i`
	l.Get(&before, items)
	l.Exec(`insert into learning_analytics (user_id, content_id, progress) select $1, id, 50 from content_items`, l.User("learner"))
	for path, file := range l.course {
		if moved := strings.Replace(path, "c1/", "chapter-one/", 1); moved != path {
			l.course[moved] = file
			delete(l.course, path)
		}
	}
	l.course["README.md"].Data = []byte(strings.ReplaceAll(string(l.course["README.md"].Data), "c1/", "chapter-one/"))
	if r := l.take(t, func(c *content.ImportCommand) { c.Prune = true }); r.Moved != 2 || r.Changed != 2 || r.Unchanged != 1 || r.New+r.Archived+r.Gone+len(r.Faults) != 0 {
		t.Errorf("%+v", r)
	}
	l.Get(&after, items)
	if after != before {
		t.Errorf("the items were\n%s\nand are\n%s", before, after)
	}
	var kept int
	if l.Get(&kept, `select count(*) from learning_analytics where progress = 50`); kept != 3 {
		t.Errorf("%d of 3 records are left", kept)
	}
	l.course["chapter-one/two.md"] = &fstest.MapFile{Data: []byte("# Two\n\nNew there.")}
	if r := l.take(t); r.Unchanged != 3 || r.New != 1 || r.Changed+r.Moved+r.Categories != 0 {
		t.Errorf("then: %+v", r)
	}
	var branches int
	if l.Get(&branches, `select count(distinct category_id) from content_items where slug <> 'course'`); branches != 1 {
		t.Errorf("the new lesson is not beside those that moved: %d branches", branches)
	}
}
