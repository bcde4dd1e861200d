package content

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"lyceum/domain"
)

var newIDs domain.IDs = uuid.New

func command() ImportCommand {
	return ImportCommand{Source: "A course", Status: new(Draft), Level: new(int32(1))}
}

func lesson(path, key, language string) *Document {
	folder := "."
	if i := strings.LastIndexByte(key, '/'); i >= 0 {
		folder = key[:i]
	}
	return &Document{Path: path, Key: key, Folder: folder, Language: language, Title: "T", Kind: Lesson, Body: "Body of " + path}
}

// imported is what the catalogue knows after a plan was carried out.
func imported(t *testing.T, p importPlan) (known []SourceItem) {
	t.Helper()
	for _, e := range slices.Concat(p.added, p.changed) {
		sum, err := hex.DecodeString(e.Checksum)
		if err != nil {
			t.Fatal(err)
		}
		like, err := hex.DecodeString(e.Likeness)
		if err != nil {
			t.Fatal(err)
		}
		known = append(known, SourceItem{ItemID: e.ItemID, Path: e.Path, Key: e.Key, Checksum: sum, Likeness: like, Slug: e.Slug, Status: e.Status, Level: e.Level, Asks: &e.Asks})
	}
	return known
}

func TestASlugComesFromThePathAndIsTakenOnce(t *testing.T) {
	t.Parallel()
	s := &Source{Language: "en", Documents: []*Document{
		lesson("README.md", "README", "en"), lesson("c1/README.md", "c1/README", "en"), lesson("c1/Ça va?.md", "c1/Ça va?", "en"), lesson("c1/a b.md", "c1/a b", "en"),
		lesson("c1/a-b.md", "c1/a-b", "en"), lesson("c1/A-B.md", "c1/A-B", "en"), lesson("fr/c1/a-b.md", "c1/a-b", "fr"), lesson("课程.md", "课程", "en"),
		lesson("x.zh-CN.md", "x", "zh-CN"), lesson("l.md", strings.Repeat("long-", 60), "en"),
	}}
	p := planImport(command(), s, nil, map[string]bool{"a-course-c1": true}, newIDs)
	slugs := map[string]string{}
	for _, e := range p.added {
		slugs[e.Path] = e.Slug
	}
	for path, want := range map[string]string{
		"README.md": "a-course", "c1/README.md": "a-course-c1-2", "c1/a b.md": "a-course-c1-a-b", "c1/a-b.md": "a-course-c1-a-b-2", "c1/A-B.md": "a-course-c1-a-b-3",
		"fr/c1/a-b.md": "a-course-c1-a-b-fr", "x.zh-CN.md": "a-course-x-zh-cn",
	} {
		if slugs[path] != want {
			t.Errorf("%s: %s, want %s", path, slugs[path], want)
		}
	}
	if slugs["c1/Ça va?.md"] != "a-course-c1-ca-va" || len(slugs["课程.md"]) != len("a-course-")+8 || len(slugs["l.md"]) > maxSlug {
		t.Errorf("%v", slugs)
	}
	if !slices.Equal(p.folders, []string{".", "c1"}) {
		t.Errorf("%v", p.folders)
	}
}

func TestASecondImportOfTheSameFindsNothingToDo(t *testing.T) {
	t.Parallel()
	s := &Source{Language: "en", Documents: []*Document{lesson("a.md", "a", "en"), lesson("fr/a.md", "a", "fr"), lesson("b/c.md", "b/c", "en")}}
	s.Documents[0].Refs = []Ref{{Start: 0, End: 4, Document: "b/c.md", Fragment: "#p"}}
	first := planImport(command(), s, nil, map[string]bool{}, newIDs)
	if len(first.added) != 3 || first.added[0].Body != "item:a-course-b-c#p of a.md" {
		t.Fatalf("%+v", first)
	}
	taken := map[string]bool{}
	for _, e := range first.added {
		taken[e.Slug] = true
	}
	second := planImport(command(), s, imported(t, first), taken, newIDs)
	if len(second.added)+len(second.changed)+len(second.gone)+len(second.back)+len(second.reset)+len(second.folders) > 0 || second.unchanged != 3 {
		t.Errorf("%+v", second)
	}
}

