package commands

import (
	"context"
	"time"
)

// interrupted is the error of a command that was told to end before it was done.
type interrupted struct{ what string }

func (e interrupted) Error() string { return e.what }

// grace is how long a command that is told to end may take to end well.
const grace = 5 * time.Second

// endable runs what may hang in a system call, and gives it up a while after the context has ended.
func endable[T any](ctx context.Context, run func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := run()
		done <- answer{value, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.value, a.err
	case <-timer.C:
		var none T
		return none, ctx.Err()
	}
}
