package app

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// clock tells the school's time: the machine's plus the offset that the database keeps.
type clock struct{ shift atomic.Int64 }

func (c *clock) now() time.Time {
	return time.Now().Add(time.Duration(c.shift.Load())).UTC().Truncate(time.Microsecond)
}

// clockReader reads the offset of the database's clock: store.Reader.
type clockReader interface {
	ClockShift(ctx context.Context) (time.Duration, error)
}

// follow reads the offset.
func (c *clock) follow(ctx context.Context, r clockReader) error {
	ctx, cancel := context.WithTimeout(ctx, clockWait)
	defer cancel()
	shift, err := r.ClockShift(ctx)
	if err == nil {
		c.shift.Store(int64(shift))
	}
	return err
}

// clockWait is what reading the offset may take; it is read again a second later.
const clockWait = 3 * time.Second

// keepFollowing reads the offset again and again, so that a test clock moves services too. While the database is away the
// last offset holds.
func (c *clock) keepFollowing(ctx context.Context, r clockReader, log *slog.Logger) {
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		err := c.follow(ctx, r)
		switch {
		case err != nil && ctx.Err() == nil && !failing:
			log.WarnContext(ctx, "the clock of the database cannot be read; trying on", "error", err)
			failing = true
		case err == nil && failing:
			log.InfoContext(ctx, "the clock of the database is read again")
			failing = false
		}
	}
}
