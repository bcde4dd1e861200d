package jobs

import (
	"context"
	"log/slog"
	"time"

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

// Examinations make the checks that alerts have no time for, and keep what they say: doctor.Doctor.
type Examinations interface {
	ExamineOutside(ctx context.Context) error
	VerifySeals(ctx context.Context, unlessWithin time.Duration) error
}

// examineOutside asks the mail server, and what else is asked every quarter of an hour.
type examineOutside struct {
	river.WorkerDefaults[operations.ExamineOutsideJob]
	examinations Examinations
}

// Work implements river.Worker.
func (w *examineOutside) Work(ctx context.Context, _ *river.Job[operations.ExamineOutsideJob]) error {
	if w.examinations == nil {
		return nil
	}
	return w.examinations.ExamineOutside(ctx)
}

// sealsWhole is for how long seals that were found whole are not verified again: the job also runs at each start.
const sealsWhole = 12 * time.Hour

// verifySeals walks the seals of all logs.
type verifySeals struct {
	river.WorkerDefaults[operations.VerifySealsJob]
	examinations Examinations
}

// Timeout implements river.Worker.
func (w *verifySeals) Timeout(*river.Job[operations.VerifySealsJob]) time.Duration { return upkeepJob }

// Work implements river.Worker.
func (w *verifySeals) Work(ctx context.Context, _ *river.Job[operations.VerifySealsJob]) error {
	if w.examinations == nil {
		return nil
	}
	return w.examinations.VerifySeals(ctx, sealsWhole)
}
