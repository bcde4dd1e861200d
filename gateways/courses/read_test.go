package courses_test

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"lyceum/domain/content"
	"lyceum/gateways/courses"
)

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

// folder makes a file system of paths and texts.
func folder(files map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for name, text := range files {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

func read(t *testing.T, fsys fs.FS) *content.Source {
	t.Helper()
	s, err := courses.Read(t.Context(), fsys, courses.Options{Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func find(t *testing.T, s *content.Source, path string) *content.Document {
	t.Helper()
	for _, d := range s.Documents {
		if d.Path == path {
			return d
		}
	}
	t.Fatalf("%s was not read: %+v", path, s.Faults)
	return nil
}

func said(list []content.Remark, path, words string) bool {
	return slices.ContainsFunc(list, func(m content.Remark) bool { return m.Path == path && strings.Contains(m.Reason, words) })
}

func TestATitleComesFromTheFrontMatterElseTheFirstHeadingElseTheName(t *testing.T) {
	t.Parallel()
	s := read(t, folder(map[string]string{
		"a.md":               "---\ntitle: From the matter\ndescription: In short.\ntags: [Deep Learning, nlp]\nlevel: 2\nminutes: 7\ndraft: true\n---\n# A heading\n\nText.",
		"b.md":               "Before.\n\n## The *first* `heading` [[anchor]]\n\n# Another",
		"first-steps.md":     "Text only.",
		"c/README.md":        "<h1 align=\"center\">A <b>folder</b></h1>\n\nText.",
		"d.md":               "\ufeff---\r\ntitle: Windows\r\n---\r\n\r\nLine\r\nline\r\n",
		"line.md":            "---\n\nA line across the page: no front matter.\n\n---\n\nMore.",
		"code.md":            "```sh\n# no heading\n```\n\n# The heading\n",
		"setext.md":          "The heading\n===========\n",
		"node_modules/x.md":  "# no",
		".github/x.md":       "# no",
		"LICENSE.md":         "# no",
		"docs/SECURITY.md":   "# Security lesson",
		"SECURITY.md":        "# no",
		"CONTRIBUTING.fr.md": "# no",
	}))
	for path, title := range map[string]string{
		"a.md": "From the matter", "b.md": "The first heading", "first-steps.md": "first steps", "c/README.md": "A folder", "d.md": "Windows",
		"line.md": "line", "code.md": "The heading", "setext.md": "The heading", "docs/SECURITY.md": "Security lesson",
	} {
		if d := find(t, s, path); d.Title != title {
			t.Errorf("%s: %q, want %q", path, d.Title, title)
		}
	}
	if len(s.Documents) != 9 || s.Folders["c"] != "A folder" {
		t.Errorf("%d documents, folders %v", len(s.Documents), s.Folders)
	}
	a := find(t, s, "a.md")
	if a.Summary != "In short." || !slices.Equal(a.Tags, []string{"deep learning", "nlp"}) || *a.Level != 2 || a.Seconds != 420 || !a.Draft || a.Body != "# A heading\n\nText." {
		t.Errorf("%+v", a)
	}
	if d := find(t, s, "d.md"); d.Body != "Line\nline\n" {
		t.Errorf("%q", d.Body)
	}
}

func TestAPreviewIsTheFirstParagraphsInPlainText(t *testing.T) {
	t.Parallel()
	s := read(t, folder(map[string]string{"a.md": "# T\n\n[![badge](b.svg)](https://x.example)\n\nAn *important* [link](https://x.example) and ![no](i.png) `code` &amp; more, which is long enough. Next sentence.\n\n| a | b |\n|---|---|\n\n```\nno\n```\n\nSecond.\n"}))
	d := find(t, s, "a.md")
	if d.Preview != "An important link and code & more, which is long enough. Next sentence.\n\nSecond." {
		t.Errorf("%q", d.Preview)
	}
	if d.Summary != "An important link and code & more, which is long enough." {
		t.Errorf("%q", d.Summary)
	}
}

func TestWhatCannotBeReadIsNamedWithItsReason(t *testing.T) {
	t.Parallel()
	s := read(t, folder(map[string]string{
		"good.md": "# Good", "latin.md": "caf\xe9", "nul.md": "a\x00b",
		"utf16.md": "\xff\xfea\x00", "large.md": strings.Repeat("word ", 300_000), "empty.md": "", "blank.md": " \n\n", "broken.ipynb": `{"cells": [`, "none.ipynb": `{"a": 1}`,
		"nested.md": strings.Repeat("> ", 5000),
	}))
	if len(s.Documents) != 1 {
		t.Errorf("%d documents", len(s.Documents))
	}
	for path, words := range map[string]string{
		"latin.md": "UTF-8", "nul.md": "NUL", "utf16.md": "UTF-16", "large.md": "too large", "broken.ipynb": "no notebook",
		"none.ipynb": "no cells", "nested.md": "nested",
	} {
		if !said(s.Faults, path, words) || !s.Unread[path] {
			t.Errorf("%s is not named: %v", path, s.Faults)
		}
	}
	if !said(s.Notes, "empty.md", "empty") || !said(s.Notes, "blank.md", "empty") || len(s.Faults) != 7 {
		t.Errorf("%v\n%v\n%v", s.Faults, s.Dead, s.Notes)
	}
}

func TestLanguagesAreFoundByThePlacesWhereCoursesKeepThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ path, key, language string }{
		"the original":                  {"01-intro/README.md", "01-intro/README", "en"},
		"translations":                  {"translations/zh-CN/01-intro/README.md", "01-intro/README", "zh-CN"},
		"a site's docs":                 {"docs/start.md", "docs/start", "en"},
		"a site's translated docs":      {"i18n/fr/docusaurus-plugin-content-docs/current/start.md", "docs/start", "fr"},
		"folders side by side":          {"chapters/fr/c1/1.mdx", "chapters/c1/1", "fr"},
		"folders with a country's code": {"chapters/kr/c1/1.mdx", "chapters/c1/1", "ko"},
		"the school's own":              {"chapters/en/c1/1.mdx", "chapters/c1/1", "en"},
		"a suffix":                      {"pages/about.pt-BR.md", "pages/about", "pt-BR"},
		"a suffix of the school's own":  {"pages/about.en.md", "pages/about", "en"},
		"a suffix with nothing beside":  {"pages/notes.ml.md", "pages/notes.ml", "en"},
		"a readme":                      {"x/README_ja.md", "x/README", "ja"},
		"subjects, not languages":       {"topics/ml/a.md", "topics/ml/a", "en"},
		"beside the school's own":       {"book/de/b.md", "book/b", "de"},
		"only there":                    {"book/de/only.md", "book/only", "de"},
		"a subject with a readme":       {"book/it/README.md", "book/it/README", "en"},
	} {
		s := read(t, folder(map[string]string{
			"01-intro/README.md": "# A", "translations/zh-CN/01-intro/README.md": "# A", "docs/start.md": "# A", "topics/ml/a.md": "# A", "topics/cv/a.md": "# A",
			"i18n/fr/docusaurus-plugin-content-docs/current/start.md": "# A", "chapters/fr/c1/1.mdx": "# A", "chapters/kr/c1/1.mdx": "# A", "chapters/en/c1/1.mdx": "# A",
			"pages/about.pt-BR.md": "# A", "pages/about.en.md": "# A", "pages/notes.ml.md": "# A", "x/README.md": "# A", "x/README_ja.md": "# A",
			"book/README.md": "# A", "book/a.md": "# A", "book/b.md": "# A", "book/de/a.md": "# A", "book/de/b.md": "# A", "book/de/only.md": "# A", "book/it/README.md": "# A",
		}))
		if d := find(t, s, c.path); d.Key != c.key || d.Language != c.language {
			t.Errorf("%s: %s in %s", name, d.Key, d.Language)
		}
	}
}

func TestNoLinkLeadsOutOfTheFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret.png")
	if err := os.WriteFile(secret, []byte(png+"secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a.md": "![](link.png) ![](../../secret.png) [x](%2e%2e/%2e%2e/etc/passwd) ![](inside.png)", "real.png": png} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"link.png": secret, "inside.png": "real.png", "linked.md": secret, "up": ".."} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	s := read(t, root.FS())
	if len(s.Documents) != 1 || len(s.Files) != 1 || s.Files["inside.png"].Bytes != int64(len(png)) {
		t.Errorf("%d documents, files %v", len(s.Documents), s.Files)
	}
	if !said(s.Dead, "a.md", "link.png") || len(s.Faults) > 0 || !said(s.Notes, "a.md", "out of the folder") || !said(s.Notes, "linked.md", "symbolic link") {
		t.Errorf("%v\n%v\n%v", s.Faults, s.Dead, s.Notes)
	}
}

func TestReadingEndsWhenItIsToldTo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := courses.Read(ctx, folder(map[string]string{"a.md": "# A"}), courses.Options{Language: "en"}); err == nil {
		t.Error("it went on")
	}
}

func TestAFileIsTooLargeForTheStoreAndTheDocumentIsReadAllTheSame(t *testing.T) {
	t.Parallel()
	s := read(t, folder(map[string]string{"a.md": "![](big.png) ![](small.png)", "big.png": png + strings.Repeat("x", 20<<20), "small.png": png}))
	if d := find(t, s, "a.md"); len(d.Refs) != 1 || d.Refs[0].File != "small.png" || !said(s.Faults, "a.md", "big.png is too large") {
		t.Errorf("%+v, %v", d.Refs, s.Faults)
	}
	f, err := s.Files["small.png"].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if text, err := io.ReadAll(f); err != nil || string(text) != png {
		t.Errorf("%q, %v", text, err)
	}
}
