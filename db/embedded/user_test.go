//go:build linux

package embedded_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

const nobody = 65534

func TestAnOrdinaryUserStartsItAndNoOrphanIsLeft(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	self := ownBinary(t, dir)
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	attr := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		if err := os.Chown(home, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	killAndStartAgain(t, filepath.Join(home, "postgres"), func(p part) *other { return runFile(t, self, p, attr) })
}

func TestRootStartsItBelowAPrivateFolderInAUserNamespace(t *testing.T) {
	t.Parallel()
	attr := &syscall.SysProcAttr{}
	if os.Geteuid() != 0 {
		asRootOf(attr, 1)
	}
	dir := filepath.Join(folder(t), "private")
	killAndStartAgain(t, dir, func(p part) *other { return run(t, p, attr) })
	if owner := ownerOf(t, filepath.Join(dir, "data")); owner != os.Geteuid() {
		t.Errorf("the data belongs to %d: without the namespace root could not read it everywhere", owner)
	}
}

// Where user namespaces are forbidden, as in most containers, root becomes nobody; and nobody gets below root's 0700
// folders, where the data is by default.
func TestRootWithoutUserNamespacesStartsItAsNobody(t *testing.T) {
	t.Parallel()
	attr := &syscall.SysProcAttr{}
	ids := 65536
	if os.Geteuid() != 0 {
		ids = 1 // the system lets ordinary people map no other id than their own: nobody cannot be had
	}
	asRootOf(attr, ids) // a world of its own, in which it may forbid namespaces
	dir := filepath.Join(folder(t), "private")
	forbidden := func(p part) *other { p.NoNamespace = true; return run(t, p, attr) }
	if ids == 1 {
		oneSentence(t, forbidden(part{Dir: dir}).Error, "PostgreSQL refuses root", "ordinary user")
		return
	}
	killAndStartAgain(t, dir, forbidden)
	if owner := ownerOf(t, filepath.Join(dir, "data")); owner != nobody {
		t.Errorf("the data belongs to %d", owner)
	}
	// The same data where namespaces are allowed: its owner is who can serve it.
	kept(t, start(t, dir).SuperuserURL())
}

func TestRootWhoCanBeNobodyElseIsToldToBeAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	attr := &syscall.SysProcAttr{}
	asRootOf(attr, 1)
	dir := folder(t)
	o := run(t, part{Dir: dir, NoNamespace: true}, attr)
	oneSentence(t, o.Error, "PostgreSQL refuses root", "ordinary user")
	if exists(dir, "data") || exists(dir, "initdb") {
		t.Error("half-made data is left")
	}
}

// killAndStartAgain has another program make a cluster and killed, finds no orphan, and has another one find the data.
func killAndStartAgain(t *testing.T, dir string, program func(part) *other) {
	t.Helper()
	first := program(part{Dir: dir})
	if first.Error != "" {
		t.Fatal(first.Error)
	}
	keep(t, first.URL)
	first.kill()
	until(t, "the server is gone", func() bool { return !listening(first.Port) && !inUse(t, dir) })
	second := program(part{Dir: dir})
	if second.Error != "" {
		t.Fatal(second.Error)
	}
	kept(t, second.URL)
	second.stop()
	if listening(second.Port) {
		t.Error("the server outlives Stop")
	}
}

func ownerOf(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

// ownBinary copies this test where everybody may run it: the build folder is private. Another program does it, since a file
// that this one writes cannot be run while a child that a parallel test forks still has it open.
func ownBinary(t *testing.T, dir string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "program")
	if out, err := exec.Command("cp", self, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, open := range []string{dir, path} {
		if err := os.Chmod(open, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return path
}
