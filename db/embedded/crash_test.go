//go:build linux

package embedded_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestKillingTheProgramStopsItsServerAndLosesNoCommittedRow(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	program := run(t, part{Dir: dir}, nil)
	if program.Error != "" {
		t.Fatal(program.Error)
	}
	keep(t, program.URL)
	program.kill()
	// At once, while the server may still be on its way out: the next start must not take it for a running one for good.
	again := run(t, part{Dir: dir}, nil)
	if again.Error != "" {
		t.Fatal(again.Error)
	}
	until(t, "the row is back", func() bool {
		return pool(t, again.URL).PingContext(t.Context()) == nil
	})
	kept(t, again.URL)
	again.kill()
	until(t, "no orphan is left", func() bool { return !listening(again.Port) && !inUse(t, dir) })
	kept(t, start(t, dir).SuperuserURL())
}

func TestAKilledServerIsStartedAgainOnTheSamePort(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	server := start(t, dir)
	keep(t, server.SuperuserURL())
	used := pool(t, server.SuperuserURL()) // the program's own pool, which knows one URL and never another
	do(t, used, "select 1")
	for range 2 {
		old := postmaster(t, dir)
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		until(t, "another server is there", func() bool {
			return used.PingContext(t.Context()) == nil && exists(dir, "data/postmaster.pid") && postmaster(t, dir) != old
		})
		until(t, "the program knows it", func() bool { return server.Owned() })
		kept(t, server.SuperuserURL())
	}
}

func TestADeadServersLeftoverIsNotTakenForAServer(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	server := start(t, dir)
	keep(t, server.SuperuserURL())
	left := filepath.Join(dir, "data", "postmaster.pid")
	text, err := os.ReadFile(left)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, server)
	stranger := exec.Command("sleep", "300")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })
	_, rest, _ := strings.Cut(string(text), "\n")
	for what, leftover := range map[string]string{
		"a stranger has its number": fmt.Sprintf("%d\n%s", stranger.Process.Pid, rest),
		"nobody has its number":     "4194300\n" + rest,
		"the file is empty":         "",
	} {
		if err := os.WriteFile(left, []byte(leftover), 0o600); err != nil {
			t.Fatal(err)
		}
		again := start(t, dir)
		if !again.Owned() {
			t.Errorf("%s: attached to a ghost", what)
		}
		kept(t, again.SuperuserURL())
		stop(t, again)
	}
}