func TestWhatChangedIsWrittenAndWhatVanishedIsGone(t *testing.T) {
	t.Parallel()
	s := &Source{Language: "en", Documents: []*Document{lesson("a.md", "a", "en"), lesson("b.md", "b", "en"), lesson("c.md", "c", "en"), lesson("d.md", "d", "en")}}
	known := imported(t, planImport(command(), s, nil, map[string]bool{}, newIDs))
	s.Documents[0].Title = "New title"
	s.Documents = s.Documents[:2]            // c and d are not read any more,
	s.Unread = map[string]bool{"c.md": true} // c because it is broken
	known[1].Deleted = true                  // b was taken out of the school
	p := planImport(command(), s, known, map[string]bool{}, newIDs)
	if len(p.changed) != 1 || p.changed[0].ItemID != known[0].ItemID || p.changed[0].Slug != known[0].Slug {
		t.Errorf("changed: %+v", p.changed)
	}
	if len(p.gone) != 1 || p.gone[0] != known[3].ItemID || len(p.added) != 0 {
		t.Errorf("gone: %v, new: %v", p.gone, p.added)
	}
	draft := Draft
	known[3].Pruned, known[3].Status = &draft, Archived
	if p = planImport(command(), s, known, map[string]bool{}, newIDs); len(p.gone) != 0 {
		t.Errorf("it is archived twice: %v", p.gone)
	}
	s.Documents = append(s.Documents, lesson("d.md", "d", "en"))
	if p = planImport(command(), s, known, map[string]bool{}, newIDs); len(p.back) != 1 || p.back[0] != known[3].ItemID {
		t.Errorf("it does not come back: %+v", p)
	}
}

func TestLevelAndStatusAreOfNewItemsUnlessAskedOtherwise(t *testing.T) {
	t.Parallel()
	s := &Source{Language: "en", Documents: []*Document{lesson("a.md", "a", "en"), lesson("b.md", "b", "en"), lesson("c.md", "c", "en")}}
	own := int32(3)
	s.Documents[1].Level, s.Documents[1].Draft = &own, true
	known := imported(t, planImport(command(), s, nil, map[string]bool{}, newIDs))
	if known[0].Level != 1 || known[1].Level != 3 {
		t.Errorf("%+v", known)
	}
	known[2].Status = Archived
	c := command()
	c.Status, c.Level = new(Published), new(int32(2))
	if p := planImport(c, s, known, map[string]bool{}, newIDs); len(p.reset)+len(p.changed) > 0 {
		t.Errorf("%+v", p)
	}
	c.Existing = true
	p := planImport(c, s, known, map[string]bool{}, newIDs)
	if len(p.reset) != 1 || p.reset[0].Path != "a.md" || p.reset[0].Status != Published || p.reset[0].Level != 2 {
		t.Errorf("%+v", p.reset) // b says itself what it is, c was taken out of the catalogue
	}
}

func TestACommandThatCannotBeRightIsRefused(t *testing.T) {
	t.Parallel()
	some := &Source{Language: "en", Documents: []*Document{lesson("a.md", "a", "en")}}
	for name, spoil := range map[string]func(*ImportCommand){
		"no name": func(c *ImportCommand) { c.Source = "课" }, "a long name": func(c *ImportCommand) { c.Source = strings.Repeat("a", 200) },
		"a level": func(c *ImportCommand) { c.Level = new(int32(1001)) }, "existing to what": func(c *ImportCommand) { c.Existing, c.Level, c.Status = true, nil, nil },
		"a status": func(c *ImportCommand) { c.Status = new(Archived) },
	} {
		c := command()
		spoil(&c)
		if err := c.check(some); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	prune := command()
	prune.Prune = true
	if err := prune.check(&Source{}); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("an empty folder archives a course: %v", err)
	}
	if err := prune.check(some); err != nil {
		t.Error(err)
	}
	if err := command().check(&Source{}); err != nil {
		t.Error(err)
	}
}

