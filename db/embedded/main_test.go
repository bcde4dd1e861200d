//go:build linux

package embedded_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"lyceum/db/embedded"
)

// The tests need mounts, user namespaces and death signals, so they are for Linux.
//
// A test that needs another program runs this one again with a part to play in the environment.
const partVariable = "LYCEUM_EMBEDDED_TEST_PART"

// part is what another program does: it changes the machine that it sees, starts the server, reports, and then either
// stops it, when its input says so, or ends without a word when its input ends.
type part struct {
	Dir         string
	Cache       string
	FindOnly    bool              // look for programs and start nothing
	Disks       map[string]string // a folder, and the options of the memory disk that is mounted on it
	NoNamespace bool              // forbid user namespaces, as many containers do
}

type report struct {
	Error, Kind string // Kind is the exported error that Error wraps
	URL         string
	Port        int
	Owned       bool
	Binaries    embedded.Binaries
}

func TestMain(m *testing.M) {
	text := os.Getenv(partVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var p part
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		panic(err)
	}
	p.play()
}

func (p part) play() {
	server, r := p.start()
	_ = json.NewEncoder(os.Stdout).Encode(r)
	line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	if server != nil && line == "stop\n" {
		if err := server.Stop(); err != nil {
			r.Error = err.Error()
		}
		_ = json.NewEncoder(os.Stdout).Encode(r)
	}
}

func (p part) start() (*embedded.Server, report) {
	for dir, options := range p.Disks {
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
			return nil, report{Error: "mount: " + err.Error()}
		}
	}
	if p.NoNamespace {
		if err := os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0); err != nil {
			return nil, report{Error: err.Error()}
		}
	}
	if p.FindOnly {
		b, err := embedded.FindBinaries(context.Background(), p.Cache)
		return nil, reportOf(err, report{Binaries: b})
	}
	server, err := embedded.Start(context.Background(), embedded.Options{Dir: p.Dir, Cache: p.Cache})
	if err != nil {
		return nil, reportOf(err, report{})
	}
	return server, report{URL: server.SuperuserURL(), Port: server.Port(), Owned: server.Owned()}
}

func reportOf(err error, r report) report {
	if err != nil {
		r.Error = err.Error()
	}
	for kind, is := range map[string]error{"ErrNoBinaries": embedded.ErrNoBinaries, "ErrVersion": embedded.ErrVersion} {
		if errors.Is(err, is) {
			r.Kind = kind
		}
	}
	return r
}

// other is another program that runs a part.
type other struct {
	report
	t     *testing.T
	cmd   *exec.Cmd
	lines *json.Decoder
	say   func(string)
}

// run starts another program, as attr says, and waits for its first report.
func run(t *testing.T, p part, attr *syscall.SysProcAttr, env ...string) *other {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return runFile(t, self, p, attr, env...)
}

func runFile(t *testing.T, file string, p part, attr *syscall.SysProcAttr, env ...string) *other {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(file)
	cmd.Env = append(append(os.Environ(), env...), partVariable+"="+string(text))
	cmd.Stderr, cmd.SysProcAttr, cmd.Dir = os.Stderr, attr, "/"
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("another program cannot be started: %v", err)
	}
	o := &other{t: t, cmd: cmd, lines: json.NewDecoder(out), say: func(s string) { _, _ = fmt.Fprintln(in, s) }}
	t.Cleanup(o.kill)
	o.hear()
	return o
}

// hear waits for the next report; a program that is silent for too long is killed, which ends the wait.
func (o *other) hear() {
	o.t.Helper()
	limit := time.AfterFunc(time.Minute, func() { _ = o.cmd.Process.Kill() })
	defer limit.Stop()
	if err := o.lines.Decode(&o.report); err != nil {
		o.t.Fatalf("the other program says nothing: %v", err)
	}
}

func (o *other) stop() {
	o.t.Helper()
	o.say("stop")
	if o.hear(); o.Error != "" {
		o.t.Fatal(o.Error)
	}
}

// kill is kill -9.
func (o *other) kill() {
	_ = o.cmd.Process.Kill()
	_ = o.cmd.Wait()
}

// sees is a path as the other program sees it, behind its own mounts.
func (o *other) sees(path string) string {
	return filepath.Join("/proc", fmt.Sprint(o.cmd.Process.Pid), "root", path)
}

// ownMounts gives another program mounts of its own, which ends with it; who is not root becomes the root of a user
// namespace for it.
func ownMounts() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		asRootOf(attr, 1)
	}
	return attr
}

// asRootOf makes a program the root of a user namespace of so many ids.
func asRootOf(attr *syscall.SysProcAttr, ids int) {
	attr.Cloneflags |= syscall.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: ids}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: ids}}
	attr.GidMappingsEnableSetgroups = os.Geteuid() == 0 // as in a container
}

// oneSentence tells that an error is for people: one line, and it names what they need.
func oneSentence(t *testing.T, text string, names ...string) {
	t.Helper()
	if text == "" || strings.Contains(text, "\n") {
		t.Errorf("not one sentence: %q", text)
	}
	for _, name := range names {
		if !strings.Contains(text, name) {
			t.Errorf("%q does not name %q", text, name)
		}
	}
}
