package serve_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lyceum/graph"
	"lyceum/graph/serve"
)

// noFields resolves nothing: what is asked here stands in the schema.
type noFields struct{ graph.ResolverRoot }

func noLoaders(ctx context.Context, _ map[string][]string) context.Context { return ctx }

// gqlgen answers nil to an operation whose context has ended before it began.
func TestAnOperationThatWasOverBeforeItBeganIsCanceledAndDoesNotPanic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ method, accept, body string }{
		{http.MethodPost, "application/json", `{"query":"{ __typename }"}`},
		{http.MethodPost, "application/graphql-response+json", `{"query":"{ __typename }"}`},
		{http.MethodGet, "application/json", ""},
		{http.MethodPost, "text/event-stream", `{"query":"{ __typename }"}`},
	} {
		var log bytes.Buffer
		h := serve.New(noFields{}, nil, noLoaders, serve.Options{
			Log: slog.New(slog.NewTextHandler(&log, nil)), Limits: serve.DefaultLimits(), Streams: serve.DefaultStreams(), Deadline: time.Minute,
		})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := httptest.NewRequestWithContext(ctx, c.method, "/graphql?query=%7B__typename%7D", strings.NewReader(c.body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", c.accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if log.Len() > 0 || strings.Contains(w.Body.String(), "INTERNAL") || !strings.Contains(w.Body.String(), `"code":"CANCELED"`) {
			t.Errorf("%s %s: %d %s\nlog: %s", c.method, c.accept, w.Code, w.Body, log.String())
		}
	}
}
