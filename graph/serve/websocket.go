package serve

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"

	"lyceum/auth"
	"lyceum/domain"
)

// subprotocol is the one that is spoken:
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
const subprotocol = "graphql-transport-ws"

// The codes with which a socket is closed, beside those of RFC 6455.
const (
	closeBadMessage   = 4400 // not JSON, or no message of the protocol
	closeUnauthorized = 4401 // an operation before connection_ack, a credential that is not accepted, a session that has ended
	closeNoInit       = 4408 // no connection_init in time
	closeDuplicate    = 4409 // the id of an operation that is still running
	closeTooManyInits = 4429
)

// sockets serves websockets. It takes the place of gqlgen's transport, which starts any number of operations and keeps all
// their answers for a client that does not read.
type sockets struct {
	limits   Streams
	open     *shares
	gate     *auth.Gate
	sessions *lookout
	out      encoder
	accept   websocket.AcceptOptions
	begin    func(context.Context) (context.Context, func())
}

func newSockets(o Options, gate *auth.Gate, sessions *lookout, out encoder) sockets {
	t := sockets{
		limits: o.Streams, gate: gate, sessions: sessions, out: out, open: newShares("websockets", o.Streams.OfUser, o.Streams.OfAddress),
		// without compression: nothing grows when it is read
		accept: websocket.AcceptOptions{Subprotocols: []string{subprotocol}, OriginPatterns: o.Origins},
		begin:  o.Operation,
	}
	if t.begin == nil {
		t.begin = func(ctx context.Context) (context.Context, func()) { return ctx, func() {} }
	}
	return t
}

// Supports implements graphql.Transport.
func (sockets) Supports(r *http.Request) bool { return auth.Websocket(r) }

// Do implements graphql.Transport. What is refused is refused before the upgrade, where it costs nothing.
func (t sockets) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if !slices.Contains(offered(r), subprotocol) {
		t.out.refuse(r.Context(), w, http.StatusBadRequest, exec, badRequest("name the subprotocol "+subprotocol+" in Sec-WebSocket-Protocol"))
		return
	}
	leave, problem := t.open.take(domain.ViewerFrom(r.Context()))
	if problem != nil {
		t.out.refuse(r.Context(), w, http.StatusTooManyRequests, exec, problem)
		return
	}
	defer leave()
	conn, err := websocket.Accept(w, r, &t.accept)
	if err != nil {
		return // it has answered: the handshake is not one, or its origin is foreign
	}
	conn.SetReadLimit(t.limits.Message)
	ctx, cancel := context.WithCancel(r.Context())
	s := &socket{
		conn: conn, limits: t.limits, gate: t.gate, sessions: t.sessions, out: t.out, exec: exec, headers: r.Header, program: r.Context(),
		ctx: ctx, cancel: cancel, begin: t.begin,
		turns: make(chan struct{}, t.limits.Running), operations: map[string]context.CancelFunc{},
	}
	s.serve()
}

// offered are the subprotocols that a client speaks.
func offered(r *http.Request) []string {
	all := strings.Split(strings.Join(r.Header.Values("Sec-WebSocket-Protocol"), ","), ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}
