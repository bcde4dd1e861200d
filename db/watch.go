package db

import (
	"context"
	"sync/atomic"
	"time"
)

// Remembered is how many statements of a request a Tally keeps apart; what comes later is only counted. A request that is well
// made sends about five.
const Remembered = 32

// Tally counts what one request sends to the database. It must be used for one request only: a read that nobody waits for any
// longer may still note its end. The zero Tally is ready; all methods may be called by several goroutines at a time.
type Tally struct {
	statements atomic.Int64
	took       atomic.Int64 // nanoseconds
	kept       [Remembered]sentStatement
}

// sentStatement is written once, by whoever got its place.
type sentStatement struct {
	text string // of the statement as it was declared: no copy is made
	took time.Duration
	done atomic.Bool // text and took can be read
}

type tallyKey struct{}

// WithTally counts the statements that are sent with a context, or with one that is made of it.
func WithTally(ctx context.Context, t *Tally) context.Context {
	return context.WithValue(ctx, tallyKey{}, t)
}

// Statements is how many were sent so far. Those of a transaction's beginning and end are not counted.
func (t *Tally) Statements() int64 { return t.statements.Load() }

// Took is how long all of them took together, with their rows read. Some may have been under way at the same time.
func (t *Tally) Took() time.Duration { return time.Duration(t.took.Load()) }

// Each calls fn with the text and the duration of each statement that is remembered, in the order in which they ended.
func (t *Tally) Each(fn func(text string, took time.Duration)) {
	for i := range min(t.statements.Load(), Remembered) {
		if s := &t.kept[i]; s.done.Load() {
			fn(s.text, s.took)
		}
	}
}

func (t *Tally) add(text string, took time.Duration) {
	t.took.Add(int64(took))
	if place := t.statements.Add(1) - 1; place < Remembered {
		s := &t.kept[place]
		s.text, s.took = text, took
		s.done.Store(true)
	}
}

// Time calls fn with the duration of every statement that ends from now on. It is set before the pool is used, and must be quick.
func (d *DB) Time(fn func(took time.Duration)) { d.timed = fn }

// ended notes a statement that began then.
func (d *DB) ended(ctx context.Context, query Statement, began time.Time) {
	took := time.Since(began)
	if t, ok := ctx.Value(tallyKey{}).(*Tally); ok {
		t.add(query.text, took)
	}
	if d.timed != nil {
		d.timed(took)
	}
}

// Waits is how requests had to wait for a free connection of a pool since it was opened.
type Waits struct {
	Waited  int64         // how often
	Refused int64         // how often in vain: ErrBusy
	Time    time.Duration // together
}

// waits counts them.
type waits struct{ waited, refused, took atomic.Int64 }

// ended notes a wait.
func (w *waits) ended(began time.Time, err error) {
	w.waited.Add(1)
	w.took.Add(int64(time.Since(began)))
	if err == ErrBusy { //nolint:errorlint // acquire returns it as it is
		w.refused.Add(1)
	}
}

// Waits returns how requests had to wait so far.
func (d *DB) Waits() Waits {
	return Waits{Waited: d.waits.waited.Load(), Refused: d.waits.refused.Load(), Time: time.Duration(d.waits.took.Load())}
}
