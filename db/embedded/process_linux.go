package embedded

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

const (
	nobody         = 65534 // an unprivileged id with a passwd entry on every Linux; initdb wants one
	capDACOverride = 1     // CAP_DAC_OVERRIDE of <linux/capability.h>
)

// asServer gives a command its own process group, so that Ctrl-C reaches only the program, and a death signal, so that
// `kill -9` of the program leaves no orphan. As root, uid 0 maps root to nobody in a user namespace: files stay root's and
// folders below 0700 ones work. Any other uid is taken on, with the one privilege that passes root's 0700 folders: the data
// is below one by default. (The programs may not be: PostgreSQL looks for itself in a way that heeds no privilege.)
func asServer(cmd *exec.Cmd, uid, gid int) {
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	switch {
	case os.Geteuid() != 0:
	case uid != 0:
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)} //nolint:gosec // ids of the system
		cmd.SysProcAttr.AmbientCaps = []uintptr{capDACOverride}
	default:
		ids := []syscall.SysProcIDMap{{ContainerID: nobody, HostID: 0, Size: 1}}
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings, cmd.SysProcAttr.GidMappings = ids, ids
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: true}
	}
}

// namespaces reports whether root may start programs in a user namespace; many containers forbid it.
func namespaces() bool {
	cmd := exec.Command("/bin/sh", "-c", ":") //nolint:noctx // over at once
	asServer(cmd, 0, 0)
	return cmd.Run() == nil
}

// serves reports whether a process is the server of a data folder. That a process of this number lives is not enough: the
// number outlives the server in its postmaster.pid, and the system gives it to others. A server shows its folder in its
// command, which everybody may read, or as its working folder, which only the mighty may. A zombie shows neither.
func serves(pid int, data string) bool {
	proc := "/proc/" + strconv.Itoa(pid)
	command, _ := os.ReadFile(proc + "/cmdline") //nolint:gosec // a number
	if bytes.Contains(command, []byte("\x00"+data+"\x00")) {
		return true
	}
	at, err := os.Stat(proc + "/cwd")
	if err != nil {
		return false
	}
	home, err := os.Stat(data)
	return err == nil && os.SameFile(at, home)
}
