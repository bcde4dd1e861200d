package operations

import (
	"testing"
	"time"

	"lyceum/domain"
)

func TestAJobIsTriedAgainWhenItFailedAndGivenUpWhileItWaits(t *testing.T) {
	t.Parallel()
	for state, want := range map[JobState]struct{ retry, discard bool }{
		JobAvailable: {false, true}, JobPending: {false, true}, JobScheduled: {false, true}, JobRetryable: {true, true},
		JobRunning: {false, false}, JobCompleted: {false, false}, JobCancelled: {true, false}, JobDiscarded: {true, false},
	} {
		j := &Job{Kind: "clean_up", State: state}
		if got, err := retry(j); got != want.retry || err != nil {
			t.Errorf("retry of one that is %s: %v, %v", state, got, err)
		}
		got, err := discard(j)
		if got != want.discard || (err != nil) != (state == JobRunning) {
			t.Errorf("discard of one that is %s: %v, %v", state, got, err)
		}
	}
	if _, err := retry(nil); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("no job: %v", err)
	}
	if _, err := discard(nil); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("no job: %v", err)
	}
}

func TestAMessageThatWasGivenUpIsTriedAgainByItsOwnMutation(t *testing.T) {
	t.Parallel()
	if _, err := retry(&Job{Kind: "send_mail", State: JobCancelled}); domain.CodeOf(err) != domain.CodeRefused {
		t.Errorf("%v", err)
	}
	if again, err := retry(&Job{Kind: "send_mail", State: JobRetryable}); !again || err != nil {
		t.Errorf("%v, %v", again, err)
	}
}

func TestTheNextRunIsWhatWaitsOrAPeriodAfterTheLast(t *testing.T) {
	t.Parallel()
	last, waits := time.Date(2026, 11, 1, 2, 0, 0, 0, time.UTC), time.Date(2026, 11, 2, 2, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		kind JobKind
		want *time.Time
	}{
		"never ran":         {JobKind{Name: "clean_up"}, nil},
		"ran":               {JobKind{Name: "clean_up", LastStartedAt: &last}, at(last.Add(10 * time.Minute))},
		"one waits":         {JobKind{Name: "clean_up", LastStartedAt: &last, WaitsUntil: &waits}, &waits},
		"not periodic":      {JobKind{Name: "send_mail", LastStartedAt: &last}, nil},
		"of another school": {JobKind{Name: "unheard_of", LastStartedAt: &last}, nil},
	} {
		if got := c.kind.NextRunAt(); (got == nil) != (c.want == nil) || got != nil && !got.Equal(*c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

func at(t time.Time) *time.Time { return &t }
