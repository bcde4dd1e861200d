package rows

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain"
	"lyceum/graph"
	"lyceum/graph/loaders"
)

// Way is how the answer of a root field was made.
type Way string

// The ways.
const (
	Written  Way = "written"  // at once, by this package
	Fallback Way = "fallback" // by gqlgen, since this package does not write such an answer
	Failed   Way = "failed"   // by gqlgen, after an error that nobody expected; it is logged
	Skipped  Way = "skipped"  // by gqlgen, since it is no object or the caller asked for it
)

// Options say how root fields are answered.
type Options struct {
	Root graph.ResolverRoot
	Log  *slog.Logger
	// Observe hears how the answer of each root field of Query and Mutation was made. It may be nil.
	Observe func(ctx context.Context, field string, way Way)
	// Resolved hears what each root field of Mutation was resolved to, before it is written. It may be nil.
	Resolved func(ctx context.Context, field string, answer any, err error)
	// Leave reports whether an operation is left to gqlgen altogether. For tests; it may be nil.
	Leave func(ctx context.Context) bool
}

// Answer is a middleware of gqlgen's fields that answers root fields with their rows already written. What is written is spent
// from the operation's budget.
func Answer(o Options) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		answer, err := next(ctx)
		fc := graphql.GetFieldContext(ctx)
		if o.Resolved != nil && fc.Object == "Mutation" {
			o.Resolved(ctx, fc.Field.Name, answer, err)
		}
		if err != nil || fc.Object != "Query" && fc.Object != "Mutation" {
			return answer, err
		}
		text, way, err := o.answer(ctx, fc, answer)
		if err != nil {
			return nil, err
		}
		if o.Observe != nil {
			o.Observe(ctx, fc.Field.Name, way)
		}
		if way != Written {
			return answer, nil
		}
		return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(text) }), nil // into memory
	}
}

// answer is the text of an answer, if it can be written. Errors: those of the budget.
func (o Options) answer(ctx context.Context, fc *graphql.FieldContext, answer any) (text []byte, way Way, err error) {
	c := fc.Field
	if len(c.Selections) == 0 || answer == nil || o.Leave != nil && o.Leave(ctx) {
		return nil, Skipped, nil
	}
	p := planOf(ctx)
	if p == nil || p.roots[c.Alias] == nil {
		return nil, Fallback, nil
	}
	w := &writer{
		output: output{budget: loaders.BudgetOf(ctx)},
		ctx:    ctx, root: o.Root, set: loaders.From(ctx), viewer: domain.ViewerFrom(ctx), path: append(ast.Path{}, graphql.GetPath(ctx)...),
	}
	w.Grow(4 << 10)
	if err := o.write(ctx, w, fc.Object == "Mutation", p.roots[c.Alias], answer); err != nil {
		w.stop(err) // with the place of a panic
	}
	switch {
	case w.failed == nil:
		for _, e := range w.errors {
			graphql.AddError(ctx, e)
		}
		return w.Bytes(), Written, nil
	case w.budget.Err() != nil:
		return nil, Failed, w.budget.Err()
	}
	w.budget.Refund(w.spent)
	if errors.Is(w.failed, errFallback) || expected(w.failed) || ctx.Err() != nil {
		return nil, Fallback, nil //nolint:nilerr // gqlgen answers instead
	}
	o.Log.WarnContext(ctx, "an answer is made field by field", "field", c.Name, "path", w.where.String(), "error", w.failed)
	return nil, Failed, nil
}

// expected reports whether an error is an answer to the client, such as a cursor of another list where no null may stand. It
// is no sign that something is wrong here, and clients could fill the log with it.
func expected(err error) bool {
	code := domain.CodeOf(err)
	return code != domain.CodeInternal && code != domain.CodeUnavailable
}

// write reads ahead and writes. Its error says why gqlgen must answer.
func (o Options) write(ctx context.Context, w *writer, mutation bool, f *field, answer any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	read, write := prefetchQuery, writeQuery
	if mutation {
		read, write = prefetchMutation, writeMutation
	}
	read(&prefetch{ctx: ctx, set: w.set, viewer: w.viewer}, f, answer)
	write(w, f, answer)
	return w.failed
}
