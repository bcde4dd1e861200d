package observe

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"lyceum/auth"
	"lyceum/db"
	"lyceum/graph/serve"
)

// statusGone is what stands in the log and the metrics for a request whose client did not wait for the answer; nobody is sent it.
const statusGone = 499

// request is one request on its way, or one operation on a websocket. It is not used again afterwards: a read that nobody waits for
// any longer may still note its end in it.
type request struct {
	serve.Record
	tally   db.Tally
	began   time.Time
	ways    atomic.Uint32
	seen    context.Context //nolint:containedctx // where the viewer is found at the end: signing in changes who that is
	method  string
	path    string
	address string
	agent   string
	stream  string // what kind of stream it wants to be; empty for others
	opened  bool   // it has become one
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// in makes a context in which the graph and the database write into the request.
func (r *request) in(ctx context.Context) context.Context {
	return serve.WithRecord(db.WithTally(context.WithValue(ctx, requestKey{}, r), &r.tally), &r.Record)
}

// The kinds of streams.
const (
	websocketStream = "websocket"
	eventStream     = "events"
)

// Requests is the middleware that writes a line for each request and counts it; it stands behind auth.WithRequestID and in front of
// everything that answers. A stream has a line when it begins and one when it ends. Health checks have none.
func (o *Observer) Requests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, sent *http.Request) {
		if sent.URL.Path == "/livez" || sent.URL.Path == "/readyz" {
			next.ServeHTTP(w, sent)
			return
		}
		r := &request{began: time.Now(), method: sent.Method, path: sent.URL.Path, agent: sent.UserAgent()}
		switch {
		case auth.Websocket(sent):
			r.stream = websocketStream
		case r.path == graphPath && auth.EventStream(sent):
			r.stream = eventStream
		}
		a := &answer{ResponseWriter: w, request: r}
		whole := sent.WithContext(r.in(sent.Context()))
		r.address = o.Proxies.ClientIP(sent)
		if r.stream != "" {
			a.opening = func() { o.opened(r, whole) }
		}
		o.running.Inc()
		defer func() {
			o.running.Dec()
			o.ended(sent.Context(), r, a)
		}()
		next.ServeHTTP(a, whole)
	})
}

// graphPath is the address of the graph.
const graphPath = "/graphql"

// opened tells of a stream that begins.
func (o *Observer) opened(r *request, sent *http.Request) {
	r.opened = true
	o.streams.WithLabelValues(r.stream).Inc()
	if r.seen == nil {
		r.seen = sent.Context()
	}
	o.write(r, openedLine, 0, 0)
}

// ended counts and tells what a request came to. Its context is the one that ends when the client goes.
func (o *Observer) ended(ctx context.Context, r *request, a *answer) {
	if r.seen == nil {
		r.seen = ctx
	}
	status, gone := a.status, errors.Is(ctx.Err(), context.Canceled)
	switch {
	case r.opened: // a stream that its client ends has come to a good end
	case gone:
		status = statusGone
	case status == 0:
		status = http.StatusOK
	}
	o.requests.WithLabelValues(routeOf(r.path), statusText(status)).Inc()
	for _, e := range r.Errors {
		o.errors.WithLabelValues(o.knownCode(e.Code)).Add(float64(e.Count))
	}
	if r.path == graphPath && r.stream != websocketStream {
		o.operationCounted(r, status)
	}
	if r.opened {
		o.streams.WithLabelValues(r.stream).Dec()
		o.write(r, closedLine, status, a.bytes)
		return
	}
	o.write(r, requestLine, status, a.bytes)
}

// operationEnded counts an operation on a websocket.
func (o *Observer) operationEnded(r *request, status int) {
	for _, e := range r.Errors {
		o.errors.WithLabelValues(o.knownCode(e.Code)).Add(float64(e.Count))
	}
	o.operationCounted(r, status)
}

// answer is a writer that knows what was written.
type answer struct {
	http.ResponseWriter
	request *request
	status  int
	bytes   int64
	opening func() // called when the request becomes a stream; nil for others
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) {
		a.status = status
		if a.opening != nil && (status == http.StatusSwitchingProtocols || status == http.StatusOK && a.eventful()) {
			a.opening()
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) eventful() bool {
	return a.request.stream == eventStream && strings.HasPrefix(a.Header().Get("Content-Type"), "text/event-stream")
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// ReadFrom implements io.ReaderFrom, with which files go out without a copy.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	n, err := io.Copy(a.ResponseWriter, r)
	a.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController and websockets reach what is below.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
