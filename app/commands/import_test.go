package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAFolderIsImportedFromTheCommandLineAgainAndAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"a.md": "# A\n\n[b](b.md)", "b.md": "# B", "broken.ipynb": "{"} {
		if err := os.MkdirAll(filepath.Join(dir, "course"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "course", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := open(t, dir) // an import works beside a school that is open
	run := func(wantCode int, words ...string) string {
		t.Helper()
		cmd := command(t, dir, nil, append([]string{"import", "course"}, words...)...)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != wantCode {
			t.Fatalf("%v: %v\n%s", words, err, out)
		}
		return string(out)
	}
	says := func(out string, all ...string) {
		t.Helper()
		for _, words := range all {
			if !strings.Contains(out, words) {
				t.Errorf("it does not say %q:\n%s", words, out)
			}
		}
	}
	says(run(1, "--dry-run"), "nothing was changed", "2 new")
	says(run(1), "2 new", "2 of the new items are drafts", `"broken.ipynb": is no notebook`)
	if err := os.Remove(filepath.Join(dir, "course", "broken.ipynb")); err != nil {
		t.Fatal(err)
	}
	out := run(0)
	says(out, "0 new", "2 unchanged")
	if strings.Contains(out, "reading") || strings.Contains(out, "\r") {
		t.Errorf("there is a bar without a terminal:\n%s", out)
	}
	says(run(0, "--status", "published", "--existing"), "2 given the level and status")
	says(run(1, "--author", "nobody@school.test"), "no user has the address")
	says(run(2, "--status", "archived"), "status")
	if a := h.ask(`{ contentItem(slug: "course-a") { title body } }`); !strings.Contains(a, `[b](item:course-b)`) {
		t.Error(a)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}

// importing writes files into a folder, and answers what runs import there.
func importing(t *testing.T, dir string, files map[string]string) (run func(wantCode int, words ...string) string) {
	t.Helper()
	for name, text := range files {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(wantCode int, words ...string) string {
		t.Helper()
		cmd := command(t, dir, nil, append([]string{"import"}, words...)...)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != wantCode {
			t.Fatalf("%v: %v\n%s", words, err, out)
		}
		return string(out)
	}
}

func TestTheHintOfAnImportRepeatsWhatWasChosenAndAFlagThatWasNotGivenChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := importing(t, dir, map[string]string{"a course/a.md": "# A\n\nThe paid words.", "a course/b.md": "---\nlang: fr\n---\n# B"})
	h := open(t, dir)
	out := run(0, "a course", "--level", "3", "--language", "de")
	_, hint, found := strings.Cut(out, "  lyceum import ")
	hint, _, _ = strings.Cut(hint, "\n")
	if !found || hint != "'"+filepath.Join(dir, "a course")+"' --level 3 --language de --status published --existing" {
		t.Fatalf("the hint: %s", out)
	}
	look := func() string {
		t.Helper()
		return h.ask(`{ a: contentItem(slug: "a-course-a") { accessLevel language preview } b: contentItem(slug: "a-course-b-fr") { accessLevel language preview } }`)
	}
	const want = `{"a":{"accessLevel":3,"language":"de","preview":""},"b":{"accessLevel":3,"language":"fr","preview":""}}`
	run(0, "a course", "--status", "published", "--existing") // less than the hint says
	if a := look(); !strings.Contains(a, want) {
		t.Errorf("published: %s", a)
	}
	run(0, "a course", "--level", "3", "--language", "de", "--status", "published", "--existing")
	run(0, "a course")
	run(0, "a course", "--status", "draft", "--level", "0") // of new items, and there are none
	if a := look(); !strings.Contains(a, want) {
		t.Errorf("imported again: %s", a)
	}
	run(0, "a course", "--level", "1", "--existing")
	if a := look(); !strings.Contains(a, `"accessLevel":1`) || strings.Contains(a, `"accessLevel":3`) {
		t.Errorf("a level alone: %s", a)
	}
	if out := run(1, "a course", "--existing"); !strings.Contains(out, "what existing items are to get") {
		t.Errorf("nothing is given: %s", out)
	}
	for _, level := range []string{"--level=-1", "--level=1001"} {
		if out := run(2, "a course", level); !strings.Contains(out, "--level must be 0 to 1000") {
			t.Errorf("%s: %s", level, out)
		}
	}
	for _, words := range [][]string{{"--level", "three"}, {"--level", ""}, {"--status", ""}, {"--status", "Published"}} {
		run(2, append([]string{"a course"}, words...)...)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}

func TestWhatWasNotReadWhatIsClosedWhatLeadsNowhereAndWhatWasLeftOutAreToldApart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := importing(t, dir, map[string]string{
		"one/a.md": "# A\n\n[b](gone.md) ![](gone.png) [c](../../out.md)", "two/c.md": "---\nlevel: three\n---\n# C", "two/d.md": "---\npaid: true\n---\n# D",
		"three/e.ipynb": "{", "three/f.md": "# F",
	})
	h := open(t, dir)
	out := run(0, "one", "--status", "published")
	for _, said := range []string{"\n2 lead nowhere:\n  \"a.md\": the link gone.md leads nowhere\n  \"a.md\": the image gone.png is missing\n", "\n1 left out, or left as they are:\n  \"a.md\": the link ../../out.md leads out"} {
		if !strings.Contains(out, said) {
			t.Errorf("%q is not said:\n%s", said, out)
		}
	}
	if strings.Contains(out, "could not be read") || strings.Contains(out, "not understood") {
		t.Errorf("a dead link is a fault:\n%s", out)
	}
	out = run(1, "two", "--status", "published")
	for _, said := range []string{"2 of the new items are drafts", "2 not understood, about access, status or dates (drafts, until somebody publishes them):\n  \"c.md\": level: \"three\" is no level", "\"d.md\": paid: says that it is not for nothing", "lyceum: not everything that documents say about access"} {
		if !strings.Contains(out, said) {
			t.Errorf("%q is not said:\n%s", said, out)
		}
	}
	if out = run(1, "two", "--level", "2"); strings.Contains(out, "d.md") || !strings.Contains(out, "2 unchanged") {
		t.Errorf("d has a level now:\n%s", out)
	}
	if out = run(1, "three"); !strings.Contains(out, "1 could not be read") || !strings.Contains(out, "lyceum: not everything could be read") || strings.Contains(out, "not understood") {
		t.Errorf("a broken notebook:\n%s", out)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}
