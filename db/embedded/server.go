package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// Options say where the cluster lives and how its server runs.
type Options struct {
	Dir      string            // the cluster, its password and its log; made if missing
	Cache    string            // where downloaded programs are kept
	Settings map[string]string // more server settings
	Log      *slog.Logger
}

// Server is a running PostgreSQL, ours or one that another copy of the program started.
type Server struct {
	cluster cluster
	options Options
	stop    context.CancelFunc
	stopped chan struct{}

	mu       sync.Mutex
	password string
	port     int
	pid      int
	own      *process // nil when another copy started the server
}

// Start makes the cluster if needed, starts its server or attaches to the running one, and from then on starts it again
// whenever it is gone. Errors: ErrNoBinaries, ErrVersion, and a sentence for a folder that cannot be written.
func Start(ctx context.Context, o Options) (*Server, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be written: %w", err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{options: o, cluster: cluster{dir: dir}, stopped: make(chan struct{})}
	if err := s.cluster.chooseUser(); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 && s.cluster.uid != 0 {
		o.Cache = "/var/cache/lyceum" // another user cannot run programs below root's home
	}
	if s.cluster.binaries, err = FindBinaries(ctx, o.Cache); err != nil {
		return nil, err
	}
	if err := s.ensure(ctx); err != nil {
		return nil, err
	}
	watch, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go s.supervise(watch)
	return s, nil
}

// URL is where a role finds a database of the server.
func (s *Server) URL(role, password, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port())),
		Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// SuperuserURL is the superuser's way in.
func (s *Server) SuperuserURL() string { return s.SuperuserURLOf("postgres") }

// SuperuserURLOf is the superuser's way into a database.
func (s *Server) SuperuserURLOf(database string) string {
	s.mu.Lock()
	password := s.password
	s.mu.Unlock()
	return s.URL(superuser, password, database)
}

// Port is the server's TCP port on 127.0.0.1. It stays the same over restarts.
func (s *Server) Port() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.port
}

// Owned reports whether this program started the server; else another copy did.
func (s *Server) Owned() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.own != nil
}

// Stop ends the server if this program started it; one that another copy started is left alone. Either way nothing is
// started again.
func (s *Server) Stop() error {
	s.stop()
	<-s.stopped
	s.mu.Lock()
	own := s.own
	s.mu.Unlock()
	return own.end()
}
