package app

import (
	"fmt"
	"strings"
	"testing"
)

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
