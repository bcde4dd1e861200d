package commands_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lyceum/db/dbtest"
)

// program is the real binary, built once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lyceum-program")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "lyceum")
	out, err := exec.Command("go", "build", "-o", path, "lyceum").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return path, nil
})

// leastMemory is how much room there must be in memory for the folders of schools: a restore is written to it several times.
const leastMemory = 6 << 30

// The folders of schools are in memory where there is room, as the databases of other tests are: on a disk most of the time of a restore is
// spent on waiting until the disk has it, which proves nothing here.
func TestMain(m *testing.M) {
	// The tests wait for programs more than they compute. A -parallel of one's own is parsed later and counts.
	_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
	path, err := program()
	var memory string
	var fs syscall.Statfs_t
	if syscall.Statfs("/dev/shm", &fs) == nil && fs.Bavail*uint64(fs.Bsize) > leastMemory {
		if memory, _ = os.MkdirTemp("/dev/shm", "lyceum-commands"); memory != "" {
			_ = os.Setenv("TMPDIR", memory)
		}
	}
	code := m.Run()
	if err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	if memory != "" {
		_ = os.RemoveAll(memory)
	}
	os.Exit(code)
}

// running is a copy of the program that serves in a folder of its own.
type running struct {
	cmd      *exec.Cmd
	out, log *output
	url      string
	client   *http.Client
	ended    chan error
}

func command(t *testing.T, dir string, settings []string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // no test waits for ever
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "LYCEUM_") && !strings.HasPrefix(setting, "DATABASE_") {
			cmd.Env = append(cmd.Env, setting)
		}
	}
	cmd.Env = append(cmd.Env, settings...)
	return cmd
}

// output is what a copy writes; it may be read while it grows.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// open starts a copy and waits until it is ready.
func open(t *testing.T, dir string, settings ...string) *running {
	t.Helper()
	h := launch(t, dir, settings...)
	h.ready(t)
	return h
}

// launch starts a copy.
func launch(t *testing.T, dir string, settings ...string) *running {
	t.Helper()
	address := dbtest.FreeAddress(t)
	h := &running{
		cmd: command(t, dir, append([]string{"LYCEUM_LISTEN=" + address, "LYCEUM_OPS_LISTEN=" + dbtest.FreeAddress(t)}, settings...)),
		out: &output{}, log: &output{}, url: "http://" + address, client: http.DefaultClient, ended: make(chan error, 1),
	}
	h.cmd.Stdout, h.cmd.Stderr = h.out, h.log
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { h.ended <- h.cmd.Wait() }()
	t.Cleanup(func() {
		_ = h.cmd.Process.Kill()
		gone(dir)
	})
	return h
}

// gone waits for the end of the PostgreSQL of a copy that was killed: it dies with the program, and writes until it does, while the test's
// folder is removed already.
func gone(dir string) {
	text, err := os.ReadFile(filepath.Join(dir, ".lyceum", "postgres", "data", "postmaster.pid"))
	if err != nil {
		return
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return
	}
	for end := time.Now().Add(10 * time.Second); syscall.Kill(pid, 0) == nil && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
}

// ready waits until a copy serves and has said so.
func (h *running) ready(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(100 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-h.ended:
			t.Fatalf("it ended: %v\n%s%s", err, h.out, h.log)
		default:
		}
		if status, _ := h.get("/readyz"); status == http.StatusOK && h.out.String() != "" {
			return
		}
	}
	t.Fatalf("it is not ready: %s", h.log)
}

func (h *running) get(path string) (int, string) {
	response, err := h.client.Get(h.url + path)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(text)
}

func (h *running) ask(query string) string {
	response, err := h.client.Post(h.url+"/graphql", "application/json", strings.NewReader(`{"query":"`+strings.ReplaceAll(query, `"`, `\"`)+`"}`))
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	return string(text)
}

// stop asks it to end and returns how it did.
func (h *running) stop(t *testing.T) error {
	t.Helper()
	if err := h.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-h.ended:
		return err
	case <-time.After(30 * time.Second):
		t.Fatal("it does not end")
		return nil
	}
}

