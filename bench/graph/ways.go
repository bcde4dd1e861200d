package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"lyceum/graph/rows"
)

// ways count how root fields were answered, by operation and way.
type ways map[string]map[string]int

var wayLine = regexp.MustCompile(`(?m)^lyceum_graph_answers_total\{operation="([^"]*)",way="([^"]*)"\} ([0-9.e+]+)$`)

// parseWays reads the product's metrics.
func parseWays(metrics []byte) (ways, error) {
	w := ways{}
	for _, m := range wayLine.FindAllSubmatch(metrics, -1) {
		n, err := strconv.ParseFloat(string(m[3]), 64)
		if err != nil {
			return nil, err
		}
		op, way := string(m[1]), string(m[2])
		if w[op] == nil {
			w[op] = map[string]int{}
		}
		w[op][way] = int(n)
	}
	return w, nil
}

// readWays asks the address for operators.
func readWays(ctx context.Context, operators string) (ways, error) {
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+operators+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(get)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the product does not show its metrics: %s", response.Status)
	}
	return parseWays(text)
}

// since is what was counted after before was read.
func (w ways) since(before ways) ways {
	all := ways{}
	for op, counts := range w {
		all[op] = map[string]int{}
		for way, n := range counts {
			all[op][way] = n - before[op][way]
		}
	}
	return all
}

// slow says which operations had answers that were not written at once: gqlgen takes several times as long for them, and nothing
// else would show that some of an operation's answers go that way. What falls back for clients that have gone is none of them; there
// may be so many.
func (w ways) slow(ops []string, gone int) (missed []string) {
	for _, op := range ops {
		written := w[op][string(rows.Written)]
		var other []string
		for way, n := range w[op] {
			if way != string(rows.Written) && n > 0 && (way != string(rows.Fallback) || n > gone) {
				other = append(other, fmt.Sprintf("%d %s", n, way))
			}
		}
		slices.Sort(other)
		switch {
		case len(other) > 0:
			missed = append(missed, fmt.Sprintf("%s: beside %d answers that were written at once there were others: %s",
				op, written, strings.Join(other, ", ")))
		case written == 0:
			missed = append(missed, fmt.Sprintf("%s: the product counted no answer by this name", op))
		}
	}
	return missed
}

// measureWays measures, and says which operations went another way than they should. wrk hangs up on whom it has asked when its time
// is over, once a run for each client, and the product counts that as given up; hence each operation is asked once more by as many
// clients, who wait for their answers, and of these every one must have been written.
func (b *bench) measureWays(ctx context.Context) (measured results, missed []string, err error) {
	var counts [3]ways
	for i, step := range []func() error{
		func() error { return nil },
		func() error { measured, err = b.measure(ctx); return err },
		func() error { return b.askPatiently(ctx) },
	} {
		if err := step(); err != nil {
			return nil, nil, err
		}
		if counts[i], err = readWays(ctx, b.operators); err != nil {
			return nil, nil, err
		}
	}
	missed = counts[1].since(counts[0]).slow(b.names(), b.clients*(b.rounds+1))
	return measured, append(missed, counts[2].since(counts[1]).slow(b.names(), 0)...), nil
}

// patient is how many choices of an operation are asked: two hundred users and twenty pages meet within them.
const patient = 400

// askPatiently asks the product every operation with nobody hanging up.
func (b *bench) askPatiently(ctx context.Context) error {
	for _, o := range b.ops {
		all := b.school.choices(o)[:patient]
		errs := make([]error, b.clients)
		var clients sync.WaitGroup
		for n := range b.clients {
			clients.Go(func() {
				for i := n; i < len(all) && errs[n] == nil; i += b.clients {
					cookie, request := b.product.request(o, b.school, all[i])
					_, _, errs[n] = b.product.answer(ctx, cookie, request)
				}
			})
		}
		clients.Wait()
		if err := errors.Join(errs...); err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
	}
	return nil
}
