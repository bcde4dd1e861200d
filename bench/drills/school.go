package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"lyceum/db"
)

// school is the program with a built-in database in a folder of its own.
type school struct {
	program, dir, url, ops string
	env                    []string
	log                    tail

	cmd   *exec.Cmd
	ended chan error
}

// tail keeps the end of what the program has said.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

const keptLog = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.text.Len() > keptLog {
		t.text.Next(t.text.Len() - keptLog/2)
	}
	return t.text.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// newSchool takes addresses for a school in a folder; it is not started yet.
func (b *bench) newSchool(ctx context.Context, dir string, settings ...string) (*school, error) {
	public, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	ops, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	s := &school{program: b.program, dir: dir, url: "http://" + public, ops: "http://" + ops}
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "LYCEUM_") && !strings.HasPrefix(setting, "DATABASE_") || strings.HasPrefix(setting, "LYCEUM_POSTGRES_") {
			s.env = append(s.env, setting)
		}
	}
	s.env = append(s.env, "LYCEUM_LISTEN="+public, "LYCEUM_OPS_LISTEN="+ops, "LYCEUM_DATA_DIR="+filepath.Join(dir, "data"))
	s.env = append(s.env, settings...)
	return s, nil
}

// freeAddress is below the system's range for outgoing connections, one of which would take the port while the program is down.
func freeAddress(ctx context.Context) (string, error) {
	var c net.ListenConfig
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(10_000+rand.IntN(10_000)))
		if l, err := c.Listen(ctx, "tcp", address); err == nil && l.Close() == nil {
			return address, nil
		}
	}
	return "", errors.New("no free port on 127.0.0.1")
}

// start begins the program and waits for nothing.
func (s *school) start() error {
	s.cmd, s.ended = exec.Command(s.program), make(chan error, 1) //nolint:gosec,noctx // our own; it ends by a signal
	s.cmd.Env, s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.env, s.dir, &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	cmd, ended := s.cmd, s.ended
	go func() { ended <- cmd.Wait() }()
	return nil
}

// open starts the program and waits until it is ready.
func (s *school) open(ctx context.Context) error {
	if err := s.start(); err != nil {
		return err
	}
	return until(ctx, 2*time.Minute, "the school opens", func() bool { return status(ctx, s.ops+"/readyz") == http.StatusOK })
}

// kill ends the program as a machine that runs out of memory does.
func (s *school) kill() error {
	if err := s.cmd.Process.Kill(); err != nil {
		return err
	}
	<-s.ended //nolint:errcheck // it was killed
	return nil
}

// stop asks the program to end and returns how long that took.
func (s *school) stop() (time.Duration, error) {
	began := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case err := <-s.ended:
		return time.Since(began), err
	case <-time.After(2 * time.Minute):
		return time.Since(began), errors.New("the program does not end")
	}
}

// close is for the end of a drill, however it went.
func (s *school) close() error {
	if s.cmd == nil || s.cmd.ProcessState != nil {
		return nil
	}
	if _, err := s.stop(); err != nil {
		return errors.Join(err, s.cmd.Process.Kill())
	}
	return nil
}

// postmaster is the process id of PostgreSQL; 0 while there is none.
func (s *school) postmaster() int {
	text, err := os.ReadFile(filepath.Join(s.dir, "data", "postgres", "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0
	}
	return pid
}

// databaseURL is the owner's, by the command that tells it.
func (s *school) databaseURL(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, s.program, "db", "url") //nolint:gosec // our own
	cmd.Env, cmd.Dir = s.env, s.dir
	text, err := cmd.Output()
	return strings.TrimSpace(string(text)), err
}

// database opens the school's database as its owner.
func (s *school) database(ctx context.Context) (*db.DB, error) {
	at, err := s.databaseURL(ctx)
	if err != nil {
		return nil, err
	}
	return db.Open(ctx, db.Config{URL: at, Pool: 3, Name: "lyceum drill", Patience: 10 * time.Second})
}

// until looks again and again until something is so.
func until(ctx context.Context, most time.Duration, what string, so func() bool) error {
	for end := time.Now().Add(most); !so(); {
		if time.Now().After(end) {
			return fmt.Errorf("it does not come to this within %s: %s", most, what)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}
