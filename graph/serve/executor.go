package serve

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"lyceum/domain"
	"lyceum/graph/gqlerr"
)

// gated gives a transport an executor whose documents are read here: gqlgen's own reading validates before anything can
// count, reports every error there is, and suggests names. It also keeps nil from the transports, which gqlgen answers with
// once a client has gone.
type gated struct {
	graphql.Transport
	reader *reader
}

func (t gated) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	t.Transport.Do(w, r, gate{exec, t.reader})
}

// gate is an executor that hands gqlgen nothing but documents that were read, counted and validated.
type gate struct {
	graphql.GraphExecutor
	reader *reader
}

// CreateOperationContext reads the document and checks the variables. It returns at most maxErrors and one errors.
func (g gate) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	record := recordOf(ctx)
	record.asked(params.OperationName)
	doc, fresh, errs := g.reader.read(ctx, params.Query)
	if len(errs) > 0 {
		return &graphql.OperationContext{RawQuery: params.Query, OperationName: params.OperationName, Headers: params.Headers}, errs
	}
	op, errs := g.GraphExecutor.CreateOperationContext(withDocument(ctx, doc), params)
	record.accepted(op)
	if len(errs) > 0 {
		if !g.reader.tells(ctx) {
			errs = ofVariables(errs, params.Variables)
		}
		return op, capped(errs, 0)
	}
	if fresh {
		g.reader.cache.Add(ctx, params.Query, doc) // what was refused is not kept
	}
	return op, nil
}

// DispatchOperation runs the operation. Its first response is never nil; a later one is at the end of a stream.
func (g gate) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	record := recordOf(ctx)
	respond, ctx := g.GraphExecutor.DispatchOperation(ctx, op)
	answered := op.Operation.Operation == ast.Subscription // such a stream may end before it has begun
	return func(ctx context.Context) *graphql.Response {
		response := respond(ctx)
		if response == nil && !answered {
			response = g.ended(ctx)
		}
		answered = true
		return record.answered(response)
	}, ctx
}

// ended is the answer to an operation that was over before it began: TIMEOUT or CANCELED.
func (g gate) ended(ctx context.Context) *graphql.Response {
	err := ctx.Err()
	if err == nil {
		err = context.Canceled
	}
	response := g.GraphExecutor.DispatchError(ctx, gqlerror.List{gqlerror.WrapIfUnwrapped(err)})
	response.Data = []byte("null")
	return response
}

// DispatchError presents the errors of a refused request.
func (g gate) DispatchError(ctx context.Context, errs gqlerror.List) *graphql.Response {
	return recordOf(ctx).answered(g.GraphExecutor.DispatchError(ctx, capped(errs, 0)))
}

// reader reads documents: the text into a tree, counted, then validated.
type reader struct {
	schema              *ast.Schema
	limits              Limits
	everyoneIntrospects bool
	cache               graphql.Cache[*ast.QueryDocument]
}

// tells reports whether the viewer may hear names of the schema.
func (r *reader) tells(ctx context.Context) bool {
	return mayIntrospect(domain.ViewerFrom(ctx), r.everyoneIntrospects)
}

// read returns a document, and whether it was read just now.
func (r *reader) read(ctx context.Context, text string) (doc *ast.QueryDocument, fresh bool, errs gqlerror.List) {
	if n := len(text); n > r.limits.Characters {
		return nil, false, gqlerror.List{gqlerr.Limit("characters", int64(r.limits.Characters), int64(n))}
	}
	if doc, ok := r.cache.Get(ctx, text); ok {
		return doc, false, nil
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, r.limits.Tokens)
	if err != nil {
		return nil, false, gqlerror.List{failed(err, errcode.ParseFailed)}
	}
	if len(doc.Operations) == 0 {
		return nil, false, gqlerror.List{failed(gqlerror.Errorf("no operation provided"), errcode.ValidationFailed)}
	}
	if e := r.limits.check(doc); e != nil {
		return nil, false, gqlerror.List{e}
	}
	errs = validate(r.schema, text, doc, r.tells(ctx))
	for _, e := range errs {
		errcode.Set(e, errcode.ValidationFailed)
	}
	return doc, true, errs
}

func failed(err error, code string) *gqlerror.Error {
	e := gqlerror.WrapIfUnwrapped(err)
	errcode.Set(e, code)
	return e
}
