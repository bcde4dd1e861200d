package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lyceum/db"
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

func TestADatabaseThatWasMovedAndLostNothingIsOpenedAsItWas(t *testing.T) {
	t.Parallel()
	owner, appURL := emptyDatabase(t)
	settings, dir := []string{"DATABASE_URL=" + owner, "DATABASE_APP_URL=" + appURL}, t.TempDir()
	run := func(args ...string) string {
		out, _ := command(t, dir, settings, args...).CombinedOutput() // what a doctor says makes it fail
		return string(out)
	}
	run("migrate")
	d, err := db.Open(t.Context(), db.Config{URL: owner, Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if _, err := d.ExecContext(t.Context(), `update known_timeline set system_identifier = 7`); err != nil {
		t.Fatal(err)
	}
	const line = "critical timeline: the database is in another cluster"
	if out := run("doctor"); !strings.Contains(out, line) {
		t.Errorf("nobody notices: %s", out)
	}
	if out := run("restored", "--nothing-lost"); strings.Contains(out, "sessions") {
		t.Errorf("it ends something: %s", out)
	}
	if out := run("doctor"); strings.Contains(out, "timeline") || !strings.Contains(out, "durability") {
		t.Errorf("it is noticed still: %s", out)
	}
	if n := texts(t, d, `select id::text from epochs`); len(n) != 0 {
		t.Errorf("%d epochs", len(n))
	}
}
