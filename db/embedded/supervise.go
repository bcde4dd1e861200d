package embedded

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// othersPatience is how long another copy of the program may take to make a cluster and have its server ready. Our own
// server has no limit: after a crash it replays its log, and ending it would only begin that anew.
const othersPatience = 60 * time.Second

// supervise starts the server again when it is gone: ours after a crash, another copy's after that copy has left.
func (s *Server) supervise(ctx context.Context) {
	defer close(s.stopped)
	const watchful, afterFailure = 200 * time.Millisecond, time.Second
	pause := watchful
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = watchful
		if s.serving() {
			continue
		}
		if err := s.ensure(ctx); err == nil {
			s.options.Log.Warn("PostgreSQL was gone and is back", "port", s.Port(), "started_here", s.Owned())
		} else if ctx.Err() == nil {
			s.options.Log.Error("PostgreSQL is gone and cannot be started again; trying on", "error", err)
			pause = afterFailure
		}
	}
}

func (s *Server) serving() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return serves(s.pid, s.cluster.data())
}

// ensure has a server ready: the running one, or one that it starts, under a lock that all copies of the program respect
// and that the server then holds for as long as it lives.
func (s *Server) ensure(ctx context.Context) error {
	lock, err := openLock(filepath.Join(s.cluster.dir, "start.lock"))
	if err != nil {
		return fmt.Errorf("the data folder cannot be written: %w", err)
	}
	defer lock.Close()
	var own *process
	end := time.Now().Add(othersPatience)
	for {
		running, lives := readPostmaster(s.cluster.data())
		if lives && running.ready {
			if err := s.adopt(running, own); err != nil {
				return errors.Join(err, own.end())
			}
			return nil
		}
		if own == nil && !lives && tryLock(lock) {
			if own, err = s.spawn(ctx, lock); err != nil {
				return err
			}
		}
		select {
		case <-own.exited():
			return fmt.Errorf("PostgreSQL does not start: %s (more in %s)", own.complaint(), s.logPath())
		case <-ctx.Done():
			return errors.Join(ctx.Err(), own.end())
		case <-time.After(10 * time.Millisecond):
		}
		if own == nil && time.Now().After(end) {
			return fmt.Errorf("%s is in use by another copy of the program whose PostgreSQL does not get ready or cannot be seen "+
				"from here; stop that one first", s.cluster.dir)
		}
	}
}

// adopt makes a ready server this program's.
func (s *Server) adopt(running postmaster, own *process) error {
	password, err := readSecret(s.cluster.passwordPath())
	if err != nil {
		return err
	}
	if own != nil && own.pid() != running.pid {
		own = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.password, s.port, s.pid, s.own = password, running.port, running.pid, own
	return nil
}
