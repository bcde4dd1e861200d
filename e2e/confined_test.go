//go:build e2e

package e2e

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lyceum/db/dbtest"
)

// known is the user nobody of Debian: initdb wants to know its user's name.
const known = 65534

// confined runs programs with the system calls that the unit of the service leaves it, as a user who is nobody else's.
type confined struct {
	t   *testing.T
	dir string
	env []string
}

func (c confined) command(args ...string) *exec.Cmd {
	// Debian's own Python has libseccomp's module.
	cmd := exec.CommandContext(c.t.Context(), "/usr/bin/python3", append([]string{filepath.Join(c.dir, "confine.py"), filepath.Join(c.dir, "lyceum.service")}, args...)...)
	cmd.Dir, cmd.Env = c.dir, c.env
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: known, Gid: known}}
	}
	return cmd
}

func TestTheServiceWorksWithTheSystemCallsOfItsUnit(t *testing.T) {
	t.Parallel()
	if out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", "import seccomp").CombinedOutput(); err != nil {
		t.Fatalf("libseccomp's module is needed (apt-get install python3-seccomp): %v %s", err, out)
	}
	address := dbtest.FreeAddress(t)
	c := confined{t: t, dir: t.TempDir()}
	c.env = append(os.Environ(), "HOME="+c.dir, "LYCEUM_DATA_DIR="+filepath.Join(c.dir, "data"), "LYCEUM_BACKUP=file://"+filepath.Join(c.dir, "backup"),
		"LYCEUM_LISTEN="+address, "LYCEUM_OPS_LISTEN=127.0.0.1:0")
	for path := c.dir; path != "/"; path = filepath.Dir(path) {
		_ = os.Chmod(path, 0o755) // somebody else enters it
	}
	for name, from := range map[string]string{"lyceum": shippedProgram(t), "confine.py": "confine.py", "lyceum.service": "../deploy/systemd/lyceum.service"} {
		text, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(c.dir, name), text, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if os.Getuid() == 0 {
		if err := os.Chown(c.dir, known, known); err != nil {
			t.Fatal(err)
		}
	}
	// Whoever sees this succeed is not confined.
	if out, err := c.command("/usr/bin/renice", "-n", "1", "-p", "0").CombinedOutput(); err == nil || !bytes.Contains(out, []byte("not permitted")) {
		t.Fatalf("a call that the unit takes away is made: %v %s", err, out)
	}

	program := filepath.Join(c.dir, "lyceum")
	server := c.command(program)
	var log said
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	t.Cleanup(func() { _ = server.Process.Kill() })
	for end := time.After(2 * time.Minute); !strings.Contains(log.String(), "a restore was tried and passed"); {
		select {
		case err := <-ended:
			t.Fatalf("it ended with %v: %s", err, log.String())
		case <-end:
			t.Fatalf("it does not get as far as a backup and a drill: %s", log.String())
		case <-time.After(200 * time.Millisecond):
		}
	}
	response, err := http.Post("http://"+address+"/graphql", "application/json", strings.NewReader(`{"query": "{ contentItems(first: 1) { totalCount } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("it answers %s", response.Status)
	}
	for _, args := range [][]string{{"backup"}, {"backup", "verify"}, {"audit", "verify"}} {
		if out, err := c.command(append([]string{program}, args...)...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	_ = server.Process.Signal(syscall.SIGTERM)
	if err := <-ended; err != nil {
		t.Errorf("it ends with %v", err)
	}
	if !strings.Contains(log.String(), "the school is closed") {
		t.Errorf("the log does not say that it ended well: %s", log.String())
	}
	own, err := os.ReadFile(filepath.Join(c.dir, "data", "postgres", "postgres.log"))
	if said := log.String() + string(own); err != nil || strings.Contains(strings.ToLower(said), "not permitted") {
		t.Errorf("something was not permitted: %v %s", err, said)
	}
}