// invitation is the token of the demo's mail, which development keeps in a folder.
func invitation(t *testing.T, dir string) string {
	t.Helper()
	link := regexp.MustCompile(`#invitation=3D([A-Za-z0-9_=\r\n-]+)`) // quoted-printable
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		mails, err := filepath.Glob(filepath.Join(dir, ".lyceum", "inbox", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, mail := range mails {
			text, err := os.ReadFile(mail)
			if err != nil {
				t.Fatal(err)
			}
			if found := link.FindSubmatch(text); found != nil {
				return strings.ReplaceAll(string(found[1]), "=\r\n", "")[:43]
			}
		}
	}
	t.Fatal("the demo's mail does not come")
	return ""
}

func TestFromAnEmptyFolderToAnOpenSchoolAndBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	if a := h.ask(`{ contentItems(first: 1) { nodes { title } totalCount } plans { name } }`); !strings.Contains(a, `"totalCount":43`) || !strings.Contains(a, "Lifetime") {
		t.Errorf("the demo school is not there: %s", a)
	}
	for _, said := range []string{"admin@demo.test", "lyceum-demo", "/graphql", "/playground"} {
		if !strings.Contains(h.out.String(), said) {
			t.Errorf("it does not say %q: %s", said, h.out)
		}
	}
	if a := h.ask(`mutation { acceptInvitation(input: {token: "` + invitation(t, dir) + `", password: "seven green boats at dawn"}) { user { username } userErrors { code } } }`); !strings.Contains(a, `"nia"`) {
		t.Errorf("the demo's invitation cannot be accepted: %s", a)
	}
	second := open(t, dir) // beside the first, on the same database
	if a := second.ask(`{ plans { name } }`); !strings.Contains(a, "Lifetime") {
		t.Errorf("the second copy: %s", a)
	}
	if err := h.stop(t); err != nil {
		t.Errorf("the first ended with %v: %s", err, h.log)
	}
	deadline := time.Now().Add(30 * time.Second)
	for !strings.Contains(second.ask(`{ plans { name } }`), "Lifetime") {
		if time.Now().After(deadline) {
			t.Fatalf("the second copy did not take the database over: %s", second.log)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := second.stop(t); err != nil {
		t.Errorf("the second ended with %v: %s", err, second.log)
	}
	again := open(t, dir, "LYCEUM_ENV=production")
	if a := again.ask(`{ __schema { queryType { name } } }`); !strings.Contains(a, "FORBIDDEN") {
		t.Errorf("production shows its schema: %s", a)
	}
	if strings.Contains(again.out.String(), "lyceum-demo") {
		t.Error("production prints the demo's password")
	}
	if err := again.stop(t); err != nil { // else its database may still write into the folder that is being removed
		t.Errorf("production ended with %v: %s", err, again.log)
	}
}

func TestAnEmptySchoolInProductionGetsAnAdministrator(t *testing.T) {
	t.Parallel()
	h := open(t, t.TempDir(), "LYCEUM_ENV=production", "LYCEUM_ADMIN_EMAIL=head@school.test")
	if !strings.Contains(h.out.String(), "head@school.test, password ") {
		t.Fatalf("no administrator is announced: %s", h.out)
	}
	_, password, _ := strings.Cut(h.out.String(), "password ")
	password, _, _ = strings.Cut(password, " ")
	if a := h.ask(`mutation { signIn(input: {email: "head@school.test", password: "` + password + `"}) { viewer { roles { name } } } }`); !strings.Contains(a, `"admin"`) {
		t.Errorf("she cannot sign in: %s", a)
	}
	if a := h.ask(`{ contentItems { totalCount } }`); !strings.Contains(a, `"totalCount":0`) {
		t.Errorf("production has a demo: %s", a)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}

func TestTheSchoolOutlivesACrashOfItsDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	text, err := os.ReadFile(filepath.Join(dir, ".lyceum/postgres/data/postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.Split(string(text), "\n")[0])
	if err != nil || syscall.Kill(pid, syscall.SIGKILL) != nil {
		t.Fatal("the server cannot be killed", err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		a := h.ask(`{ plans { name } }`)
		if strings.Contains(a, "Lifetime") {
			break
		}
		if strings.Contains(a, "INTERNAL") || time.Now().After(end) {
			t.Fatalf("after the crash: %s\n%s", a, h.log)
		}
	}
	if err := h.stop(t); err != nil { // else its database may still write into the folder that is being removed
		t.Error(err)
	}
}

func TestWrongSettingsAreRefusedAllAtOnce(t *testing.T) {
	t.Parallel()
	out, err := command(t, t.TempDir(), []string{
		"DATABASE_URL=mysql://x", "DATABASE_POOL=0", "LYCEUM_LISTEN=here", "LYCEUM_ENV=staging", "LYCEUM_TRUSTED_PROXIES=everyone", "LYCEUM_ORIGINS=app.example",
		"LYCEUM_ADMIN_PASSWORD=x",
	}).CombinedOutput()
	if err == nil {
		t.Fatal("it started")
	}
	for _, name := range []string{"DATABASE_URL", "DATABASE_POOL", "LYCEUM_LISTEN", "LYCEUM_ENV", "LYCEUM_TRUSTED_PROXIES", "LYCEUM_ORIGINS", "LYCEUM_ADMIN_PASSWORD"} {
		if !strings.Contains(string(out), name) {
			t.Errorf("%s is not named: %s", name, out)
		}
	}
}

func TestWhatStandsInTheWayIsSaidInOneSentence(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ setting, says string }{
		"a port in use":                     {"LYCEUM_LISTEN=" + taken.Addr().String(), "another program using the port"},
		"a folder that cannot be written":   {"LYCEUM_DATA_DIR=" + file + "/below", "cannot be written"},
		"a database that cannot be reached": {"DATABASE_URL=postgres://nobody:secret-canary@127.0.0.1:1/none?sslmode=disable", "cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, t.TempDir(), []string{"LYCEUM_OPS_LISTEN=" + dbtest.FreeAddress(t), "LYCEUM_LISTEN=" + dbtest.FreeAddress(t), c.setting})
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), c.says) || strings.Contains(string(out), "secret-canary") {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
