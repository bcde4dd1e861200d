package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server that this program started. A nil one stands for a server of somebody else, which never exits for
// us and is never ended by us.
type process struct {
	cmd     *exec.Cmd
	gone    chan struct{}
	log     string // where it writes, and from where on
	logFrom int64
}

// spawn makes the cluster if there is none and starts its server, which inherits the lock.
func (s *Server) spawn(ctx context.Context, lock *os.File) (*process, error) {
	if err := s.cluster.prepare(ctx, lock); err != nil {
		return nil, err
	}
	forgetGhost(s.cluster.data())
	port, err := s.choosePort()
	if err != nil {
		return nil, err
	}
	logFile, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be written: %w", err)
	}
	defer logFile.Close()
	logFrom, err := logFile.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	args := []string{"-D", s.cluster.data(), "-p", strconv.Itoa(port)}
	for name, value := range s.settings() {
		args = append(args, "-c", name+"="+value)
	}
	cmd := exec.Command(filepath.Join(s.cluster.binaries.Dir, "postgres"), args...) //nolint:gosec,noctx // it outlives every context
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = logFile, logFile, []*os.File{lock}
	asServer(cmd, s.cluster.uid, s.cluster.gid)

	own := &process{cmd: cmd, gone: make(chan struct{}), log: s.logPath(), logFrom: logFrom}
	started := make(chan error)
	go func() {
		// The death signal is tied to the thread that starts the child: the thread must live as long as the server.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // however it ended: its log says why, and whoever watches quotes that
			close(own.gone)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("PostgreSQL cannot be started: %w", err)
	}
	return own, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) exited() <-chan struct{} {
	if p == nil {
		return nil
	}
	return p.gone
}

// end stops the server: it rolls back what is open, disconnects and writes a checkpoint.
func (p *process) end() error {
	if p == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.gone:
		return nil
	case <-time.After(30 * time.Second):
		return fmt.Errorf("PostgreSQL (pid %d) does not stop; it was left alone", p.pid())
	}
}

// complaint is what the server said was wrong.
func (p *process) complaint() string {
	f, err := os.Open(p.log)
	if err != nil {
		return "it does not say why"
	}
	defer f.Close()
	text, err := io.ReadAll(io.NewSectionReader(f, p.logFrom, 64<<10))
	if err != nil {
		return "it does not say why"
	}
	return complaint(text)
}

func (s *Server) settings() map[string]string {
	settings := map[string]string{
		"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "100", "shared_buffers": "128MB", "jit": "off",
		"wal_compression": "on", "log_min_messages": "warning",
	}
	for name, value := range s.options.Settings {
		settings[name] = value
	}
	return settings
}

// choosePort keeps the port of the last start if it can, so that connection URLs stay good over restarts. A new one is
// taken from below the system's range for outgoing connections, so that none of those sits on it during a restart.
func (s *Server) choosePort() (int, error) {
	if port := s.Port(); port != 0 {
		return port, nil // its URLs are in use: no other port will do, and PostgreSQL says if somebody took it
	}
	path := filepath.Join(s.cluster.dir, "port")
	text, _ := os.ReadFile(path) //nolint:gosec // our own file
	if last, _ := strconv.Atoi(strings.TrimSpace(string(text))); last != 0 && free(last) {
		return last, nil
	}
	for range 100 {
		if port := 20000 + rand.IntN(12000); free(port) {
			if err := os.WriteFile(path, []byte(strconv.Itoa(port)+"\n"), 0o600); err != nil {
				return 0, fmt.Errorf("the data folder cannot be written: %w", err)
			}
			return port, nil
		}
	}
	return 0, fmt.Errorf("no free port on 127.0.0.1")
}

func free(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))) //nolint:noctx // closed at once
	return err == nil && l.Close() == nil
}

func (s *Server) logPath() string { return filepath.Join(s.cluster.dir, "postgres.log") }
