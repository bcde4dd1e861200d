package app

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"

	"lyceum/graph/rows"
)

// maxOperations bounds the label of operation names, which clients choose.
const maxOperations = 200

// metrics are what the program counts itself.
type metrics struct {
	answers *prometheus.CounterVec

	mu         sync.Mutex
	operations map[string]bool // names that are a label already
}

func newMetrics() *metrics {
	return &metrics{operations: map[string]bool{}, answers: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "lyceum_graph_answers_total", Help: "Root fields answered, by the operation's name and by how the answer was made (docs/reads.md).",
	}, []string{"operation", "way"})}
}

// answered counts a root field.
func (a *App) answered(ctx context.Context, field string, way rows.Way) {
	m := a.metrics
	m.answers.WithLabelValues(m.operation(graphql.GetOperationContext(ctx).OperationName), string(way)).Inc()
	if a.hooks.Answered != nil {
		a.hooks.Answered(ctx, field, way)
	}
}

// operation is the label of an operation's name: "-" without one, "other" beyond the first names.
func (m *metrics) operation(name string) string {
	if name == "" {
		return "-"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.operations[name] {
		if len(m.operations) >= maxOperations || len(name) > 100 {
			return "other"
		}
		m.operations[name] = true
	}
	return name
}
