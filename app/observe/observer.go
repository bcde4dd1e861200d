package observe

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/auth"
	"lyceum/domain"
	"lyceum/graph/rows"
)

// Options say what is observed.
type Options struct {
	Log     *slog.Logger
	Slow    time.Duration // operations that take longer are told with their statements; 0: none
	Proxies auth.Proxies  // whose forwarded addresses are believed
}

// Observer notes what requests come to.
type Observer struct {
	Options
	*metrics
}

// New makes an observer with metrics of its own.
func New(o Options) *Observer { return &Observer{Options: o, metrics: newMetrics()} }

// Viewer is a middleware behind the gate: the line of a request names who sent it.
func (o *Observer) Viewer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at := requestOf(r.Context()); at != nil {
			at.seen = r.Context()
		}
		next.ServeHTTP(w, r)
	})
}

// Refused notes the code with which a request is refused outside the graph.
func Refused(w http.ResponseWriter, code string) {
	for {
		switch at := w.(type) {
		case *answer:
			at.request.Errors.Add(code)
			return
		case interface{ Unwrap() http.ResponseWriter }:
			w = at.Unwrap()
		default:
			return
		}
	}
}

// Operation begins the record of an operation on a websocket; done writes its line.
func (o *Observer) Operation(ctx context.Context) (operation context.Context, done func()) {
	above := requestOf(ctx)
	if above == nil {
		return ctx, func() {}
	}
	r := &request{
		began: time.Now(), path: above.path, method: above.method, address: above.address, agent: above.agent, stream: above.stream,
	}
	ctx = r.in(ctx)
	r.seen = ctx
	return ctx, func() {
		status := http.StatusOK
		if ctx.Err() != nil { // the socket is at its end
			status = statusGone
		}
		o.operationEnded(r, status)
		o.write(r, operationLine, status, r.Bytes)
	}
}

// Answered counts a root field.
func (o *Observer) Answered(ctx context.Context, way rows.Way) {
	name := ""
	if r := requestOf(ctx); r != nil {
		r.ways.Or(1 << wayBit(way))
		name = r.Name
	} else if op := graphql.GetOperationContext(ctx); op != nil {
		name = op.OperationName
	}
	o.answers.WithLabelValues(o.names.label(ctx, name), string(way)).Inc()
}

// ways are in the order in which a line names them.
var ways = []rows.Way{rows.Written, rows.Fallback, rows.Failed, rows.Skipped}

func wayBit(way rows.Way) int {
	for i, w := range ways {
		if w == way {
			return i
		}
	}
	return len(ways)
}

// signIn is the field of Mutation that signs in.
const signIn = "signIn"

// Mutated counts what a field of a mutation came to.
func (o *Observer) Mutated(_ context.Context, field string, codes []string, err error) {
	for _, code := range codes {
		o.userErrors.WithLabelValues(code).Inc()
	}
	switch {
	case field != signIn:
	case err != nil:
		o.signIns.WithLabelValues(string(domain.CodeOf(err))).Inc()
	case len(codes) > 0:
		o.signIns.WithLabelValues(codes[0]).Inc()
	default:
		o.signIns.WithLabelValues(succeeded).Inc()
	}
}
