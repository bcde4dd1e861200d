package commands_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWhatAnotherProgramRestoredOpensNoLinkOfBefore(t *testing.T) {
	t.Parallel()
	owner, appURL := emptyDatabase(t)
	settings, dir := []string{"DATABASE_URL=" + owner, "DATABASE_APP_URL=" + appURL}, t.TempDir()
	if out, err := command(t, dir, settings, "migrate").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data := filepath.Join(dir, ".lyceum")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"links.key", "files.key", "app.password"} {
		if err := os.WriteFile(filepath.Join(data, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := command(t, dir, settings, "restored", "--backup=a label").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	left, err := os.ReadDir(data)
	if err != nil || len(left) != 1 || left[0].Name() != "app.password" {
		t.Errorf("%v, %v", left, err)
	}
}
