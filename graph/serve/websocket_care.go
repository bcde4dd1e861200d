package serve

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/coder/websocket"
)

// frame is how much of a message is written before the client must have taken some of it.
const frame = 64 << 10

// write sends a message, with the parts of its payload as they stand, unless its operation has been canceled meanwhile. It
// waits for its turn and for the client; a client that takes nothing for the time of Stall has lost the socket.
func (s *socket) write(ctx context.Context, m message, payload ...[]byte) error {
	parts := [][]byte{s.out.json(ctx, m)}
	if len(payload) > 0 {
		head := parts[0]
		parts = slices.Concat([][]byte{head[:len(head)-1], []byte(`,"payload":`)}, payload, [][]byte{[]byte("}")})
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := s.send(parts)
	if err != nil {
		_ = s.conn.CloseNow() // the first error matters
	}
	return err
}

func (s *socket) send(parts [][]byte) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stalled := time.AfterFunc(s.limits.Stall, cancel)
	defer stalled.Stop()
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	if size <= frame {
		return s.conn.Write(ctx, websocket.MessageText, bytes.Join(parts, nil))
	}
	w, err := s.conn.Writer(ctx, websocket.MessageText)
	if err != nil {
		return err
	}
	for _, part := range parts {
		for chunk := range slices.Chunk(part, frame) {
			stalled.Reset(s.limits.Stall)
			if _, err := w.Write(chunk); err != nil {
				return err
			}
		}
	}
	return w.Close()
}

// watch ends the socket when the program stops, when the session behind running operations has ended, and when nothing
// has run for long.
func (s *socket) watch() {
	tick := time.NewTicker(s.limits.Watch)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			if s.program.Err() != nil {
				s.end(websocket.StatusGoingAway, "the server stops; connect again")
			}
			return
		case <-tick.C:
		}
		s.mu.Lock()
		busy, since := s.unfinished > 0, time.Since(s.lastUsed)
		s.mu.Unlock()
		switch {
		case busy && s.sessions.ended(s.ctx) != nil:
			s.end(closeUnauthorized, "the session has ended; sign in again")
		case !busy && since > s.limits.Idle:
			s.end(websocket.StatusNormalClosure, "idle")
		}
	}
}

// ping asks for signs of life. Frames of the websocket itself are answered by every client without its doing.
func (s *socket) ping() {
	tick := time.NewTicker(s.limits.Ping)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), s.limits.Pong) // not the socket's, whose end may still say why
		err := s.conn.Ping(ctx)
		cancel()
		if err != nil {
			_ = s.conn.CloseNow() // the client has gone
			return
		}
	}
}
