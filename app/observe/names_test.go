package observe

import (
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/graph/rows"
)

// An alert can be set on answers that failed.
func TestTheMetricCountsTheWaysOfAnswers(t *testing.T) {
	t.Parallel()
	o := New(Options{})
	ctx := graphql.WithOperationContext(t.Context(), &graphql.OperationContext{OperationName: "Shelf"})
	for _, way := range []rows.Way{rows.Failed, rows.Written, rows.Failed} {
		o.Answered(ctx, way)
	}
	failed, written := testutil.ToFloat64(o.answers.WithLabelValues("Shelf", "failed")), testutil.ToFloat64(o.answers.WithLabelValues("Shelf", "written"))
	if n := testutil.CollectAndCount(o.answers); n != 2 || failed != 2 || written != 1 {
		t.Errorf("%d series, %v failed, %v written", n, failed, written)
	}
}

// Clients choose the names of operations: the labels of a metric must not grow with them.
func TestNamesOfOperationsDoNotGrowTheMetricsWithoutBound(t *testing.T) {
	t.Parallel()
	o, labels := New(Options{}), map[string]bool{}
	for n := range 10 * maxOperations {
		name := fmt.Sprintf("Operation%d", n)
		labels[o.names.label(name)] = true
		o.operationCounted(&request{Record: record(name, ast.Query)}, 200)
		o.operationCounted(&request{Record: record(name, "")}, 400)
	}
	if len(labels) != maxOperations+1 || !labels["other"] {
		t.Errorf("%d labels", len(labels))
	}
	if n := testutil.CollectAndCount(o.operations); n > 2*(maxOperations+2) {
		t.Errorf("%d series", n)
	}
	if got := o.names.label(strings.Repeat("n", 101)); got != "other" {
		t.Errorf("a long name is the label %q", got)
	}
	if o.names.label("") != "-" || o.names.label("Operation0") != "Operation0" {
		t.Error("a name that was counted before has lost its label")
	}
}

func TestARouteIsOneOfAFew(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/": "/", "/graphql": "/graphql", "/graphqlx": "other", "/files/a/b": "/files/", "/playground/assets/x.js": "/playground", "/wp-admin": "other",
		"/account/x": "/account", "": "other",
	} {
		if got := routeOf(path); got != want {
			t.Errorf("%q is %q", path, got)
		}
	}
}
