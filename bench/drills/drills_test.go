package main

import (
	"bytes"
	"testing"
	"time"
)

func TestTheLedgerNoticesWhatIsLostDoubledAndUnheard(t *testing.T) {
	t.Parallel()
	lost, doubled, unheard := judge(map[string]bool{"a": true, "b": true, "c": true, "d": true}, []row{{"a", 1}, {"b", 2}, {"e", 1}})
	if lost != 2 || doubled != 1 || unheard != 1 {
		t.Errorf("%d lost, %d doubled, %d unheard", lost, doubled, unheard)
	}
}

func TestAMissedLimitIsNotForgotten(t *testing.T) {
	t.Parallel()
	b := &bench{out: &bytes.Buffer{}}
	b.figure("a figure without a limit", 3, "", false)
	if b.missed {
		t.Error("what has no limit is missed")
	}
	b.figure("too long", 2*time.Second, "1s", false)
	b.figure("short", time.Second, "1s", true)
	if !b.missed {
		t.Error("it is forgotten")
	}
}
