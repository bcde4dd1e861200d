//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lyceum/db"
	"lyceum/db/embedded"
)

// A database of one's own is a cluster whose log the real pgBackRest archives; a copy of it is restored elsewhere and opened.
func TestPgBackRestBacksADatabaseUpAndLyceumOpensWhatItRestores(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pgbackrest"); err != nil {
		t.Fatal("the test needs pgBackRest (apt-get install pgbackrest)")
	}
	program := built(t)
	home := t.TempDir()
	for path := home; path != "/"; path = filepath.Dir(path) { // the server may run as somebody else
		_ = os.Chmod(path, 0o755) // it needs to be entered
	}
	repository, logs := filepath.Join(home, "repository"), filepath.Join(home, "log")
	for _, folder := range []string{repository, logs, filepath.Join(home, "socket"), filepath.Join(home, "spool"), filepath.Join(home, "lock")} {
		if err := os.Mkdir(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		_ = os.Chmod(folder, 0o777) // likewise
	}
	config := filepath.Join(home, "pgbackrest.conf")
	start := func(name string, more map[string]string) *embedded.Server {
		settings := map[string]string{
			"unix_socket_directories": filepath.Join(home, "socket"), "archive_mode": "on",
			"archive_command": "pgbackrest --config=" + config + " --stanza=lyceum archive-push %p",
		}
		for k, v := range more {
			settings[k] = v
		}
		server, err := embedded.Start(t.Context(), embedded.Options{Dir: filepath.Join(home, name), Cache: home, Settings: settings})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = server.Stop() })
		return server
	}
	first := start("first", nil)
	u, err := url.Parse(first.SuperuserURL())
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	lyceum := func(database string, args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir = filepath.Join(home, "lyceum")
		_ = os.MkdirAll(cmd.Dir, 0o700)
		cmd.Env = append(os.Environ(), "DATABASE_URL="+database, "PGPASSWORD="+password, "PGUSER=postgres")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	pgbackrest := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "pgbackrest", append([]string{"--config=" + config, "--stanza=lyceum"}, args...)...)
		cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("pgbackrest %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	printed, err := exec.CommandContext(t.Context(), program, "backup", "pgbackrest", "--data="+filepath.Join(home, "first", "data"), "--repository="+repository,
		"--socket="+filepath.Join(home, "socket"), fmt.Sprintf("--port=%d", first.Port())).Output()
	if err != nil {
		t.Fatal(err)
	}
	written := bytes.Replace(printed, []byte("[global]\n"), []byte("[global]\nlog-path="+logs+"\nlock-path="+filepath.Join(home, "lock")+
		"\nspool-path="+filepath.Join(home, "spool")+"\n"), 1)
	written = bytes.Replace(written, []byte("[lyceum]\n"), []byte("[lyceum]\npg1-user=postgres\n"), 1)
	if err := os.WriteFile(config, written, 0o644); err != nil { // the server may run as somebody else
		t.Fatal(err)
	}

	if out, err := lyceum(first.SuperuserURL(), "migrate", "--create"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if out, err := lyceum(first.SuperuserURL(), "demo"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	pgbackrest("stanza-create")
	if out, err := lyceum(first.SuperuserURL(), "backup", "--config="+config); err == nil || !strings.Contains(out, "has none yet") {
		t.Errorf("without a backup: %v %s", err, out)
	}
	pgbackrest("--type=full", "backup")
	out, err := lyceum(first.SuperuserURL(), "backup", "--config="+config)
	if err != nil || !strings.Contains(out, "its newest backup is ") {
		t.Fatalf("%v %s", err, out)
	}
	d, err := db.Open(t.Context(), db.Config{URL: first.SuperuserURL(), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	var noted, sessions int
	if err := d.GetContext(t.Context(), &noted, `select count(*) from backups where kind = 'pgbackrest' and state = 'whole'`); err != nil || noted != 1 {
		t.Errorf("%d backups are noted, %v", noted, err)
	}
	if _, err := d.ExecContext(t.Context(), `insert into user_sessions (user_id, session_token, data, expires_at)
		select id, 'of before', '', now() + interval '1 day' from users limit 1`); err != nil {
		t.Fatal(err)
	}
	_ = d.Close()
	if err := first.Stop(); err != nil { // its last segment is archived
		t.Fatal(err)
	}

	if err := os.MkdirAll(filepath.Join(home, "second", "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	pgbackrest("--pg1-path="+filepath.Join(home, "second", "data"), "restore")
	if err := os.WriteFile(filepath.Join(home, "second", "postgres.password"), []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := start("second", map[string]string{"archive_mode": "off", "hot_standby": "off"})
	const noticed = "critical timeline: the database is on timeline 2 and the school knows 1"
	if out, _ = lyceum(second.SuperuserURL(), "doctor"); !strings.Contains(out, noticed) {
		t.Errorf("nobody notices that the database was restored: %s", out)
	}
	if out, err = lyceum(second.SuperuserURL(), "restored", "--backup=the newest"); err != nil || !strings.Contains(out, "sessions") {
		t.Fatalf("%v %s", err, out)
	}
	if out, _ = lyceum(second.SuperuserURL(), "doctor"); strings.Contains(out, "timeline") || !strings.Contains(out, "critical seals") {
		t.Errorf("after lyceum restored: %s", out)
	}
	d, err = db.Open(t.Context(), db.Config{URL: second.SuperuserURL(), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	var came bool
	if err := d.GetContext(t.Context(), &came, `select exists (select from user_sessions where session_token = 'of before')`); err != nil || !came {
		t.Errorf("the last write is restored: %v, %v", came, err)
	}
	if err := d.GetContext(t.Context(), &sessions, `select count(*) from user_sessions where is_active`); err != nil || sessions != 0 {
		t.Errorf("%d sessions are active, %v", sessions, err)
	}
}

// built builds the program into a folder that others may enter.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lyceum")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "lyceum").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	return path
}
