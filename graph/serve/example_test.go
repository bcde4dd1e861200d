package serve_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"lyceum/graph"
	"lyceum/graph/serve"
)

// The endpoint is a handler. It is given what answers fields (resolvers.Resolver), the gate that knows who asks, and how an
// operation gets its loaders; here nothing of it is needed, since what is asked stands in the schema.
func ExampleNew() {
	var root struct{ graph.ResolverRoot }
	load := func(ctx context.Context, _ map[string][]string) context.Context { return ctx }
	endpoint := serve.New(root, nil, load, serve.Options{
		Log: slog.Default(), Limits: serve.DefaultLimits(), Streams: serve.DefaultStreams(), Deadline: 10 * time.Second,
	})

	ask := func(query string) {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"`+query+`"}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		endpoint.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	ask("{ __typename }")
	ask("{ contentItems(first: 1000) { nodes { title } } }")
	// Output:
	// 200 {"data":{"__typename":"Query"}}
	// 200 {"errors":[{"message":"first of contentItems must be 1 to 100","locations":[{"line":1,"column":3}],"extensions":{"code":"INVALID","maximum":100,"minimum":1}}]}
}
