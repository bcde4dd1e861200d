package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/auth"
	"lyceum/domain"
)

// socket is one websocket. One goroutine reads and one looks after it, and each operation has its own. No answer is
// queued: an operation keeps its turn until its answer is written, and while a write stands still nothing more is read
// than the operations that are allowed. So what a client leaves unread is bounded by Running answers, and by Stall in time.
type socket struct {
	conn     *websocket.Conn
	limits   Streams
	gate     *auth.Gate
	sessions *lookout
	out      encoder
	exec     graphql.GraphExecutor
	headers  http.Header
	program  context.Context // ends when the program stops: the handshake's, which outlives the hijacked request
	ctx      context.Context // of all operations of the socket
	cancel   context.CancelFunc
	begin    func(context.Context) (context.Context, func()) // the record of an operation

	acknowledged bool          // the reader's own
	turns        chan struct{} // of queries and mutations
	running      sync.WaitGroup
	writing      sync.Mutex

	mu         sync.Mutex
	operations map[string]context.CancelFunc // by the client's id
	unfinished int                           // canceled ones too, until they have really ended
	lastUsed   time.Time
}

// message is one of the protocol's, in either direction.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

func (s *socket) serve() {
	s.lastUsed = time.Now()
	late := time.AfterFunc(s.limits.Init, func() { s.end(closeNoInit, "no connection_init in time") })
	s.running.Go(s.watch)
	s.running.Go(s.ping)
	for {
		m, ok := s.next()
		if !ok || !s.handle(m, late) {
			break
		}
	}
	late.Stop()
	s.cancel()
	_ = s.conn.CloseNow() // it may be closed already
	s.running.Wait()
}

// next reads a message; ok is false when the socket is at its end.
func (s *socket) next() (m message, ok bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	kind, r, err := s.conn.Reader(ctx)
	if err != nil {
		return m, false
	}
	stalled := time.AfterFunc(s.limits.Stall, cancel) // a message that has begun does not go on for ever
	defer stalled.Stop()
	text, err := io.ReadAll(r)
	if err != nil {
		return m, false
	}
	if kind != websocket.MessageText || json.Unmarshal(text, &m) != nil {
		return m, s.end(closeBadMessage, "not a message in JSON")
	}
	return m, true
}

// end closes the socket with a code and returns false. What still runs is given up first.
func (s *socket) end(code websocket.StatusCode, reason string) bool {
	s.cancel()
	_ = s.conn.Close(code, reason) // a client that does not say farewell has gone
	return false
}

// handle does what a message asks for and reports whether the socket goes on.
func (s *socket) handle(m message, late *time.Timer) bool {
	switch m.Type {
	case "connection_init":
		return s.initialize(m, late)
	case "ping":
		return s.write(context.Background(), message{Type: "pong"}) == nil
	case "pong":
		return true
	case "subscribe":
		if !s.acknowledged {
			return s.end(closeUnauthorized, "send connection_init first")
		}
		return s.subscribe(m)
	case "complete":
		if m.ID == "" {
			return s.end(closeBadMessage, "complete needs an id")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if cancel, ok := s.operations[m.ID]; ok {
			cancel()
			delete(s.operations, m.ID)
		}
		return true
	default:
		return s.end(closeBadMessage, "no message type of "+subprotocol)
	}
}

func (s *socket) initialize(m message, late *time.Timer) bool {
	if s.acknowledged {
		return s.end(closeTooManyInits, "too many initialisation requests")
	}
	var payload map[string]json.RawMessage
	if len(m.Payload) > 0 && json.Unmarshal(m.Payload, &payload) != nil {
		return s.end(closeBadMessage, "the payload of connection_init is not an object")
	}
	switch {
	case auth.PayloadCredential(payload):
		return s.end(closeUnauthorized, "no credential of connection_init is accepted; sign in for a session cookie")
	case s.gate.Ended(s.ctx):
		return s.end(closeUnauthorized, "the session has ended; sign in again")
	}
	late.Stop()
	s.acknowledged = true
	return s.write(context.Background(), message{Type: "connection_ack"}) == nil
}

// subscribe begins an operation of any kind.
func (s *socket) subscribe(m message) bool {
	params, _, problem := readBody(bytes.NewReader(m.Payload))
	if m.ID == "" || problem != "" {
		return s.end(closeBadMessage, "subscribe needs an id and a payload with a query")
	}
	params.Headers = s.headers
	s.mu.Lock()
	_, duplicate := s.operations[m.ID]
	full := s.unfinished >= s.limits.Operations
	s.mu.Unlock()
	switch {
	case duplicate:
		return s.end(closeDuplicate, "an operation with this id is running")
	case full:
		return s.refuse(s.ctx, m.ID, gqlerror.List{tooMany("operations of this socket", s.limits.Operations)})
	}
	ctx, err := s.gate.Again(s.ctx)
	if domain.CodeOf(err) == domain.CodeUnauthenticated {
		return s.end(closeUnauthorized, "the session has ended; sign in again")
	}
	if err != nil {
		return s.refuse(ctx, m.ID, gqlerror.List{gqlerror.Wrap(err)})
	}
	ctx, done := s.begin(ctx)
	op, errs := s.exec.CreateOperationContext(graphql.StartOperationTrace(ctx), params)
	if len(errs) > 0 {
		defer done()
		return s.refuse(graphql.WithOperationContext(ctx, op), m.ID, errs)
	}
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.operations[m.ID] = cancel
	s.unfinished++
	s.mu.Unlock()
	s.running.Go(func() {
		defer done()
		defer cancel()
		s.run(ctx, m.ID, op)
	})
	return true
}

// run works an operation off and frees its id and its place.
func (s *socket) run(ctx context.Context, id string, op *graphql.OperationContext) {
	done := false
	defer func() {
		if p := recover(); p != nil {
			s.refuse(ctx, id, gqlerror.List{gqlerror.Wrap(op.Recover(ctx, p))})
		}
		s.mu.Lock()
		s.unfinished--
		s.lastUsed = time.Now()
		if ctx.Err() == nil { // else the id is free already, or another's
			delete(s.operations, id)
		}
		s.mu.Unlock()
		if done {
			_ = s.write(ctx, message{ID: id, Type: "complete"}) // what fails has closed the socket
		}
	}()
	if op.Operation.Operation != ast.Subscription {
		select {
		case s.turns <- struct{}{}:
			defer func() { <-s.turns }()
		case <-ctx.Done():
			return
		}
	}
	done = responses(ctx, s.exec, op, func(r *graphql.Response) error {
		pieces := s.out.pieces(ctx, r)
		recordOf(ctx).sent(pieces)
		return s.write(ctx, message{ID: id, Type: "next"}, pieces...)
	})
}

// refuse answers an operation that does not run and reports whether the socket goes on.
func (s *socket) refuse(ctx context.Context, id string, errs gqlerror.List) bool {
	shown := s.exec.DispatchError(ctx, errs).Errors
	return s.write(ctx, message{ID: id, Type: "error"}, s.out.json(ctx, shown)) == nil
}
