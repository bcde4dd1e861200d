//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lyceum/db/dbtest"
)

// startBouncer starts a real PgBouncer before the server of a database URL, and returns its address.
func startBouncer(t *testing.T, databaseURL, mode, ignore string) string {
	t.Helper()
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Fatal("no PgBouncer was found; install it (apt-get install pgbouncer)")
	}
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "lyceum-pgbouncer") // which another user may enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	address := dbtest.FreeAddress(t)
	password, _ := u.User.Password()
	config, users := filepath.Join(dir, "pgbouncer.ini"), filepath.Join(dir, "users.txt")
	text := fmt.Sprintf("[databases]\n* = host=127.0.0.1 port=%s\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %s\nunix_socket_dir =\n"+
		"auth_type = plain\nauth_file = %s\npool_mode = %s\nignore_startup_parameters = %s\n", u.Port(), portOf(address), users, mode, ignore)
	for name, content := range map[string]string{config: text, users: fmt.Sprintf("%q %q\n", u.User.Username(), password)} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var log said
	cmd := exec.Command(path, config)
	cmd.Stdout, cmd.Stderr = &log, &log
	if os.Getuid() == 0 { // it refuses to run as root
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return address
		}
		if time.Now().After(end) {
			t.Fatalf("PgBouncer does not answer: %s", log.String())
		}
	}
}

func TestAConnectionThroughPgBouncerIsRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "lyceum")
	if text, err := exec.Command("go", "build", "-o", program, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	dropped := "extra_float_digits, statement_timeout, lock_timeout, idle_in_transaction_session_timeout, plan_cache_mode, lyceum.direct"
	for name, c := range map[string]struct{ mode, ignore string }{
		"transactions":                      {"transaction", "extra_float_digits"},
		"sessions":                          {"session", "extra_float_digits"},
		"transactions, told to drop limits": {"transaction", dropped},
		"sessions, told to drop limits":     {"session", dropped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t)
			u, err := url.Parse(d.URL)
			if err != nil {
				t.Fatal(err)
			}
			u.Host = startBouncer(t, d.URL, c.mode, c.ignore)
			for _, command := range []string{"serve", "migrate"} {
				cmd := exec.Command(program, command)
				cmd.Env = append(os.Environ(), "DATABASE_URL="+u.String(), "LYCEUM_DATA_DIR="+t.TempDir(), "LYCEUM_LISTEN=127.0.0.1:0", "LYCEUM_OPS_LISTEN=127.0.0.1:0")
				began := time.Now()
				text, err := cmd.CombinedOutput()
				lines := strings.Split(strings.TrimSpace(string(text)), "\n")
				if err == nil || len(lines) != 2 || !strings.Contains(lines[1], "PgBouncer or another pooler, which is not supported") {
					t.Errorf("%s: %v %s", command, err, text)
				}
				if took := time.Since(began); took > 15*time.Second {
					t.Errorf("%s said so after %s", command, took)
				}
			}
		})
	}
}
