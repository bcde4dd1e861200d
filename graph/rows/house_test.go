package rows

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/graph"
	"lyceum/graph/bind"
	"lyceum/graph/directives"
	"lyceum/graph/gqlerr"
	"lyceum/graph/loaders"
	"lyceum/graph/relations"
	"lyceum/store"
)

// house is the graph over a root whose fields all give one answer, and over a database of a test's own.
type house struct {
	graph.ResolverRoot
	answer   any
	database db.Querier
	viewer   domain.Viewer
	category graph.CategoryResolver

	ways []Way
	log  bytes.Buffer
}

// The fields of Query that the tests ask.
type query struct {
	graph.QueryResolver
	house *house
}

func (h *house) Query() graph.QueryResolver { return query{house: h} }

func (q query) Node(context.Context, domain.GlobalID) (bind.Node, error) { return q.house.answer, nil }

func (q query) Plans(context.Context) ([]*plans.Plan, error) {
	return q.house.answer.([]*plans.Plan), nil
}

func (q query) Categories(context.Context) ([]*content.Category, error) {
	return q.house.answer.([]*content.Category), nil
}

func (q query) Search(context.Context, string, *int32, *string, bool) (*content.HitPage, error) {
	return q.house.answer.(*content.HitPage), nil
}

func (q query) ContentItems(context.Context, *int32, *string, *int32, *string, *content.ItemFilter, content.ItemOrder) (*domain.Page[*content.Item], error) {
	return q.house.answer.(*domain.Page[*content.Item]), nil
}

func (q query) SubscriptionMetrics(context.Context) ([]*analytics.SubscriptionMetrics, error) {
	return q.house.answer.([]*analytics.SubscriptionMetrics), nil
}

func (q query) ContentPopularity(context.Context, *int32, *string, *int32, *string, *analytics.PopularityFilter, analytics.PopularityOrder) (*domain.Page[*analytics.Popularity], error) {
	return q.house.answer.(*domain.Page[*analytics.Popularity]), nil
}

func (h *house) Category() graph.CategoryResolver { return h.category }

type metrics struct{}

func (h *house) SubscriptionMetrics() graph.SubscriptionMetricsResolver { return metrics{} }

func (metrics) Plan(ctx context.Context, m *analytics.SubscriptionMetrics) (*plans.Plan, error) {
	return relations.SubscriptionMetricsPlan.Of(ctx, m)
}

// ask answers an operation, and fieldByField lets gqlgen alone answer it.
func (h *house) ask(t *testing.T, text string) *graphql.Response { return h.run(t, text, false) }

func (h *house) fieldByField(t *testing.T, text string) *graphql.Response {
	return h.run(t, text, true)
}

func (h *house) run(t *testing.T, text string, leave bool) *graphql.Response {
	t.Helper()
	log := slog.New(slog.NewTextHandler(&h.log, nil))
	nobody := func(context.Context) string { return "" }
	exec := executor.New(graph.NewExecutableSchema(graph.Config{Resolvers: h, Directives: directives.All()}))
	exec.SetErrorPresenter(gqlerr.Presenter(log, nobody))
	exec.SetRecoverFunc(gqlerr.Recover(log, nobody))
	exec.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		ctx, _ = Prepare(ctx)
		return next(loaders.With(ctx, loaders.NewSet(store.NewReader(h.database), func() domain.Viewer { return h.viewer })))
	})
	exec.AroundFields(Answer(Options{
		Root: h, Log: log, Leave: func(context.Context) bool { return leave },
		Observe: func(_ context.Context, _ string, way Way) { h.ways = append(h.ways, way) },
	}))
	ctx := graphql.StartOperationTrace(domain.WithViewer(t.Context(), h.viewer))
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: text})
	if errs != nil {
		t.Fatalf("%s: %v", text, errs)
	}
	respond, ctx := exec.DispatchOperation(ctx, op)
	answer := respond(ctx)
	if !json.Valid(answer.Data) {
		t.Errorf("%s is answered with what is no JSON: %s", text, answer.Data)
	}
	return answer
}

// told is an answer to the letter, its errors in the order of their places: fields run side by side.
func told(a *graphql.Response) string {
	errors := make([]string, len(a.Errors))
	for i, e := range a.Errors {
		errors[i] = fmt.Sprintf("%s %s %s", e.Path, e.Extensions["code"], e.Message)
	}
	slices.Sort(errors)
	return string(a.Data) + "\n" + strings.Join(errors, "\n")
}
