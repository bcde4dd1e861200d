package db

import (
	"context"
	"net"
	"syscall"
	"time"
)

// How a connection whose other end is gone is noticed by the operating system: what was sent and not acknowledged, and
// probes on a connection that has nothing to say.
const (
	unacknowledged = 20 * time.Second
	keepAliveIdle  = 15 * time.Second
	keepAliveEvery = 5 * time.Second
	keepAliveCount = 3
)

// dialer opens the lines of a pool. A dial whose context carries no place is lib/pq's request to cancel a statement: the
// statement waits for it, so that it gets cancelGrace and no more.
type dialer struct{ net.Dialer }

func newDialer() dialer {
	return dialer{net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepAliveIdle, Interval: keepAliveEvery, Count: keepAliveCount},
		Control: func(_, _ string, c syscall.RawConn) error {
			return c.Control(func(fd uintptr) { limitUnacknowledged(fd, unacknowledged) })
		},
	}}
}

// Dial implements pq.Dialer; lib/pq calls DialContext instead.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialTimeout implements pq.Dialer; lib/pq calls DialContext instead.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext implements pq.DialerContext.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	at, connecting := ctx.Value(placeKey{}).(*place)
	if !connecting {
		return d.brief(ctx, network, address)
	}
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l := &line{Conn: conn}
	at.put(l)
	return l, nil
}

// brief dials for a request that must be over, whatever comes back, after cancelGrace.
func (d dialer) brief(ctx context.Context, network, address string) (net.Conn, error) {
	end := time.Now().Add(cancelGrace)
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return briefConn{conn}, conn.SetDeadline(end)
}

// briefConn keeps the deadline that it has: lib/pq would set a later one.
type briefConn struct{ net.Conn }

func (briefConn) SetDeadline(time.Time) error { return nil }

type placeKey struct{}
