package plans

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"lyceum/domain"
)

const (
	day   = 24 * time.Hour
	grace = 7 * day
)

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

var allStatuses = []SubscriptionStatus{Pending, Incomplete, Trialing, Active, PastDue, Paused, Canceled, Expired}

func TestOnlyALivingSubscriptionCanBeCanceled(t *testing.T) {
	t.Parallel()
	end := now.Add(10 * day)
	for status, reason := range map[SubscriptionStatus]string{
		Pending: "ALREADY_ENDED", Incomplete: "ALREADY_ENDED", Canceled: "ALREADY_ENDED", Expired: "ALREADY_ENDED",
		Trialing: "", Active: "", Paused: "",
	} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			access := end.Add(grace)
			before := Subscription{Status: status, CurrentPeriodEnd: &end, AccessUntil: &access}
			after, change, err := scheduleCancel(before, now, grace, "too dear")
			if reason != "" {
				wantRefused(t, err, reason)
				if after != before || change != (Change{}) {
					t.Errorf("changed although refused: %+v, %+v", after, change)
				}
				return
			}
			if err != nil || !after.CancelAt.Equal(end) || !after.CanceledAt.Equal(now) || after.Status != status || !after.AccessUntil.Equal(end) {
				t.Errorf("got %+v, %v", after, err)
			}
			if change != (Change{Kind: CancelScheduled, From: status, To: status, EffectiveAt: end, Reason: "too dear"}) {
				t.Errorf("the history says %+v", change)
			}
			if before.CancelAt != nil {
				t.Error("the original has changed")
			}
		})
	}
}

func TestASubscriptionWhosePeriodIsOverEndsAtOnceWhenItIsCanceled(t *testing.T) {
	t.Parallel()
	ended, access := now.Add(-3*day), now.Add(4*day)
	for _, status := range []SubscriptionStatus{PastDue, Paused} {
		after, change, err := scheduleCancel(Subscription{Status: status, CurrentPeriodEnd: &ended, AccessUntil: &access}, now, grace, "")
		if err != nil || after.Status != Canceled || !after.EndedAt.Equal(now) || !after.AccessUntil.Equal(now) || !after.CancelAt.Equal(now) {
			t.Errorf("%s: got %+v, %v", status, after, err)
		}
		if change.Kind != ChangeCanceled || change.From != status || !change.EffectiveAt.Equal(now) {
			t.Errorf("%s: the history says %+v", status, change)
		}
	}
}

func TestASubscriptionThatHasLapsedCannotBeCanceledAlsoBeforeTheSweepHasCome(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]Subscription{
		"paid until 100 days ago":        {Status: Active, CurrentPeriodEnd: ago(100 * day), AccessUntil: ago(93 * day)},
		"the days of grace just ended":   {Status: Active, CurrentPeriodEnd: ago(7 * day), AccessUntil: ago(0)},
		"a trial that ended":             {Status: Trialing, TrialEndsAt: ago(time.Second), CurrentPeriodEnd: ago(time.Second), AccessUntil: ago(time.Second)},
		"a cancellation that is due":     {Status: Active, CurrentPeriodEnd: ago(0), CancelAt: ago(0), AccessUntil: ago(0)},
		"a complimentary one at its end": {Status: Active, ComplimentaryReason: new(string), CurrentPeriodEnd: ago(1), AccessUntil: ago(1)},
		"access that was taken":          {Status: Active, CurrentPeriodEnd: ago(-day), AccessUntil: ago(day)},
	} {
		settled, _ := settle(s, now, grace)
		_, _, err := scheduleCancel(settled, now, grace, "")
		if err == nil {
			t.Errorf("%s was canceled", name)
			continue
		}
		wantRefused(t, err, "ALREADY_ENDED")
	}
}

