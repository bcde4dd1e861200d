package db

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// A statement may take minutes, in which the server says nothing. Whoever waits so long asks meanwhile, over another
// connection, whether the server still answers at all, and hangs up when it does not.
const (
	patient    = 15 * time.Second // what a deadline ends sooner needs no asking
	askEvery   = 3 * time.Second
	askWait    = 2 * time.Second
	maxUnheard = 2 // questions in a row
)

// keepAsking hangs up when the server falls silent during an operation. The function that it returns ends the asking.
func (l *line) keepAsking(operation uint64) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	timer := time.AfterFunc(askEvery, func() {
		for unheard := 0; ; {
			if unheard++; answers(ctx, l.RemoteAddr()) {
				unheard = 0
			}
			if unheard == maxUnheard {
				l.hangUp(operation)
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(askEvery):
			}
		}
	})
	return func() { timer.Stop(); cancel() }
}

// sslRequest is the shortest question that every PostgreSQL and every pooler answers, with one byte and without a sign-in.
var sslRequest = []byte{0, 0, 0, 8, 4, 210, 22, 47}

// answers reports whether a server answers. A refusal is an answer, also one to connect; only silence is none.
func answers(ctx context.Context, at net.Addr) bool {
	end := time.Now().Add(askWait)
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, at.Network(), at.String())
	if err == nil {
		defer conn.Close()
		_ = conn.SetDeadline(end) // a connection that is closed by now says so below
		if _, err = conn.Write(sslRequest); err == nil {
			_, err = io.ReadFull(conn, make([]byte, 1))
		}
	}
	var e net.Error
	return !errors.As(err, &e) || !e.Timeout()
}
