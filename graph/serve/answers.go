package serve

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/domain"
	"lyceum/graph/gqlerr"
	"lyceum/graph/loaders"
)

// budgeted gives the answer of each operation its budget of bytes, until its request or its place on a socket is over. An
// answer that exceeds it is thrown away and replaced by one error. Streams will want a budget for each event.
func budgeted(pool *loaders.Pool, present graphql.ErrorPresenterFunc) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		kind := graphql.GetOperationContext(ctx).Operation.Operation
		if kind == ast.Subscription {
			return next(ctx)
		}
		over := ctx // what the transport ends once the answer is written
		exceeded := context.CancelCauseFunc(func(error) {})
		if kind == ast.Query { // a mutation is carried out, whatever its answer comes to
			ctx, exceeded = context.WithCancelCause(ctx)
		}
		budget := pool.NewBudget(client(domain.ViewerFrom(ctx)), exceeded)
		context.AfterFunc(over, budget.Release)
		respond := next(loaders.WithBudget(ctx, budget))
		return func(ctx context.Context) *graphql.Response {
			response := respond(ctx)
			if err := budget.Err(); err != nil && response != nil {
				return &graphql.Response{Errors: gqlerror.List{present(over, refusalOf(err, kind))}, Data: []byte("null")}
			}
			return response
		}
	}
}

// client is whose share of the memory an answer is taken from.
func client(v domain.Viewer) string {
	if v.SignedIn() {
		return v.UserID.String()
	}
	return v.Request.IP
}

// refusalOf is what a client hears instead of its answer. A mutation has been carried out; nothing may invite to repeat it.
func refusalOf(err error, kind ast.Operation) error {
	var tooLarge *loaders.TooLargeError
	isLarge := errors.As(err, &tooLarge)
	switch {
	case isLarge && kind == ast.Query:
		return gqlerr.AnswerLimit(tooLarge.Maximum)
	case isLarge:
		e := gqlerr.AnswerLimit(tooLarge.Maximum)
		e.Message = "what was asked is done; " + e.Message
		return e
	case kind == ast.Mutation && domain.CodeOf(err) == domain.CodeOverloaded:
		return &gqlerror.Error{
			Message:    "the mutation was executed, but its response is too large to be made right now; read the result with a query",
			Extensions: map[string]any{"code": gqlerr.CodeLimit},
		}
	default:
		return err
	}
}

// What a field costs beside its name and its text: quotes, colon, comma; and what an error costs beside its message and path.
const (
	fieldPrice = 4
	errorPrice = 150
)

// price is a middleware of gqlgen's fields: it spends what a field adds to the answer. gqlgen writes an answer once all
// fields are resolved; by then it is too late to refuse it.
func price(ctx context.Context, next graphql.Resolver) (any, error) {
	budget, fc := loaders.BudgetOf(ctx), graphql.GetFieldContext(ctx)
	if budget == nil || fc.Object == "Mutation" {
		return next(ctx)
	}
	if err := budget.Spend(len(fc.Field.Alias) + fieldPrice); err != nil {
		return nil, err
	}
	answer, err := next(ctx)
	if err != nil {
		return nil, err
	}
	if n := textOf(answer); n > 0 {
		if err := budget.Spend(n); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// textOf is how many bytes a text takes in an answer.
func textOf(answer any) (n int) {
	switch v := answer.(type) {
	case string:
		return quoted(v)
	case *string:
		if v != nil {
			return quoted(*v)
		}
	case []string:
		for _, s := range v {
			n += quoted(s)
		}
	case json.RawMessage:
		return len(v)
	case *json.RawMessage:
		if v != nil {
			return len(*v)
		}
	}
	return n
}

// quoted is the length of a JSON string.
func quoted(s string) int {
	n := len(s) + 2
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t':
			n++
		case c < 0x20:
			n += 5
		}
	}
	return n
}

// priced is a presenter that spends what an error adds to the answer. Once the answer is refused, its errors are too.
func priced(present graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	dropped := &gqlerror.Error{Message: "dropped"}
	return func(ctx context.Context, err error) *gqlerror.Error {
		budget := loaders.BudgetOf(ctx)
		if budget.Err() != nil {
			return dropped
		}
		shown := present(ctx, err)
		n := errorPrice + len(shown.Message)
		for _, step := range shown.Path {
			if name, ok := step.(ast.PathName); ok {
				n += len(name)
			}
			n += fieldPrice
		}
		_ = budget.Spend(n) // the budget keeps its error, and the answer is refused with it
		return shown
	}
}
