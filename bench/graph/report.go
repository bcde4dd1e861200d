package main

import (
	"fmt"
	"io"
	"math"
	"slices"
)

// results are the samples of each operation and target, in rounds.
type results map[string]map[string][]sample

func (r results) add(op, target string, s sample) {
	if r[op] == nil {
		r[op] = map[string][]sample{}
	}
	r[op][target] = append(r[op][target], s)
}

func median(all []float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(all))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func medianOf(all []sample, of func(sample) float64) float64 {
	var values []float64
	for _, s := range all {
		values = append(values, of(s))
	}
	return median(values)
}

// ratio is the median of how much faster one target was than another in the same round: neighbours disturb both alike.
func (r results) ratio(op, one, other string) float64 {
	var values []float64
	for i := range min(len(r[op][one]), len(r[op][other])) {
		values = append(values, r[op][one][i].rate()/r[op][other][i].rate())
	}
	return median(values)
}

func work(s sample) float64         { return s.perRequest(s.server + s.database) }
func serverWork(s sample) float64   { return s.perRequest(s.server) }
func databaseWork(s sample) float64 { return s.perRequest(s.database) }

// report writes the table.
func (r results) report(out io.Writer, ops []string) {
	fmt.Fprintln(out, "| op | target | req/s | x PostGraphile | x bare | x SQL | p50 ms | p99 ms | server CPU ms | database CPU ms | RSS MB |")
	fmt.Fprintln(out, "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, op := range ops {
		for _, target := range targets {
			all := r[op][target]
			fmt.Fprintf(out, "| %s | %s | %.0f | %.2f | %.2f | %.2f | %.1f | %.1f | %.2f | %.2f | %.0f |\n", op, target, medianOf(all, sample.rate),
				r.ratio(op, target, "postgraphile"), r.ratio(op, target, bareCommand), r.ratio(op, target, "pgbench"),
				medianOf(all, func(s sample) float64 { return s.p50 }), medianOf(all, func(s sample) float64 { return s.p99 }),
				medianOf(all, serverWork), medianOf(all, databaseWork),
				medianOf(all, func(s sample) float64 { return s.memory }))
		}
	}
	fmt.Fprintf(out, "\ngeometric mean: %.2f times PostGraphile\n", r.mean(ops))
}
