package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"lyceum/domain/operations"
	"lyceum/store"
)

// runs notes how each run of a job ended: the queue itself forgets after a day.
type runs struct {
	river.MiddlewareDefaults
	store store.Maintenance
	log   *slog.Logger
}

// Work implements rivertype.WorkerMiddleware. What cannot be noted is logged and fails no job.
func (r *runs) Work(ctx context.Context, job *rivertype.JobRow, doInner func(context.Context) error) (err error) {
	began, ended := time.Now(), false
	defer func() {
		run := operations.Run{Kind: job.Kind, Took: time.Since(began)}
		var snoozed *river.JobSnoozeError
		switch {
		case !ended:
			run.Error = "the worker panicked"
		case err != nil && errors.Is(ctx.Err(), context.Canceled), errors.As(err, &snoozed):
			return // the program ends, or the job waits on: this was no attempt
		case err != nil:
			run.Error = reason(err)
		}
		noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
		defer cancel()
		if failed := r.store.NoteRun(noting, run); failed != nil {
			r.log.WarnContext(ctx, "how a job went could not be noted", "kind", job.Kind, "error", failed)
		}
	}()
	err = doInner(ctx)
	ended = true
	return err
}
