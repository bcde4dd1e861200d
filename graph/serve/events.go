package serve

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/auth"
	"lyceum/domain"
)

// events serves server-sent events: one operation a stream, in the "distinct connections" mode of
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. gqlgen's own quotes a bad body back, knows no bounds,
// and may write once more after its request has ended. How long a reader may stand still is the listener's business.
type events struct {
	limits   Streams
	sizes    Limits
	open     *shares
	sessions *lookout
	out      encoder
}

func newEvents(limits Streams, sizes Limits, sessions *lookout, out encoder) events {
	return events{
		limits: limits, sizes: sizes, sessions: sessions, out: out,
		open: newShares("event streams", limits.Operations, limits.OfAddress),
	}
}

// Supports implements graphql.Transport. A client that would rather have JSON is left to single.
func (events) Supports(r *http.Request) bool {
	return r.Method == http.MethodPost && auth.EventStream(r)
}

// Do implements graphql.Transport.
func (t events) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, status, problem := readParams(w, r, t.sizes.body(r.Context()))
	if problem != "" {
		t.out.refuse(r.Context(), w, status, exec, badRequest(problem))
		return
	}
	leave, full := t.open.take(domain.ViewerFrom(r.Context()))
	if full != nil {
		t.out.refuse(r.Context(), w, http.StatusTooManyRequests, exec, full)
		return
	}
	defer leave()
	params.Headers = r.Header
	ctx, cancel := context.WithCancelCause(r.Context())
	s := &eventStream{w: w, flush: http.NewResponseController(w).Flush, out: t.out}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would gather events
	// What follows is dropped where it cannot be written: the client has gone, and the context ends with it.
	_ = s.write(":\n\n") // the client knows at once that it is connected
	var background sync.WaitGroup
	defer background.Wait()
	defer cancel(nil)
	op, errs := exec.CreateOperationContext(graphql.StartOperationTrace(ctx), params)
	if len(errs) > 0 {
		_ = s.next(ctx, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs))
		_ = s.write("event: complete\n\n")
		return
	}
	background.Go(func() { t.watch(ctx, cancel, s, op.Operation.Operation == ast.Subscription) })
	done := responses(ctx, exec, op, func(r *graphql.Response) error { return s.next(ctx, r) })
	if ended := context.Cause(ctx); domain.CodeOf(ended) == domain.CodeUnauthenticated {
		_ = s.next(ctx, exec.DispatchError(graphql.WithOperationContext(ctx, op), gqlerror.List{gqlerror.Wrap(ended)}))
		done = true
	}
	if done {
		_ = s.write("event: complete\n\n")
	}
}

// watch keeps the way to the client open and ends a subscription whose session has ended.
func (t events) watch(ctx context.Context, cancel context.CancelCauseFunc, s *eventStream, subscription bool) {
	ping, look := time.NewTicker(t.limits.Ping), time.NewTicker(t.limits.Watch)
	defer ping.Stop()
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ping.C:
			_ = s.write(": ping\n\n")
		case <-look.C:
			if !subscription {
				continue // it ends soon by itself
			}
			if err := t.sessions.ended(ctx); err != nil {
				cancel(err)
			}
		}
	}
}

// eventStream writes one event after the other.
type eventStream struct {
	mu    sync.Mutex
	w     http.ResponseWriter
	flush func() error
	out   encoder
}

func (s *eventStream) next(ctx context.Context, response *graphql.Response) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.w.Write([]byte("event: next\ndata: "))
	for _, piece := range s.out.pieces(ctx, response) {
		if err == nil {
			_, err = s.w.Write(piece)
		}
	}
	if err == nil {
		_, err = s.w.Write([]byte("\n\n"))
	}
	if err != nil {
		return err
	}
	return s.flush()
}

func (s *eventStream) write(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.flush()
}
