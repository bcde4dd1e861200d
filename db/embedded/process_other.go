//go:build !linux

package embedded

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

const nobody = 65534

// asServer gives a command its own process group. Other systems have no death signal: after `kill -9` of the program the
// server lives on, and the next start attaches to it.
func asServer(cmd *exec.Cmd, uid, gid int) {
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)} //nolint:gosec // ids of the system
	}
}

// namespaces are Linux's.
func namespaces() bool { return false }

// serves reports whether a process is the server of a data folder; other systems only tell that a process lives.
func serves(pid int, _ string) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