func TestAWithdrawnCancellationGivesTheDaysOfGraceBack(t *testing.T) {
	t.Parallel()
	end, access, trial := now.Add(10*day), now.Add(17*day), now.Add(10*day)
	reason := "a gift"
	for name, before := range map[string]Subscription{
		"paid":          {Status: Active, CurrentPeriodEnd: &end, AccessUntil: &access},
		"a trial":       {Status: Trialing, TrialEndsAt: &trial, CurrentPeriodEnd: &trial, AccessUntil: &trial},
		"complimentary": {Status: Active, ComplimentaryReason: &reason, CurrentPeriodEnd: &end, AccessUntil: &end},
		"paused":        {Status: Paused, CurrentPeriodEnd: &end, AccessUntil: ago(day)},
	} {
		canceled, _, err := scheduleCancel(before, now, grace, "")
		if err != nil || canceled.AccessUntil.After(end) {
			t.Fatalf("%s: %+v, %v", name, canceled, err)
		}
		after, change, err := withdrawCancel(canceled, now.Add(time.Hour), grace)
		if err != nil || after.CancelAt != nil || after.CanceledAt != nil || !after.AccessUntil.Equal(*before.AccessUntil) {
			t.Errorf("%s: access until %v, before %v; %v", name, after.AccessUntil, before.AccessUntil, err)
		}
		if change != (Change{Kind: CancelWithdrawn, From: before.Status, To: before.Status, EffectiveAt: now.Add(time.Hour)}) {
			t.Errorf("the history says %+v", change)
		}
	}
}

func TestOnlyALivingSubscriptionThatIsCanceledCanBeResumed(t *testing.T) {
	t.Parallel()
	later := now.Add(time.Second)
	for _, status := range allStatuses {
		_, _, err := withdrawCancel(Subscription{Status: status}, now, grace)
		wantRefused(t, err, "NOT_CANCELED")
		after, _, err := withdrawCancel(Subscription{Status: status, CurrentPeriodEnd: &later, CancelAt: &later, CanceledAt: &now, AccessUntil: &later}, now, grace)
		if !inForce(status) {
			wantRefused(t, err, "ALREADY_ENDED")
		} else if err != nil || after.CancelAt != nil || after.CanceledAt != nil {
			t.Errorf("%s: got %+v, %v", status, after, err)
		}
	}
	for _, at := range []time.Time{now, now.Add(-time.Microsecond)} {
		_, _, err := withdrawCancel(Subscription{Status: Active, CancelAt: &at}, now, grace)
		wantRefused(t, err, "ALREADY_ENDED")
	}
}

func TestACancellationIsRefusedForItsReason(t *testing.T) {
	t.Parallel()
	end := now.Add(time.Hour)
	_, _, err := scheduleCancel(Subscription{Status: Active}, now, grace, "")
	wantRefused(t, err, "LIFETIME")
	_, _, err = scheduleCancel(Subscription{Status: Active, CurrentPeriodEnd: &end, CancelAt: &end}, now, grace, "")
	wantRefused(t, err, "ALREADY_CANCELED")
	_, _, err = scheduleCancel(Subscription{Status: Expired}, now, grace, "")
	wantRefused(t, err, "ALREADY_ENDED")
}

func TestACancellationNeverExtendsAccess(t *testing.T) {
	t.Parallel()
	random, accepted := rand.New(rand.NewPCG(7, 8)), 0
	for range 20000 {
		before := anySubscription(random)
		kept := before
		after, change, err := scheduleCancel(before, now, grace, "")
		if before != kept {
			t.Fatal("the rule changed what it was given")
		}
		if err != nil {
			if after != before || change != (Change{}) {
				t.Fatalf("refused, and yet %+v became %+v", before, after)
			}
			continue
		}
		accepted++
		if after.AccessUntil == nil || before.AccessUntil != nil && after.AccessUntil.After(*before.AccessUntil) || after.AccessUntil.After(*after.CancelAt) {
			t.Fatalf("access went from %v to %v, the end is %v", before.AccessUntil, after.AccessUntil, after.CancelAt)
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d cancellations were accepted", accepted)
	}
}

// anySubscription is one in any state, also in states that the product does not make.
func anySubscription(random *rand.Rand) Subscription {
	maybe := func() *time.Time {
		if random.IntN(4) == 0 {
			return nil
		}
		at := now.Add(time.Duration(random.Int64N(int64(200*day))) - 100*day)
		return &at
	}
	s := Subscription{
		Status: allStatuses[random.IntN(len(allStatuses))], TrialEndsAt: maybe(), CurrentPeriodEnd: maybe(), AccessUntil: maybe(), CancelAt: maybe(),
	}
	if random.IntN(5) == 0 {
		s.ComplimentaryReason = new(string)
	}
	return s
}

func ago(d time.Duration) *time.Time {
	at := now.Add(-d)
	return &at
}

func wantRefused(t *testing.T, err error, reason string) {
	t.Helper()
	var own *domain.Error
	if !errors.As(err, &own) || own.Code != domain.CodeRefused || own.Reason != reason {
		t.Errorf("got %+v, want REFUSED because %s", err, reason)
	}
}
