package observe

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain"
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
	o, labels, member := New(Options{}), map[string]bool{}, signedIn(t)
	for n := range 10 * maxOperations {
		name := fmt.Sprintf("Operation%d", n)
		labels[o.names.label(member, name)] = true
		o.operationCounted(&request{Record: record(name, ast.Query)}, 200)
		o.operationCounted(&request{Record: record(name, "")}, 400)
	}
	if len(labels) != maxOperations+1 || !labels["other"] {
		t.Errorf("%d labels", len(labels))
	}
	if n := testutil.CollectAndCount(o.operations); n > 2*(maxOperations+2) {
		t.Errorf("%d series", n)
	}
	if got := o.names.label(member, strings.Repeat("n", 101)); got != "other" {
		t.Errorf("a long name is the label %q", got)
	}
	if o.names.label(member, "") != "-" || o.names.label(t.Context(), "Operation0") != "Operation0" {
		t.Error("a name that was counted before has lost its label")
	}
}

// signedIn is the context of somebody whom the log knows.
func signedIn(t *testing.T) context.Context {
	t.Helper()
	return domain.WithViewer(t.Context(), domain.Viewer{UserID: domain.UserID{UUID: uuid.New()}})
}

// Anybody can send names that nobody has thought of: those of the school's own pages must stay to be seen.
func TestVisitorsDoNotUseUpTheNamesOfOperations(t *testing.T) {
	t.Parallel()
	o, member := New(Options{}), signedIn(t)
	if got := o.names.label(t.Context(), "Catalog"); got != "Catalog" {
		t.Errorf("an operation of visitors is the label %q", got)
	}
	for n := range 10 * maxOperations {
		o.operationCounted(&request{Record: record(fmt.Sprintf("Flood%d", n), ast.Query), seen: t.Context()}, 200)
		o.Answered(graphql.WithOperationContext(t.Context(), &graphql.OperationContext{OperationName: fmt.Sprintf("Torrent%d", n)}), rows.Written)
	}
	for n := range 99 {
		name := fmt.Sprintf("Page%d", n)
		o.operationCounted(&request{Record: record(name, ast.Query), seen: member}, 200)
		if got := testutil.ToFloat64(o.operations.WithLabelValues(name, "query", "ok")); got != 1 {
			t.Fatalf("%s of somebody who is signed in is counted %v times", name, got)
		}
	}
	if got := o.names.label(t.Context(), "Catalog"); got != "Catalog" {
		t.Errorf("a name that visitors had before is %q", got)
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
