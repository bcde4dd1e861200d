package commands_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lyceum/db/dbtest"
)

func TestAnImportEndsWhenItIsToldToAndIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	dir, d := t.TempDir(), dbtest.New(t)
	if err := os.Mkdir(filepath.Join(dir, "course"), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "course", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.md", "# A")
	settings := []string{"DATABASE_URL=" + d.URL, "DATABASE_APP_URL=" + d.AppURL}
	begin := func() (wait func(told os.Signal) (int, string)) {
		t.Helper()
		cmd, out := command(t, dir, settings, "import", "course", "--create"), &output{}
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return func(told os.Signal) (int, string) {
			if told != nil {
				if err := cmd.Process.Signal(told); err != nil {
					t.Fatal(err)
				}
			}
			_ = cmd.Wait() // the exit code says it
			return cmd.ProcessState.ExitCode(), out.String()
		}
	}
	// The import waits for a table while it writes.
	owner, err := sql.Open("postgres", d.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	for _, told := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		tx, err := owner.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), `lock table content_categories in access exclusive mode`); err != nil {
			t.Fatal(err)
		}
		wait := begin()
		for waiting, end := false, time.Now().Add(time.Minute); !waiting; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				code, out := wait(syscall.SIGKILL)
				t.Fatalf("the import does not come to wait: exit code %d, %s", code, out)
			}
			if err := owner.QueryRowContext(t.Context(), `select exists (select from pg_locks where not granted and relation = 'content_categories'::regclass and database = (select oid from pg_database where datname = current_database()))`).Scan(&waiting); err != nil {
				t.Fatal(err)
			}
		}
		code, out := wait(told)
		if code != 130 || !strings.Contains(out, "interrupted") || !strings.Contains(out, "the same command completes it") {
			t.Errorf("%v: exit code %d, %s", told, code, out)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	if code, out := begin()(nil); code != 0 || !strings.Contains(out, "1 new") {
		t.Errorf("afterwards: exit code %d, %s", code, out)
	}
}
