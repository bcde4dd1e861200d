package dbtest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/embedded"
)

// rolePassword is the same for every role of the test cluster, which listens on the loopback only.
const rolePassword = "test"

type testCluster struct {
	port, password, binaries string
}

func (c testCluster) url(role, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, rolePassword), Host: net.JoinHostPort("127.0.0.1", c.port), Path: "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

var shared = sync.OnceValues(func() (testCluster, error) { return attach(context.Background()) })

func sharedCluster(t testing.TB) testCluster {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatalf("tests need a PostgreSQL server: %v", err)
	}
	return c
}

// clusterDir is one folder per user and per PostgreSQL: in memory where that has room, since a clone is about a thousand
// small files.
func clusterDir() string {
	base := os.TempDir()
	var fs syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &fs); err == nil && fs.Bavail*uint64(fs.Bsize) > 1<<30 {
		base = "/dev/shm"
	}
	return filepath.Join(base, "lyceum-test-"+strconv.Itoa(os.Getuid()))
}

// The reaper is this same test binary, started anew with reaperVariable set. It holds the server (as its parent) and
// ends when nobody has held a shared lock on the users file for idleLimit.
const (
	reaperVariable = "LYCEUM_TEST_REAPER"
	usersFile      = "users.lock"
	idleLimit      = 45 * time.Second
)

// A test binary has no main of ours: the reaper must take over before the tests would begin.
func init() {
	if dir := os.Getenv(reaperVariable); dir != "" {
		if err := reap(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// attach makes this process a user of the cluster and has it running.
func attach(ctx context.Context) (testCluster, error) {
	dir := clusterDir()
	var c testCluster
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return c, err
	}
	gate, err := os.OpenFile(dir+".gate", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return c, err
	}
	defer gate.Close()
	if err := syscall.Flock(int(gate.Fd()), syscall.LOCK_EX); err != nil {
		return c, err
	}
	// The reaper removes the folder only while it holds the gate.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return c, err
	}
	users, err := os.OpenFile(filepath.Join(dir, usersFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return c, err
	}
	if err := syscall.Flock(int(users.Fd()), syscall.LOCK_SH); err != nil { // held to the end of the process
		return c, err
	}
	usersHeld = users
	if url, err := os.ReadFile(filepath.Join(dir, "url")); err == nil && works(ctx, string(url)) {
		return parse(string(url), dir)
	}
	if err := startReaper(dir); err != nil {
		return c, err
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if url, err := os.ReadFile(filepath.Join(dir, "url")); err == nil && works(ctx, string(url)) {
			return parse(string(url), dir)
		}
	}
	reason, _ := os.ReadFile(filepath.Join(dir, "reaper.log"))
	return c, fmt.Errorf("the test cluster does not start: %s", reason)
}

// usersHeld keeps the lock file from being collected, and so closed.
var usersHeld *os.File //nolint:unused // holding it is its use

func works(ctx context.Context, url string) bool {
	d, err := db.Open(ctx, db.Config{URL: url, Pool: 1})
	if err != nil {
		return false
	}
	return d.Close() == nil
}

func parse(raw, dir string) (testCluster, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return testCluster{}, err
	}
	password, _ := u.User.Password()
	binaries, err := os.ReadFile(filepath.Join(dir, "binaries"))
	return testCluster{port: u.Port(), password: password, binaries: string(binaries)}, err
}

func startReaper(dir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	_ = os.Remove(filepath.Join(dir, "url"))
	log, err := os.Create(filepath.Join(dir, "reaper.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), reaperVariable+"="+dir)
	cmd.Stdout, cmd.Stderr = log, log // never the test's own pipes: go test would wait for them
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd.Start()
}

// reap runs the cluster until it has been idle, then removes it.
func reap(dir string) error {
	ctx := context.Background()
	server, err := embedded.Start(ctx, embedded.Options{
		Dir: filepath.Join(dir, "cluster"), Cache: filepath.Join(os.TempDir(), "lyceum-cache"),
		Settings: map[string]string{
			"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "400", "shared_buffers": "256MB",
			"autovacuum": "off", "max_wal_size": "4GB",
		},
	})
	if err != nil {
		return err
	}
	d, err := db.Open(ctx, db.Config{URL: server.SuperuserURL(), Pool: 1, Patience: 10 * time.Second})
	if err != nil {
		return err
	}
	_, err = d.ExecContext(ctx, `do $$ begin
		if not exists (select from pg_roles where rolname = 'lyceum_app') then
			create role lyceum_app login password '`+rolePassword+`';
			create role lyceum_report login password '`+rolePassword+`';
		end if;
	end $$`)
	if err != nil {
		return err
	}
	_ = d.Close()
	binaries, err := embedded.FindBinaries(ctx, "")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "binaries"), []byte(binaries.Dir), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "url"), []byte(server.SuperuserURL()), 0o600); err != nil {
		return err
	}
	gate := waitIdle(dir)
	defer gate.Close()
	if err := server.Stop(); err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// waitIdle returns, with the gate shut, when no process has held the users file for idleLimit.
func waitIdle(dir string) (gate *os.File) {
	for idleSince := time.Now(); ; time.Sleep(time.Second) {
		if inUse(dir) {
			idleSince = time.Now()
		}
		if time.Since(idleSince) < idleLimit {
			continue
		}
		gate, err := os.OpenFile(dir+".gate", os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil
		}
		_ = syscall.Flock(int(gate.Fd()), syscall.LOCK_EX)
		if !inUse(dir) { // somebody may have come in before the gate was shut
			return gate
		}
		_ = gate.Close()
		idleSince = time.Now()
	}
}

func inUse(dir string) bool {
	users, err := os.OpenFile(filepath.Join(dir, usersFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false
	}
	defer users.Close()
	return syscall.Flock(int(users.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil
}
