package rows

import (
	"context"
	"io"
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph/loaders"
)

// rowTypes are the Go types of the rows that links point at.
var rowTypes = map[string]reflect.Type{
	"User": reflect.TypeFor[users.User](), "Role": reflect.TypeFor[users.Role](), "Plan": reflect.TypeFor[plans.Plan](),
	"Subscription": reflect.TypeFor[plans.Subscription](), "SubscriptionSeat": reflect.TypeFor[plans.Seat](),
	"Payment": reflect.TypeFor[plans.Payment](), "SubscriptionChange": reflect.TypeFor[plans.ChangeEntry](),
	"Category": reflect.TypeFor[content.Category](), "ContentItem": reflect.TypeFor[content.Item](),
	"ContentAccess": reflect.TypeFor[content.Access](), "AccessRemedy": reflect.TypeFor[content.Remedy](),
	"Progress": reflect.TypeFor[content.Progress](), "Consumption": reflect.TypeFor[content.Consumption](),
	"ContentPopularity": reflect.TypeFor[analytics.Popularity](), "UserActivity": reflect.TypeFor[analytics.Activity](),
	"SecurityStatus": reflect.TypeFor[security.Status](), "ApiToken": reflect.TypeFor[security.APIToken](),
}

// Mode changes how root fields are answered. For tests.
type Mode struct {
	FieldByField bool                             // gqlgen answers everything
	Seen         func(field string, written bool) // hears how each root field was answered
}

type modeKey struct{}

// WithMode gives a request a mode.
func WithMode(ctx context.Context, m Mode) context.Context {
	return context.WithValue(ctx, modeKey{}, m)
}

// Write is a middleware of gqlgen's fields: it answers a field of Query with its rows already written, where it can.
func Write(ctx context.Context, next graphql.Resolver) (any, error) {
	answer, err := next(ctx)
	if fc := graphql.GetFieldContext(ctx); err != nil || fc.Object != "Query" || len(fc.Field.Selections) == 0 || of(ctx) == nil {
		return answer, err
	}
	mode, _ := ctx.Value(modeKey{}).(Mode)
	if mode.FieldByField {
		return answer, nil
	}
	f := graphql.GetFieldContext(ctx).Field
	text, err := written(ctx, f, answer)
	if err != nil {
		return nil, err
	}
	if mode.Seen != nil {
		mode.Seen(f.Name, text != nil)
	}
	if text != nil {
		return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(text) }), nil
	}
	return answer, nil
}

// written is the text of an answer; nil where gqlgen has to answer. Errors: those of the budget.
func written(ctx context.Context, f graphql.CollectedField, answer any) ([]byte, error) {
	v := reflect.ValueOf(answer)
	if f.Definition == nil || !v.IsValid() || v.Kind() != reflect.Pointer && v.Kind() != reflect.Slice || v.IsNil() {
		return nil, nil
	}
	graphQL := f.Definition.Type.Name()
	if types()[graphQL].Kind != ast.Object {
		return nil, nil // of an interface one knows neither the type nor its links
	}
	rows := rowsOf(answer, graphQL)
	goType := rowTypes[strings.TrimSuffix(graphQL, "Connection")]
	if len(rows) > 0 {
		goType = reflect.TypeOf(rows[0]).Elem()
	} else if goType == nil {
		return nil, nil
	}
	p := of(ctx).writer(ctx, graphQL, goType, f.Selections, isViewer(f.Field))
	if p == nil {
		return nil, nil
	}
	budget := loaders.BudgetOf(ctx)
	b := &output{budget: budget}
	b.Grow(256 * (1 + len(rows)))
	var err error
	switch pg, isPage := answer.(page); {
	case isPage:
		err = p.writePage(ctx, loaders.From(ctx), b, pg)
	case v.Kind() == reflect.Slice:
		err = p.writeList(ctx, loaders.From(ctx), b, rows)
	default:
		err = p.write(ctx, loaders.From(ctx), b, answer)
	}
	if err == nil {
		return b.Bytes(), b.spend()
	}
	if spent := budget.Err(); spent != nil {
		return nil, spent
	}
	budget.Refund(b.spent)
	return nil, nil
}
