package jobs

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

func TestTheOutcomeOfARunSaysWhetherItIsTriedAgain(t *testing.T) {
	t.Parallel()
	ended, end := context.WithCancel(t.Context())
	end()
	failed := errors.New("failed")
	for want, c := range map[Outcome]struct {
		ctx     context.Context
		attempt int
		err     error
	}{
		JobDone: {t.Context(), 3, nil}, JobFailed: {t.Context(), 2, failed}, JobDiscarded: {t.Context(), 3, failed},
		JobCanceled: {ended, 3, failed}, JobSnoozed: {t.Context(), 3, river.JobSnooze(time.Minute)},
	} {
		if got := outcomeOf(c.ctx, &rivertype.JobRow{Attempt: c.attempt, MaxAttempts: 3}, c.err); got != want {
			t.Errorf("%s is %s", want, got)
		}
	}
	given := fmt.Errorf("given up: %w", river.JobCancel(failed))
	if got := outcomeOf(t.Context(), &rivertype.JobRow{Attempt: 1, MaxAttempts: 3}, given); got != JobCanceled {
		t.Errorf("a job that gave itself up is %s", got)
	}
}
