package app

import (
	"context"
	"time"

	"lyceum/db"
	"lyceum/domain/plans"
	"lyceum/jobs"
	"lyceum/store"
)

// Advanced says what came of moving the clock.
type Advanced struct {
	Now   time.Time
	Swept plans.Swept
}

// ReadClock tells the school's time and how far it is ahead of the machine's.
func ReadClock(ctx context.Context, d *Database) (now time.Time, ahead time.Duration, err error) {
	owner, err := db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 1, Name: "lyceum clock"})
	if err != nil {
		return now, 0, err
	}
	defer owner.Close()
	c := &clock{}
	err = c.follow(ctx, store.NewReader(owner))
	return c.now(), time.Duration(c.shift.Load()), err
}

// AdvanceClock moves the school's clock on and does at once what the jobs of a running server do as time goes by, without the queue.
func AdvanceClock(ctx context.Context, c *Config, d *Database, by time.Duration) (done Advanced, err error) {
	owner, err := db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 1, Name: "lyceum clock"})
	if err != nil {
		return done, err
	}
	defer owner.Close() // all that was written is committed
	if err := store.NewMaintenance(owner).AdvanceClock(ctx, by); err != nil {
		return done, err
	}
	pool, err := d.JobPool(ctx)
	if err != nil {
		return done, err
	}
	defer pool.Close() // likewise
	now := &clock{}
	if err := now.follow(ctx, store.NewReader(pool)); err != nil {
		return done, err
	}
	done.Now = now.now()
	sweeper, err := sweeperOver(pool, now, c.GraceDays)
	if err != nil {
		return done, err
	}
	if done.Swept, err = sweeper.Sweep(ctx); err != nil {
		return done, err
	}
	return done, jobs.Housekeeping(ctx, store.NewMaintenance(pool))
}
