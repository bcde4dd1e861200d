package jobs

import (
	"context"
	"log/slog"

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

// Work implements river.Worker.
func (w *refreshAnalytics) Work(ctx context.Context, _ *river.Job[analytics.RefreshJob]) error {
	asOf, err := w.store.RefreshAnalytics(ctx)
	if err == nil {
		w.log.DebugContext(ctx, "analytics refreshed", "as_of", asOf)
	}
	return err
}
