package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lyceum/db"
)

func TestMonthsOfLogsAreArchivedVerifiedAndBroughtBackByCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	run := func(code int, words ...string) string {
		t.Helper()
		cmd := command(t, dir, nil, words...)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != code {
			t.Fatalf("%q: %v: %s", words, err, out)
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
	_, at, _ := strings.Cut(strings.TrimSpace(run(0, "db", "url")), "\n")
	owner, err := db.Open(t.Context(), db.Config{URL: at, Pool: 1})
	if err != nil {
		t.Fatalf("%q: %v", at, err)
	}
	defer owner.Close()
	// The server archives too, once a day from its start on: what is written after that is left to the commands.
	for ran := false; !ran; time.Sleep(50 * time.Millisecond) {
		if err := owner.GetContext(t.Context(), &ran, "select exists (select from job_runs where kind = 'archive_logs')"); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{
		`insert into login_attempts (created_at, email, status) select '2020-05-01'::timestamptz + n * interval '1 minute', 'ada@test.example', 'failed' from generate_series(1, 50) n`,
		"select ensure_partitions(3)", "select seal_audit()",
	} {
		if _, err := owner.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	says(run(0, "archive", "list"), "no month was archived yet")
	says(run(0, "archive", "verify"), "no month was archived yet")
	says(run(0, "archive", "run"), "login_attempts 2020-05: archived", "1 months archived with 50 rows, 0 dropped")
	says(run(0, "archive"), "login_attempts 2020-05: login_attempts/2020-05-", "50 rows", "detached")
	says(run(0, "archive", "verify"), "is whole")
	says(run(0, "audit", "verify"), "the audit logs are whole", "1 months of them are in archives")
	files, err := filepath.Glob(filepath.Join(dir, ".lyceum", "archives", "login_attempts", "*.parquet"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if info, err := os.Stat(filepath.Join(dir, ".lyceum", "archives")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may look into the archives: %v, %v", info.Mode(), err)
	}
	run(2, "archive", "restore", "login_attempts", "May")
	run(2, "archive", "restore", "users", "2020-05")
	says(run(1, "archive", "restore", "login_attempts", "2020-06"), "has no archive")
	says(run(0, "archive", "restore", "login_attempts", "2020-05"), "login_attempts 2020-05 is back in its log")
	says(run(0, "audit", "verify"), "the audit logs are whole")

	says(run(0, "retention"), "audit_trail", "2555 days (at least 365)")
	says(run(0, "retention", "set", "audit_trail", "1000"), "audit_trail: 1000 days")
	says(run(1, "retention", "set", "audit_trail", "7"), "kept for 365 to 36500 days")
	says(run(1, "retention", "set", "none", "7"), "there is no such rule")
	says(run(0, "maintenance"), "partitions of login_attempts:", "maintenance window: 2 to 5 o'clock in UTC", "indexes shown")
	says(run(0, "maintenance", "show", "--all"), "table public.users:", "index public.users_email_key:")
	says(run(0, "maintenance", "window", "22", "3"), "from 22 to 3 o'clock")
	says(run(1, "maintenance", "window", "3", "3"), "two different hours")
	says(run(0, "maintenance", "reindex"), "0 indexes built anew")
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}
