package app

import (
	"context"
	"sync/atomic"
	"time"

	"lyceum/store"
)

// clock tells the school's time: the machine's plus the offset that the database keeps.
type clock struct{ shift atomic.Int64 }

func (c *clock) now() time.Time {
	return time.Now().Add(time.Duration(c.shift.Load())).UTC().Truncate(time.Microsecond)
}

// follow reads the offset.
func (c *clock) follow(ctx context.Context, r store.Reader) error {
	shift, err := r.ClockShift(ctx)
	if err == nil {
		c.shift.Store(int64(shift))
	}
	return err
}

// keepFollowing reads the offset again and again, so that a test clock moves services too.
func (c *clock) keepFollowing(ctx context.Context, r store.Reader) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
			_ = c.follow(ctx, r) // a database that is away tells no other time
		}
	}
}
