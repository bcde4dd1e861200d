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
	says(run(1, "--author", "nobody@school.test"), "nobody has the address")
	says(run(2, "--status", "archived"), "status")
	if a := h.ask(`{ contentItem(slug: "course-a") { title body } }`); !strings.Contains(a, `[b](item:course-b)`) {
		t.Error(a)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}