func TestFilesAreNamedInABodyByTheirContent(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("ab", 32)
	d := lesson("a.md", "a", "en")
	d.Body = "![](x.png) [y](y.md) ![](x.png)"
	d.Refs = []Ref{{Start: 4, End: 9, File: "x.png"}, {Start: 15, End: 19, Document: "gone.md"}, {Start: 25, End: 30, File: "x.png"}}
	body, files := render(d, map[string]SourceFile{"x.png": {File: File{Sum: sum}}}, map[string]string{})
	if body != "![](file:"+sum+") [y](y.md) ![](file:"+sum+")" || len(files) != 1 {
		t.Errorf("%s, %v", body, files)
	}
	other := "file:" + strings.Repeat("cd", 32) // as a lock file has it
	linked := LinkFiles(body+" file:ab "+other, sum, func(sum string) string { return "/f/" + sum[:2] })
	if linked != "![](/f/ab) [y](y.md) ![](/f/ab) file:ab "+other {
		t.Error(linked)
	}
	if linked := LinkFiles(other, "", nil); linked != other {
		t.Error(linked)
	}
}

func TestAMediaTypeIsNamedOnlyWhereNameAndContentAgree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, sniffed, head, want string }{
		{"a.png", "image/png", "", "image/png"},
		{"a.txt", "image/png", "", "image/png"},
		{"a.png", "text/html; charset=utf-8", "<html>", AnyMediaType},
		{"a.html", "text/html; charset=utf-8", "<html>", AnyMediaType},
		{"a.htm", "text/plain; charset=utf-8", "hello", AnyMediaType},
		{"a.txt", "text/html; charset=utf-8", "<html>", AnyMediaType},
		{"a.py", "text/plain; charset=utf-8", "print(1)", plainText},
		{"a.py", "text/plain; charset=utf-8", "caf\xe9 x", AnyMediaType},
		{"a.csv", "text/plain; charset=utf-8", "caf\xc3", plainText},
		{"a.svg", "text/xml; charset=utf-8", "<?xml?><SVG>", svg},
		{"a.svg", "text/plain; charset=utf-8", "no", AnyMediaType},
		{"a.js", "text/plain; charset=utf-8", "x", plainText},
		{"a.pdf", "application/pdf", "%PDF", "application/pdf"},
		{"a.exe", "application/octet-stream", "MZ", AnyMediaType},
		{"Makefile", "text/plain; charset=utf-8", "all:", plainText},
	} {
		if got := MediaTypeOf(c.name, c.sniffed, []byte(c.head)); got != c.want {
			t.Errorf("%s as %s: %s, want %s", c.name, c.sniffed, got, c.want)
		}
	}
	if Inline(AnyMediaType) || Inline("text/html") || !Inline(svg) || !Inline("image/png") {
		t.Error("what may be shown")
	}
}

func TestBatchesAreNeitherTooManyNorTooLarge(t *testing.T) {
	t.Parallel()
	var entries []*SourceEntry
	for i := range 250 {
		entries = append(entries, &SourceEntry{Path: fmt.Sprint(i)})
	}
	entries[10].Body, entries[11].Body = strings.Repeat("x", batchBytes), "y"
	var sizes []int
	total := 0
	for _, b := range batches(entries) {
		sizes, total = append(sizes, len(b)), total+len(b)
	}
	if total != 250 || !slices.Equal(sizes, []int{11, 100, 100, 39}) {
		t.Errorf("%v", sizes)
	}
}

func TestAMovedDocumentStaysTheSameItem(t *testing.T) {
	t.Parallel()
	linked := func(folder string) *Source { // two lessons that point at each other, and one that stays
		one, two := lesson(folder+"/one.md", folder+"/one", "en"), lesson(folder+"/two.md", folder+"/two", "en")
		one.Body, two.Body = "See two.", "See one."
		one.Refs, two.Refs = []Ref{{Start: 4, End: 7, Document: two.Path}}, []Ref{{Start: 4, End: 7, Document: one.Path}}
		return &Source{Language: "en", Documents: []*Document{lesson("a.md", "a", "en"), one, two}}
	}
	first := planImport(command(), linked("old"), nil, map[string]bool{}, newIDs)
	known := imported(t, first)
	second := planImport(command(), linked("new"), known, map[string]bool{}, newIDs)
	if len(second.added) != 0 || len(second.changed) != 2 || second.moved != 2 || second.unchanged != 1 || len(second.gone) != 0 || len(second.folders) != 0 {
		t.Fatalf("%+v", second)
	}
	for i, e := range second.changed {
		was := first.added[i+1]
		if e.ItemID != was.ItemID || e.Slug != was.Slug || e.Body != was.Body || e.Path == was.Path {
			t.Errorf("%+v was %+v", e, was)
		}
	}
	again := append(imported(t, second), known[0])
	if third := planImport(command(), linked("new"), again, map[string]bool{}, newIDs); len(third.changed)+len(third.added)+len(third.gone) != 0 || third.unchanged != 3 {
		t.Errorf("%+v", third)
	}
}

