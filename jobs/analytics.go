package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"lyceum/domain/analytics"
	"lyceum/store"
)

func refreshJob() river.JobArgs { return analytics.RefreshJob{} }

// refreshAnalytics works the materialized views out again.
type refreshAnalytics struct {
	river.WorkerDefaults[analytics.RefreshJob]
	store store.Maintenance
	log   *slog.Logger
}

// Timeout implements river.Worker: the views of a large school take minutes.
func (w *refreshAnalytics) Timeout(*river.Job[analytics.RefreshJob]) time.Duration { return longJob }

// Work implements river.Worker.
func (w *refreshAnalytics) Work(ctx context.Context, _ *river.Job[analytics.RefreshJob]) error {
	asOf, err := w.store.RefreshAnalytics(ctx)
	if err == nil {
		w.log.DebugContext(ctx, "analytics refreshed", "as_of", asOf)
	}
	return err
}
