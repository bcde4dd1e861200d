package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Outcome is how one run of a job ended.
type Outcome string

// The outcomes.
const (
	JobDone      Outcome = "done"
	JobFailed    Outcome = "failed"    // it is tried again
	JobDiscarded Outcome = "discarded" // its last attempt failed, and nobody tries again
	JobCanceled  Outcome = "canceled"  // it gave itself up, or the program ends
	JobSnoozed   Outcome = "snoozed"   // it wants to be run later
)

// Outcomes are all of them.
var Outcomes = []Outcome{JobDone, JobFailed, JobDiscarded, JobCanceled, JobSnoozed}

// observed is a middleware of River's that tells how each run of a job ended and how long it took. A panic is a failure: River, which
// catches it further out, tries again.
type observed struct {
	river.MiddlewareDefaults
	ended func(kind string, outcome Outcome, took time.Duration)
}

// Work implements rivertype.WorkerMiddleware.
func (o *observed) Work(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) (err error) {
	began, returned := time.Now(), false
	defer func() {
		outcome := outcomeOf(ctx, job, err)
		if !returned {
			outcome = failure(job)
		}
		o.ended(job.Kind, outcome, time.Since(began))
	}()
	err = work(ctx)
	returned = true
	return err
}

func outcomeOf(ctx context.Context, job *rivertype.JobRow, err error) Outcome {
	var snoozed *river.JobSnoozeError
	var canceled *river.JobCancelError
	switch {
	case err == nil:
		return JobDone
	case errors.As(err, &snoozed):
		return JobSnoozed
	case errors.As(err, &canceled), errors.Is(ctx.Err(), context.Canceled):
		return JobCanceled
	default:
		return failure(job)
	}
}

func failure(job *rivertype.JobRow) Outcome {
	if job.Attempt >= job.MaxAttempts {
		return JobDiscarded
	}
	return JobFailed
}
