package serve

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/auth"
	"lyceum/graph"
	"lyceum/graph/directives"
	"lyceum/graph/gqlerr"
	"lyceum/graph/loaders"
	"lyceum/graph/rows"
)

// Options say how the graph is served.
type Options struct {
	Log     *slog.Logger
	Limits  Limits
	Streams Streams
	Origins []string // hosts of single-page apps that may open websockets
	// Introspection reports whether everyone may read the schema; otherwise only holders of schema.read.
	Introspection bool
	// Deadline ends a query or a mutation; a subscription lives on.
	Deadline time.Duration
	// Observe hears how the answer of each root field was made. It may be nil.
	Observe func(ctx context.Context, field string, way rows.Way)
	// Mutated hears what each root field of a mutation came to: the codes of its user errors, or its error. It may be nil.
	Mutated func(ctx context.Context, field string, codes []string, err error)
	// Operation begins the record of an operation on a websocket, which done ends; operations on a request of their own write into
	// the record of its context. It may be nil.
	Operation func(ctx context.Context) (operation context.Context, done func())
	// FieldByField reports whether gqlgen alone shall answer an operation. For tests; it may be nil.
	FieldByField func(ctx context.Context) bool
	// WholeRows reports whether rows shall be read with all of their columns. For tests; it may be nil.
	WholeRows func(ctx context.Context) bool
}

// Load gives an operation its loaders. The projection names, by the Go type of a row, the columns that will be looked at; rows
// that it does not name are read whole.
type Load func(ctx context.Context, projection map[string][]string) context.Context

// New serves the graph over POST, GET, server-sent events and websockets. All four run the same operation code: limits,
// viewer, loaders, deadline, presenter. It expects the middleware of the gate in front.
func New(root graph.ResolverRoot, gate *auth.Gate, load Load, o Options) http.Handler {
	schema := graph.NewExecutableSchema(graph.Config{Resolvers: root, Directives: directives.All()})
	s := handler.New(schema)
	documents := &reader{schema: schema.Schema(), limits: o.Limits, everyoneIntrospects: o.Introspection, cache: newDocuments()}
	add := func(t graphql.Transport) { s.AddTransport(gated{t, documents}) }
	out, sessions := encoder{o.Log}, newLookout(gate, o.Log)
	add(newSockets(o, gate, sessions, out))
	add(newEvents(o.Streams, o.Limits, sessions, out)) // before POST, else it never gets one
	add(single{limits: o.Limits, out: out})
	s.SetQueryCache(handed{})
	present := priced(gqlerr.Presenter(o.Log, auth.RequestID))
	s.SetErrorPresenter(present)
	s.SetRecoverFunc(gqlerr.Recover(o.Log, auth.RequestID))
	s.Use(extension.Introspection{}) // who may use it is decided with the other limits
	s.Use(limiter{limits: o.Limits, everyoneIntrospects: o.Introspection})
	s.AroundOperations(budgeted(loaders.NewPool(o.Limits.Answer, o.Limits.Answers), present))
	s.AroundOperations(prepare(load, o))
	s.AroundRootFields(afresh)
	s.AroundFields(price)
	s.AroundFields(rows.Answer(rows.Options{Root: root, Log: o.Log, Observe: o.Observe, Resolved: o.resolved, Leave: o.FieldByField}))
	return s
}

// prepare gives each operation its loaders and its deadline.
func prepare(load Load, o Options) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		cancel := context.CancelFunc(func() {})
		if graphql.GetOperationContext(ctx).Operation.Operation != ast.Subscription {
			ctx, cancel = context.WithTimeout(ctx, o.Deadline)
		}
		ctx, projection := rows.Prepare(ctx)
		if o.WholeRows != nil && o.WholeRows(ctx) {
			projection = nil
		}
		respond := next(load(ctx, projection))
		return func(ctx context.Context) *graphql.Response {
			defer cancel()
			return respond(ctx)
		}
	}
}

// afresh gives each root field of a mutation new loaders. They run one after another, and what was read for one is stale for
// the next: it may have changed the same rows, or who the viewer is.
func afresh(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
		ctx = loaders.Afresh(ctx)
	}
	return next(ctx)
}
