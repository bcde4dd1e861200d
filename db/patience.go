package db

import (
	"context"
	"sync"
	"time"
)

// How long a request waits for free connections before it is told that the house is full, over all its statements: a client hears so
// within a second. Whether the house is full is asked with less patience: those who wait are served in their turn, and one that gives up
// before them is served only when there is room.
const (
	acquireWait = 750 * time.Millisecond
	readyWait   = 400 * time.Millisecond
)

// patience is what is left of a request's waiting. Statements of a request may wait side by side: that time counts once.
type patience struct {
	mu      sync.Mutex
	left    time.Duration
	waiting int
	since   time.Time // the first of those that wait now began
}

type patienceKey struct{}

// WithPatience has all that is done for one request share one time of waiting for connections. A context that has one keeps it.
func WithPatience(ctx context.Context) context.Context {
	if ctx.Value(patienceKey{}) != nil {
		return ctx
	}
	return withPatience(ctx, acquireWait)
}

func withPatience(ctx context.Context, most time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, &patience{left: most})
}

// begin starts a wait and says how long it may be.
func (p *patience) begin() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == 0 {
		p.since = time.Now()
	}
	p.waiting++
	return p.left - time.Since(p.since)
}

func (p *patience) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting--; p.waiting == 0 {
		p.left -= time.Since(p.since)
	}
}

// acquire takes the place of a connection, which release gives back. Errors: ErrBusy, and the context's.
func (d *DB) acquire(ctx context.Context) (err error) {
	select {
	case d.gate <- struct{}{}:
		return nil
	default:
	}
	p, shared := ctx.Value(patienceKey{}).(*patience)
	if !shared {
		p = &patience{left: acquireWait}
	}
	began := time.Now()
	defer func() { d.waits.ended(began, err) }()
	timer := time.NewTimer(p.begin())
	defer p.end()
	defer timer.Stop()
	select {
	case d.gate <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return ErrBusy
	}
}

func (d *DB) release() { <-d.gate }
