package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"lyceum/app/backups"
	"lyceum/store"
)

// HTTP limits. There is no write timeout for a whole answer, since streams and downloads are long: a client must only keep
// taking something (Steady).
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	idleTimeout       = 2 * time.Minute
	stallTimeout      = 15 * time.Second
	pingAfter         = 30 * time.Second // of silence on a connection of HTTP/2, whose streams may be open for hours
	maxHeaderBytes    = 32 << 10
	// drain is how long running requests and jobs may take once the program was told to stop.
	drain = 20 * time.Second
	// farewell is for how long, before that, connections are answered and asked to close: one that is closed while its client's next
	// request is on the way loses it.
	farewell = 500 * time.Millisecond
)

// Serve opens its addresses and works until ctx ends, then stops: it is no longer ready, connections are asked to close, running requests
// finish, streams are closed, jobs finish or are put back. ready is called once the addresses are open.
func (a *App) Serve(ctx context.Context, ready func(public net.Addr)) error {
	public, err := listen(ctx, "LYCEUM_LISTEN", a.config.Listen)
	if err != nil {
		return err
	}
	ops, err := listen(ctx, "LYCEUM_OPS_LISTEN", a.config.OpsListen)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	servers, listeners := []*http.Server{a.publicServer(), NewServer(a.OpsHandler())}, []net.Listener{public, ops}
	if a.config.RedirectListen != "" {
		l, err := listen(ctx, "LYCEUM_REDIRECT_LISTEN", a.config.RedirectListen)
		if err != nil {
			return errors.Join(err, public.Close(), ops.Close())
		}
		servers, listeners = append(servers, a.redirectServer()), append(listeners, l)
	}
	if err := a.reviveBackups(ctx); err != nil {
		for _, l := range listeners {
			_ = l.Close() // the first error matters
		}
		return err
	}
	if err := a.runner.Start(context.WithoutCancel(ctx)); err != nil {
		for _, l := range listeners {
			_ = l.Close() // the first error matters
		}
		return fmt.Errorf("start the jobs: %w", err)
	}
	var background sync.WaitGroup
	background.Go(func() { a.clock.keepFollowing(a.streams, a.resolver.Reader, a.log) })

	if a.certificates != nil {
		background.Go(func() { a.certificates.Watch(a.streams) })
	}
	failed := make(chan error, len(servers))
	for i, l := range listeners {
		background.Go(func() {
			if err := serveOn(servers[i], l); err != nil {
				failed <- err
			}
		})
	}
	ready(public.Addr())
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, a.stop(servers, &background))
}

// reviveBackups lets backups begin anew whose program was killed. The queue leaves them alone for as long as a backup may take, and drops
// every other one meanwhile; that none runs is known from the lock.
func (a *App) reviveBackups(ctx context.Context) error {
	if a.config.Backup == "" || !a.config.Embedded() {
		return nil
	}
	return backups.WhileFree(a.config.dataDir(), func() error { return store.NewMaintenance(a.jobPool).ReviveBackups(ctx) })
}

func (a *App) stop(servers []*http.Server, background *sync.WaitGroup) error {
	var errs []error
	a.log.InfoContext(context.Background(), "the school closes; what is under way is brought to its end")
	a.leaving.Store(true)
	a.endStreams()
	for end := time.Now().Add(farewell); a.connections.Load() > 0 && time.Now().Before(end); {
		time.Sleep(farewell / 50)
	}
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	for _, s := range servers {
		if err := s.Shutdown(ctx); err != nil {
			a.log.WarnContext(ctx, "requests that did not end were cut off", "error", err)
			errs = append(errs, s.Close())
		}
	}
	errs = append(errs, a.runner.Stop(ctx))
	background.Wait()
	err := errors.Join(errs...)
	if err == nil {
		a.log.InfoContext(context.Background(), "the school is closed")
	}
	return err
}

// counted keeps the number of a server's open connections.
func (a *App) counted(s *http.Server) *http.Server {
	s.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			a.connections.Add(1)
		case http.StateClosed, http.StateHijacked:
			a.connections.Add(-1)
		}
	}
	return s
}

// sayFarewell has connections close after their next answer once the program is leaving.
func (a *App) sayFarewell(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.leaving.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// NewServer serves a handler within the HTTP limits.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: steadyStreams(h, stallTimeout), ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes, HTTP2: &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: stallTimeout},
	}
}

func listen(ctx context.Context, setting, address string) (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot listen on %s (is another program using the port?): %w", setting, address, err)
	}
	return Steady(l), nil
}
