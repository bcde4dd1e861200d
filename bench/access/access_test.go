package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestRatiosAreThoseOfTheQuickestTurns(t *testing.T) {
	t.Parallel()
	m := measured{
		times: []time.Duration{30, 80, 20, 900}, // the machine was busy in some turns, in the last one only for the first statement
		plain: []time.Duration{20, 40, 12, 10},
	}
	if r := m.ratio(); r != 2 {
		t.Error(r)
	}
	if ms := milliseconds([]time.Duration{3 * time.Millisecond, time.Millisecond, 2 * time.Millisecond}); ms != 1 {
		t.Error(ms)
	}
}

func TestAStatementIsComparedOnlyWithOneThatReadsAsManyRows(t *testing.T) {
	t.Parallel()
	reading := func(rows int) reads { return func(context.Context) (int, error) { return rows, nil } }
	m, err := benchCase{least: 50, run: reading(50), plain: reading(50)}.measure(t.Context())
	if err != nil || m.rows != 50 || len(m.times) != timed || len(m.plain) != timed {
		t.Error(m.rows, len(m.times), err)
	}
	for want, c := range map[string]benchCase{
		"50 rows came, but 49 without the decision": {least: 50, run: reading(50), plain: reading(49)},
		"0 rows came, at least 50":                  {least: 50, run: reading(0), plain: reading(0)},
	} {
		if _, err := c.measure(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, not %q", err, want)
		}
	}
}

func TestEveryAskerHasALimitForEachStatement(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ordinary", "heavy", "visitor"} {
		if l := limits[name]; l.pair <= 0 || l.all <= 0 || l.ids <= 0 || l.newest <= 0 {
			t.Errorf("%s: %+v", name, l)
		}
	}
}