func TestWhatReadsTheSameIsTakenForMovedOnlyWhereItIsPlain(t *testing.T) {
	t.Parallel()
	doc := func(path, body string) *Document {
		d := lesson(path, strings.TrimSuffix(path, ".md"), "en")
		d.Body = body
		return d
	}
	for name, c := range map[string]struct {
		before, after []*Document
		unread        string
		forget        bool              // imported before likeness was kept
		want          map[string]string // new path: old path
	}{
		"another name":        {before: []*Document{doc("x/a.md", "A")}, after: []*Document{doc("y/b.md", "A")}, want: map[string]string{"y/b.md": "x/a.md"}},
		"another text":        {before: []*Document{doc("x/a.md", "A")}, after: []*Document{doc("y/a.md", "B")}},
		"a copy":              {before: []*Document{doc("x/a.md", "A")}, after: []*Document{doc("x/a.md", "A"), doc("y/a.md", "A")}},
		"two, by their names": {before: []*Document{doc("x/a.md", "A"), doc("x/b.md", "A")}, after: []*Document{doc("y/a.md", "A"), doc("y/b.md", "A")}, want: map[string]string{"y/a.md": "x/a.md", "y/b.md": "x/b.md"}},
		"two, of other names": {before: []*Document{doc("x/a.md", "A"), doc("x/b.md", "A")}, after: []*Document{doc("y/c.md", "A")}},
		"cannot be read":      {before: []*Document{doc("x/a.md", "A")}, after: []*Document{doc("y/a.md", "A")}, unread: "x/a.md"},
		"not known":           {before: []*Document{doc("x/a.md", "A")}, after: []*Document{doc("y/a.md", "A")}, forget: true},
	} {
		known := imported(t, planImport(command(), &Source{Language: "en", Documents: c.before}, nil, map[string]bool{}, newIDs))
		for i := range known {
			if c.forget {
				known[i].Likeness = nil
			}
		}
		got := map[string]string{}
		for to, from := range movedFrom(&Source{Language: "en", Documents: c.after, Unread: map[string]bool{c.unread: true}}, known) {
			got[to] = from.Path
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestATargetNamesAnItemOrAFileOrNeither(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("0f", 32)
	for target, want := range map[string][3]string{
		"item:a-b#p": {"a-b", "p", ""}, "item:a-b": {"a-b", "", ""}, "item:A b": {}, "item:": {}, "items:a": {}, "file:" + sum: {"", "", sum}, "file:" + sum + "#page=2": {"", "", sum},
		"file:" + sum + "0": {}, "file:///etc/passwd": {}, "https://a/item:b": {},
	} {
		slug, fragment := ItemOf(target)
		if got := [3]string{slug, fragment, FileOf(target)}; got != want {
			t.Errorf("%s: %q", target, got)
		}
	}
}

func TestATextThatIsNestedDeeperThanAnybodyWouldIsKnown(t *testing.T) {
	t.Parallel()
	for text, deep := range map[string]bool{
		strings.Repeat(">", 101): true, strings.Repeat("- ", 101): true, "a\n" + strings.Repeat("1. ", 200): true, strings.Repeat("> * 1) ", 40): true,
		strings.Repeat(">", 100): false, strings.Repeat("*", 500): false, strings.Repeat("-", 500): false, strings.Repeat("a > ", 500): false, strings.Repeat("> a\n", 500): false, "": false,
		strings.Repeat("1.", 500): false,
	} {
		if NestedTooDeeply(text) != deep {
			t.Errorf("%.20q…: %v", text, !deep)
		}
	}
}

func TestThousandsOfDocumentsThatAskForOneSlugGetOneEach(t *testing.T) {
	t.Parallel()
	taken := map[string]bool{"a-3": true}
	given := map[string]bool{}
	for range 20_000 {
		given[freeSlug("a", taken)] = true
	}
	if len(given) != 20_000 || !given["a"] || !given["a-2"] || given["a-3"] || !given["a-20001"] {
		t.Errorf("%d slugs", len(given))
	}
}
