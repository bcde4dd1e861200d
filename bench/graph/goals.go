package main

import (
	"fmt"
	"math"
	"slices"
)

// What the product must keep beside PostGraphile.
const (
	leastRatio = 1.3 // requests a second, on every operation
	leastMean  = 2.0 // the geometric mean over all operations
)

// goal is what one operation must keep beside another target.
type goal struct {
	op, beside string
	least      float64 // of the other's requests a second
	most       float64 // milliseconds of server CPU a request; 0: as it comes
}

// goals are those of single operations. Of q1 most is the session, which no target but "bare" reads.
var goals = []goal{
	{op: "q1", beside: bareCommand, least: 0.75},
	{op: "q5", beside: "pgbench", least: 0.46, most: 0.50},
	{op: "q7", beside: "pgbench", least: 0.50},
}

// words are the other target's name in a sentence.
var words = map[string]string{bareCommand: "the bare server", "pgbench": "the best SQL"}

// missed says what the product did not keep. Comparisons are written so that what was not measured is missed too.
func (r results) missed(ops []string) (missed []string) {
	say := func(format string, args ...any) { missed = append(missed, fmt.Sprintf(format, args...)) }
	for _, op := range ops {
		if ratio := r.ratio(op, "product", "postgraphile"); !(ratio >= leastRatio) {
			say("%s: %.2f times PostGraphile, at least %.1f are the goal", op, ratio, leastRatio)
		}
		if ours, theirs := medianOf(r[op]["product"], work), medianOf(r[op]["postgraphile"], work); !(ours < theirs) {
			say("%s: %.2f ms of CPU a request, server and database together; PostGraphile takes %.2f", op, ours, theirs)
		}
	}
	if mean := r.mean(ops); !(mean >= leastMean) {
		say("geometric mean: %.2f times PostGraphile, at least %.1f are the goal", mean, leastMean)
	}
	for _, g := range goals {
		if !slices.Contains(ops, g.op) {
			continue
		}
		if ratio := r.ratio(g.op, "product", g.beside); !(ratio >= g.least) {
			say("%s: %.2f of the requests of %s, at least %.2f are the goal", g.op, ratio, words[g.beside], g.least)
		}
		if cpu := medianOf(r[g.op]["product"], serverWork); g.most > 0 && !(cpu <= g.most) {
			say("%s: %.2f ms of server CPU a request, at most %.2f are the goal", g.op, cpu, g.most)
		}
	}
	return missed
}

// mean is the geometric mean of the ratios to PostGraphile.
func (r results) mean(ops []string) float64 {
	product := 1.0
	for _, op := range ops {
		product *= r.ratio(op, "product", "postgraphile")
	}
	return math.Pow(product, 1/float64(len(ops)))
}
