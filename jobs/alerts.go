package jobs

import (
	"context"
	"log/slog"

	"github.com/riverqueue/river"

	"lyceum/domain/operations"
)

// Watcher evaluates the rules of alerts: operations.Watch.
type Watcher interface {
	Evaluate(ctx context.Context) (told int, err error)
}

// evaluateAlerts looks whether anything is wrong.
type evaluateAlerts struct {
	river.WorkerDefaults[operations.EvaluateAlertsJob]
	watch Watcher
	log   *slog.Logger
}

// Work implements river.Worker.
func (w *evaluateAlerts) Work(ctx context.Context, _ *river.Job[operations.EvaluateAlertsJob]) error {
	if w.watch == nil {
		return nil
	}
	told, err := w.watch.Evaluate(ctx)
	if told > 0 {
		w.log.InfoContext(ctx, "alerts were told by mail", "messages", told)
	}
	return err
}
