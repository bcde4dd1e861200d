//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"lyceum/db/dbtest"
	"lyceum/db/embedded"
)

// emptyRoot is a file system with the program and a folder for its data in it, and nothing else: no libraries, no shell, no /etc, no /proc,
// no /tmp. It is what an image of the program looks like from inside.
type emptyRoot struct {
	t   *testing.T
	dir string
	env []string
}

func newEmptyRoot(t *testing.T, settings ...string) *emptyRoot {
	t.Helper()
	dir := filepath.Join("/tmp", fmt.Sprintf("lyceum-root-%d", time.Now().UnixNano())) // a user of no name must get there
	program, err := os.ReadFile(shippedProgram(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "lyceum"), program, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(filepath.Join(dir, "data"), nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return &emptyRoot{t: t, dir: dir, env: append([]string{"LYCEUM_ENV=production", "LYCEUM_DATA_DIR=/data"}, settings...)}
}

// nobody is the user that the image names.
const nobody = 65532

// command is a run of the program that sees nothing but the root: as the image's user, or where the test is not run by root, as the root
// of a namespace of its own.
func (r *emptyRoot) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(r.t.Context(), "/lyceum", args...)
	cmd.Dir, cmd.Env = "/", r.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: r.dir}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		return cmd
	}
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	return cmd
}

func (r *emptyRoot) run(args ...string) string {
	r.t.Helper()
	out, err := r.command(args...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// serve starts the server and waits until it is open. It is told to end with the test, and must end well.
func (r *emptyRoot) serve(url string) {
	r.t.Helper()
	var output said
	cmd := r.command()
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	r.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := <-ended; err != nil && cmd.ProcessState.ExitCode() != 0 {
			r.t.Errorf("it ended with %v: %s", err, &output)
		}
	})
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if response, err := http.Get(url + "/readyz"); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK && strings.Contains(output.String(), "Lyceum is open") {
				return
			}
		}
		if time.Now().After(end) {
			r.t.Fatalf("it does not open: %s", &output)
		}
	}
}

// way is a way to an own PostgreSQL, as the page says it.
type way struct{ lines, settings string }

var wayForm = regexp.MustCompile("(?s)## (Way \\d: [^\n]*)\n.*?```sql\n(.*?)```.*?```bash\n(.*?)```")

func readWays(t *testing.T) map[string]way {
	t.Helper()
	text, err := os.ReadFile("../deploy/own-postgresql/README.md")
	if err != nil {
		t.Fatal(err)
	}
	ways := map[string]way{}
	for _, found := range wayForm.FindAllStringSubmatch(string(text), -1) {
		ways[found[1]] = way{lines: found[2], settings: found[3]}
	}
	if len(ways) != 3 {
		t.Fatalf("the page has %d ways, not 3", len(ways))
	}
	return ways
}

// \password asks; a test cannot answer, and sets the same by a statement.
var asks = regexp.MustCompile(`(?m)-- then: \\password (\w+)$`)

func TestThePageOfAnOwnPostgreSQLMakesASchoolThatServesFromAnEmptyRoot(t *testing.T) {
	t.Parallel()
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Fatal("no psql was found; install it (apt-get install postgresql-client)")
	}
	for name, way := range readWays(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			server, err := embedded.Start(t.Context(), embedded.Options{Dir: dir, Cache: dir})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = server.Stop() })
			cmd := exec.CommandContext(t.Context(), psql, "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--quiet", server.SuperuserURL())
			cmd.Stdin = strings.NewReader(asks.ReplaceAllString(way.lines, "\nalter role $1 password 'of-the-test';"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			address := dbtest.FreeAddress(t)
			settings := []string{"LYCEUM_LISTEN=" + address, "LYCEUM_OPS_LISTEN=" + dbtest.FreeAddress(t)}
			for line := range strings.Lines(way.settings) {
				line = strings.ReplaceAll(strings.TrimSpace(line), ":PASSWORD@", ":of-the-test@")
				line = strings.ReplaceAll(line, "db.example:5432", fmt.Sprintf("127.0.0.1:%d", server.Port()))
				settings = append(settings, strings.ReplaceAll(line, "sslmode=verify-full", "sslmode=disable")) // the test's server has no TLS
			}
			root := newEmptyRoot(t, settings...)
			if said := root.run("version"); !strings.HasPrefix(said, "lyceum v1.2.3-test\n") {
				t.Errorf("it says %q", said)
			}
			if said := root.run("migrate"); !strings.Contains(said, "the database is up to date") {
				t.Errorf("migrating says %q", said)
			}
			root.serve("http://" + address)
			response, err := http.Post("http://"+address+"/graphql", "application/json",
				strings.NewReader(`{"query": "{ plans { name } contentItems(first: 1) { totalCount } }"}`))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			var answer bytes.Buffer
			if _, err := answer.ReadFrom(response.Body); err != nil || !strings.Contains(answer.String(), `"totalCount":0`) {
				t.Errorf("it answers %s, %v", &answer, err)
			}
		})
	}
}
