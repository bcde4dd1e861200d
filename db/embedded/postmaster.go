package embedded

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// postmaster is what a server's postmaster.pid says.
type postmaster struct {
	pid   int
	port  int
	ready bool
}

// readPostmaster tells the running server of a data folder; ok is false when there is none.
func readPostmaster(data string) (p postmaster, ok bool) {
	text, err := os.ReadFile(pidPath(data))
	if err != nil {
		return p, false
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < 4 {
		return p, false
	}
	// What is no number is 0, which is nobody's.
	p.pid, _ = strconv.Atoi(strings.TrimSpace(lines[0]))
	p.port, _ = strconv.Atoi(strings.TrimSpace(lines[3]))
	p.ready = len(lines) > 7 && strings.HasPrefix(lines[7], "ready")
	return p, p.pid > 0 && serves(p.pid, data)
}

// forgetGhost removes a dead server's postmaster.pid if it is broken or if its process number is a stranger's by now, as
// happens whenever a container starts anew: PostgreSQL would refuse to start beside it. Ours must be the lock.
func forgetGhost(data string) {
	if p, ok := readPostmaster(data); !ok && (p.pid <= 0 || syscall.Kill(p.pid, 0) == nil) {
		_ = os.Remove(pidPath(data)) // where that fails PostgreSQL says that it cannot start, and names the file
	}
}

func pidPath(data string) string { return filepath.Join(data, "postmaster.pid") }
