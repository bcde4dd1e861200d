package main

import (
	"fmt"
	"io"
	"math"
	"slices"
)

// What the product must keep beside PostGraphile.
const (
	leastRatio = 1.3 // requests a second, on every operation
	leastMean  = 2.0 // the geometric mean over all operations
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

func work(s sample) float64 { return s.perRequest(s.server + s.database) }

// report writes the table, and returns what the product did not keep.
func (r results) report(out io.Writer, ops []string, targets []string) (missed []string) {
	fmt.Fprintln(out, "| op | target | req/s | x PostGraphile | x SQL | p50 ms | p99 ms | server CPU ms | database CPU ms | RSS MB |")
	fmt.Fprintln(out, "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, op := range ops {
		for _, target := range targets {
			all := r[op][target]
			fmt.Fprintf(out, "| %s | %s | %.0f | %.2f | %.2f | %.1f | %.1f | %.2f | %.2f | %.0f |\n", op, target, medianOf(all, sample.rate),
				r.ratio(op, target, "postgraphile"), r.ratio(op, target, "pgbench"),
				medianOf(all, func(s sample) float64 { return s.p50 }), medianOf(all, func(s sample) float64 { return s.p99 }),
				medianOf(all, func(s sample) float64 { return s.perRequest(s.server) }), medianOf(all, func(s sample) float64 { return s.perRequest(s.database) }),
				medianOf(all, func(s sample) float64 { return s.memory }))
		}
	}
	product := 1.0
	for _, op := range ops {
		ratio := r.ratio(op, "product", "postgraphile")
		product *= ratio
		if !(ratio >= leastRatio) {
			missed = append(missed, fmt.Sprintf("%s: %.2f times PostGraphile, at least %.1f are the goal", op, ratio, leastRatio))
		}
		if ours, theirs := medianOf(r[op]["product"], work), medianOf(r[op]["postgraphile"], work); !(ours < theirs) {
			missed = append(missed, fmt.Sprintf("%s: %.2f ms of CPU a request, server and database together; PostGraphile takes %.2f", op, ours, theirs))
		}
	}
	mean := math.Pow(product, 1/float64(len(ops)))
	if !(mean >= leastMean) {
		missed = append(missed, fmt.Sprintf("geometric mean: %.2f times PostGraphile, at least %.1f are the goal", mean, leastMean))
	}
	fmt.Fprintf(out, "\ngeometric mean: %.2f times PostGraphile\n", mean)
	for _, m := range missed {
		fmt.Fprintln(out, "MISSED", m)
	}
	return missed
}
