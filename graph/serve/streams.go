package serve

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/auth"
	"lyceum/domain"
	"lyceum/graph/gqlerr"
)

// Streams are what websockets and event streams may take at most. Each refusal names its limit.
type Streams struct {
	Init       time.Duration // from a handshake to connection_init
	Message    int64         // bytes of a client's message
	Stall      time.Duration // without progress in the middle of a message, in either direction
	Operations int           // on one socket at a time, and event streams of a user at a time
	Running    int           // queries and mutations of a socket that are worked on or wait to be read; the others wait for their turn
	OfUser     int           // sockets of a user at a time
	OfAddress  int           // sockets of an address at a time, and as many event streams
	Ping       time.Duration // between two signs of life
	Pong       time.Duration // from a ping to its answer
	Idle       time.Duration // of a socket without any operation
	Watch      time.Duration // between two looks at the session behind running operations
}

// DefaultStreams suit single-page apps. The worst that a socket holds unread are Running answers; a browser would open as
// many connections to a host.
func DefaultStreams() Streams {
	return Streams{
		Init: 5 * time.Second, Message: 64 << 10, Stall: 15 * time.Second, Operations: 50, Running: 6, OfUser: 10, OfAddress: 100,
		Ping: 20 * time.Second, Pong: 40 * time.Second, Idle: 10 * time.Minute, Watch: 5 * time.Second,
	}
}

// shares are the streams of one kind that are open.
type shares struct {
	kind                string
	ofUser, ofAddress   *auth.Shares
	perUser, perAddress int
}

func newShares(kind string, perUser, perAddress int) *shares {
	return &shares{
		kind: kind, ofUser: auth.NewShares(perUser), ofAddress: auth.NewShares(perAddress),
		perUser: perUser, perAddress: perAddress,
	}
}

// take opens one more stream for a viewer, or says which limit it is beyond.
func (s *shares) take(v domain.Viewer) (done func(), problem *gqlerror.Error) {
	leaveAddress, ok := s.ofAddress.TakeAddress(v.Request.IP)
	if !ok {
		return nil, tooMany(s.kind+" of your network", s.perAddress)
	}
	if !v.SignedIn() {
		return leaveAddress, nil
	}
	leaveUser, ok := s.ofUser.Take(v.UserID.String())
	if !ok {
		leaveAddress()
		return nil, tooMany(s.kind+" of your account", s.perUser)
	}
	return func() { leaveUser(); leaveAddress() }, nil
}

// tooMany is the error for what is open too often at a time.
func tooMany(what string, most int) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    "too many " + what + " are open at a time; close one and try again",
		Extensions: map[string]any{"code": string(domain.CodeOverloaded), "limit": what, "maximum": most},
	}
}

func badRequest(problem string) *gqlerror.Error {
	return &gqlerror.Error{Message: problem, Extensions: map[string]any{"code": gqlerr.CodeBadRequest}}
}

// responses runs an operation and hands each response to send until there are no more or send fails. done reports whether
// the operation came to its end. A query or mutation without any response has run out of time.
func responses(ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext,
	send func(*graphql.Response) error,
) (done bool) {
	respond, inner := exec.DispatchOperation(graphql.WithOperationContext(ctx, op), op)
	sent := false
	for response := respond(inner); response != nil; response = respond(inner) {
		if send(response) != nil {
			return false
		}
		sent = true
	}
	if !sent && op.Operation.Operation != ast.Subscription && ctx.Err() == nil {
		return send(exec.DispatchError(graphql.WithOperationContext(ctx, op), gqlerror.List{gqlerror.Wrap(context.DeadlineExceeded)})) == nil
	}
	return ctx.Err() == nil
}
