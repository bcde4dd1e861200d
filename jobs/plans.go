package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"lyceum/domain/plans"
	"lyceum/store"
)

// Sweeper applies what time brings to subscriptions: plans.Service.
type Sweeper interface {
	Sweep(ctx context.Context) (plans.Swept, error)
}

// sweepSubscriptions sweeps. Which rows are due stands in the database alone; the job carries nothing.
type sweepSubscriptions struct {
	river.WorkerDefaults[plans.SweepJob]
	sweeper Sweeper
	log     *slog.Logger
}

// Timeout implements river.Worker. What is not done by then is done by the next sweep: each batch is committed alone.
func (w *sweepSubscriptions) Timeout(*river.Job[plans.SweepJob]) time.Duration { return longJob }

// Work implements river.Worker.
func (w *sweepSubscriptions) Work(ctx context.Context, _ *river.Job[plans.SweepJob]) error {
	swept, err := w.sweeper.Sweep(ctx)
	if swept.Subscriptions > 0 {
		w.log.InfoContext(ctx, "subscriptions swept", "changed", swept.Subscriptions, "past_due", swept.PastDue, "expired", swept.Expired,
			"canceled", swept.Canceled)
	}
	return err
}

// Housekeeping does at once what the other periodic jobs do: for a clock that was moved.
func Housekeeping(ctx context.Context, m store.Maintenance) error {
	if _, err := m.EnsurePartitions(ctx, monthsAhead); err != nil {
		return err
	}
	if _, err := m.CleanUp(ctx); err != nil {
		return err
	}
	_, err := m.RefreshAnalytics(ctx)
	return err
}
