package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"

	"lyceum/graph/rows"
)

// An alert can be set on answers that failed.
func TestTheMetricCountsTheWaysOfAnswers(t *testing.T) {
	t.Parallel()
	a := &App{metrics: newMetrics()}
	ctx := graphql.WithOperationContext(t.Context(), &graphql.OperationContext{OperationName: "Shelf"})
	for _, way := range []rows.Way{rows.Failed, rows.Written, rows.Failed} {
		a.answered(ctx, "contentItems", way)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(a.metrics.answers)
	families, err := registry.Gather()
	if err != nil || len(families) != 1 || families[0].GetName() != "lyceum_graph_answers_total" {
		t.Fatal(families, err)
	}
	counted := map[string]float64{}
	for _, m := range families[0].GetMetric() {
		labels := ""
		for _, l := range m.GetLabel() {
			labels += l.GetName() + "=" + l.GetValue() + " "
		}
		counted[labels] = m.GetCounter().GetValue()
	}
	if len(counted) != 2 || counted["operation=Shelf way=failed "] != 2 || counted["operation=Shelf way=written "] != 1 {
		t.Errorf("counted %v", counted)
	}
}

// Clients choose the names of operations: the labels of a metric must not grow with them.
func TestNamesOfOperationsDoNotGrowTheMetricWithoutBound(t *testing.T) {
	t.Parallel()
	m, labels := newMetrics(), map[string]bool{}
	for n := range 10 * maxOperations {
		labels[m.operation(fmt.Sprintf("Operation%d", n))] = true
	}
	if len(labels) != maxOperations+1 || !labels["other"] {
		t.Errorf("%d labels", len(labels))
	}
	if got := m.operation(strings.Repeat("n", 101)); got != "other" {
		t.Errorf("a long name is the label %q", got)
	}
	if m.operation("") != "-" || m.operation("Operation0") != "Operation0" {
		t.Error("a name that was counted before has lost its label")
	}
}
