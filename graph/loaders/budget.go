package loaders

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"lyceum/domain"
)

// A budget takes from the pool in portions, and its first portion is free: however busy the server is with large answers,
// ordinary ones are made.
const portion = 64 << 10

// Pool is the memory that all answers in the making may hold together. One client may hold a quarter of it, so that nobody
// shuts the others out by asking for much at once or by reading slowly.
type Pool struct {
	answer int64 // the most for one answer
	share  int64 // the most for one client

	mu   sync.Mutex
	free int64
	held map[string]int64 // by client
}

// NewPool makes a pool of total bytes for answers of at most answer bytes each.
func NewPool(answer, total int64) *Pool {
	return &Pool{answer: answer, share: max(total/4, 2*answer), free: max(total, 2*answer), held: map[string]int64{}}
}

func (p *Pool) take(client string, n int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n > p.free || p.held[client]+n > p.share {
		return false
	}
	p.free -= n
	p.held[client] += n
	return true
}

func (p *Pool) give(client string, n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free += n
	if p.held[client] -= n; p.held[client] <= 0 {
		delete(p.held, client)
	}
}

// Free returns how many bytes of the pool nobody holds.
func (p *Pool) Free() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.free
}

// TooLargeError ends an answer that has more bytes than an answer may have.
type TooLargeError struct{ Maximum int64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("this answer is too large: at most %d bytes are allowed; ask for less at once", e.Maximum)
}

// Budget counts the bytes of one answer while it is made: those that are written, and those of the bodies that are read for
// it. The first error stays; nothing can be spent after it. A nil Budget has no limit.
type Budget struct {
	pool   *Pool
	client string

	written, read, granted atomic.Int64
	failed                 atomic.Pointer[error]

	mu       sync.Mutex // guards growing and the end
	ended    bool
	reading  sync.Mutex
	exceeded context.CancelCauseFunc
}

// NewBudget opens the budget of one answer; exceeded is called once, when more is spent than there is. Release gives the
// memory back.
func (p *Pool) NewBudget(client string, exceeded context.CancelCauseFunc) *Budget {
	b := &Budget{pool: p, client: client, exceeded: exceeded}
	b.granted.Store(portion)
	return b
}

// Spend counts n bytes that are written. Errors: *TooLargeError, OVERLOADED.
func (b *Budget) Spend(n int) error {
	if b == nil {
		return nil
	}
	return b.count(b.written.Add(int64(n)), b.read.Load())
}

// Refund takes back what was spent on a text that is thrown away.
func (b *Budget) Refund(n int) {
	if b != nil {
		b.written.Add(-int64(n))
	}
}

// Read runs a read of texts that are large and kept until the answer is complete. It is told how many bytes there is room
// for, must not read more, and returns how many bytes there are. Errors: *TooLargeError, OVERLOADED, and those of read.
func (b *Budget) Read(read func(room int64) (size int64, err error)) error {
	if b == nil {
		_, err := read(1 << 62)
		return err
	}
	b.reading.Lock() // two reads must not take the same room
	defer b.reading.Unlock()
	if err := b.Err(); err != nil {
		return err
	}
	size, err := read(b.pool.answer - b.read.Load())
	if err != nil {
		return err
	}
	return b.count(b.written.Load(), b.read.Add(size))
}

// Err returns the error that has ended the budget, or nil.
func (b *Budget) Err() error {
	if b == nil {
		return nil
	}
	if err := b.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func (b *Budget) count(written, read int64) error {
	if err := b.Err(); err != nil {
		return err
	}
	if written > b.pool.answer || read > b.pool.answer {
		return b.fail(&TooLargeError{Maximum: b.pool.answer})
	}
	if written+read <= b.granted.Load() {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	more := (written + read - b.granted.Load() + portion - 1) / portion * portion
	switch {
	case more <= 0:
		return nil
	case b.ended: // nobody waits for this any more, and nobody would give it back
		return b.fail(context.Canceled)
	case !b.pool.take(b.client, more):
		return b.fail(domain.Errorf(domain.CodeOverloaded,
			"too many large responses are being made right now; try again in a moment, or request less at once"))
	}
	b.granted.Add(more)
	return nil
}

func (b *Budget) fail(err error) error {
	if b.failed.CompareAndSwap(nil, &err) {
		b.exceeded(err)
	}
	return b.Err()
}

// Release gives back what the budget holds of the pool. What is spent later fails.
func (b *Budget) Release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended {
		b.ended = true
		b.pool.give(b.client, b.granted.Load()-portion)
	}
}

type budgetKey struct{}

// WithBudget gives an operation its budget.
func WithBudget(ctx context.Context, b *Budget) context.Context {
	return context.WithValue(ctx, budgetKey{}, b)
}

// BudgetOf reads the budget of the operation; nil where there is none.
func BudgetOf(ctx context.Context) *Budget {
	b, _ := ctx.Value(budgetKey{}).(*Budget)
	return b
}
