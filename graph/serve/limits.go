package serve

import (
	"context"
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"lyceum/domain"
	"lyceum/graph/gqlerr"
)

// Limits are what one operation may be at most. Each refusal names its limit.
type Limits struct {
	Body       int64 // bytes of a request
	Writing    int64 // the same for holders of content.write, whose requests carry whole lessons
	Characters int   // of a document
	Tokens     int   // of a document
	// The next seven are counted in the whole document before it is validated, with spreads as often as they stand.
	Depth      int // of nested fields; __schema and __type aside, where recursion is refused
	Aliases    int
	RootFields int // of one operation
	Directives int
	Fields     int
	Fragments  int
	Operations int
	Nodes      int64 // objects that an answer could hold
	Cost       int64 // 1 for an object, 0 for a value, and what @cost adds
	StaffCost  int64 // the same for holders of analytics.read
	Answer     int64 // bytes of an answer, and of the bodies that are read for it
	Answers    int64 // bytes of all answers in the making
}

// DefaultLimits suit single-page apps and reporting tools.
func DefaultLimits() Limits {
	return Limits{
		Body: 256 << 10, Writing: 4 << 20, Characters: 15000, Tokens: 1000,
		Depth: 12, Aliases: 30, RootFields: 20, Directives: 50, Fields: 500, Fragments: 50, Operations: 10,
		Nodes: 500_000, Cost: 1000, StaffCost: 5000, Answer: 8 << 20, Answers: 128 << 20,
	}
}

// body is how many bytes a request of the viewer's may have.
func (l Limits) body(ctx context.Context) int64 {
	if domain.ViewerFrom(ctx).May(domain.ContentWrite) {
		return max(l.Body, l.Writing)
	}
	return l.Body
}

// limiter refuses operations that are too dear, before anything runs. What a document alone tells is counted earlier.
type limiter struct {
	limits              Limits
	everyoneIntrospects bool
}

func (limiter) ExtensionName() string                   { return "Limits" }
func (limiter) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext looks at the operation, once parsed and validated.
func (l limiter) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	viewer := domain.ViewerFrom(ctx)
	m := measure(op.Doc, op.Operation, op.Variables)
	cost := l.limits.Cost
	if viewer.May(domain.AnalyticsRead) {
		cost = l.limits.StaffCost
	}
	switch {
	case m.total.nodes > l.limits.Nodes:
		return gqlerr.Limit("objects", l.limits.Nodes, m.total.nodes)
	case m.total.cost > cost:
		return gqlerr.Limit("cost", cost, m.total.cost)
	case m.problem != nil:
		return m.problem
	}
	// The field itself then answers null with an error, as the specification of GraphQL over HTTP has it.
	op.DisableIntrospection = m.introspects && !mayIntrospect(viewer, l.everyoneIntrospects)
	return nil
}

// mayIntrospect reports whether the names of the schema may be told to a viewer.
func mayIntrospect(viewer domain.Viewer, everyone bool) bool {
	return everyone || viewer.May(domain.SchemaRead)
}

// pageSize reads first or last of a list; problem says what is wrong with it.
func pageSize(f *ast.Field, vars map[string]any) (size int64, problem *gqlerror.Error) {
	size = domain.DefaultPage
	args := f.ArgumentMap(vars)
	for _, name := range []string{"first", "last"} {
		n, given := wholeNumber(args[name])
		if !given {
			continue
		}
		if n < 1 || n > domain.MaxPage {
			return domain.MaxPage, &gqlerror.Error{
				Message:    name + " of " + f.Alias + " must be 1 to 100",
				Locations:  []gqlerror.Location{{Line: f.Position.Line, Column: f.Position.Column}},
				Extensions: map[string]any{"code": string(domain.CodeInvalid), "minimum": 1, "maximum": domain.MaxPage},
			}
		}
		size = n
	}
	return size, nil
}

func wholeNumber(v any) (int64, bool) {
	switch n := v.(type) {
	case nil:
		return 0, false
	case int64:
		return n, true
	case int:
		return int64(n), true
	case float64:
		return int64(n), true
	case json.Number:
		i, err := n.Int64()
		if err != nil {
			return -1, true
		}
		return i, true
	default:
		return -1, true
	}
}
