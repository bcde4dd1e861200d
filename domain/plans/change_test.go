package plans

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"lyceum/domain"
)

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

var allStatuses = []SubscriptionStatus{Pending, Incomplete, Trialing, Active, PastDue, Paused, Canceled, Expired}

func TestOnlyALivingSubscriptionCanBeCanceled(t *testing.T) {
	t.Parallel()
	end := now.Add(240 * time.Hour)
	for status, reason := range map[SubscriptionStatus]string{
		Pending: "ALREADY_ENDED", Incomplete: "ALREADY_ENDED", Canceled: "ALREADY_ENDED", Expired: "ALREADY_ENDED",
		Trialing: "", Active: "", PastDue: "", Paused: "",
	} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			before := Subscription{Status: status, CurrentPeriodEnd: &end, AccessUntil: &end}
			after, change, err := scheduleCancel(before, now, "too dear")
			if reason != "" {
				wantRefused(t, err, reason)
				if after != before || change != (Change{}) {
					t.Errorf("changed although refused: %+v, %+v", after, change)
				}
				return
			}
			if err != nil || !after.CancelAt.Equal(end) || !after.CanceledAt.Equal(now) || after.Status != status {
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

func TestOnlyALivingSubscriptionThatIsCanceledCanBeResumed(t *testing.T) {
	t.Parallel()
	later := now.Add(time.Second)
	for _, status := range allStatuses {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			_, _, err := withdrawCancel(Subscription{Status: status}, now)
			wantRefused(t, err, "NOT_CANCELED")
			after, change, err := withdrawCancel(Subscription{Status: status, CancelAt: &later, CanceledAt: &now, AccessUntil: &later}, now)
			if !inForce(status) {
				wantRefused(t, err, "ALREADY_ENDED")
				return
			}
			if err != nil || after.CancelAt != nil || after.CanceledAt != nil || !after.AccessUntil.Equal(later) {
				t.Errorf("got %+v, %v", after, err)
			}
			if change != (Change{Kind: CancelWithdrawn, From: status, To: status, EffectiveAt: now}) {
				t.Errorf("the history says %+v", change)
			}
		})
	}
}

func TestACancellationIsRefusedForItsReason(t *testing.T) {
	t.Parallel()
	end := now.Add(time.Hour)
	_, _, err := scheduleCancel(Subscription{Status: Active}, now, "")
	wantRefused(t, err, "LIFETIME")
	_, _, err = scheduleCancel(Subscription{Status: Active, CurrentPeriodEnd: &end, CancelAt: &end}, now, "")
	wantRefused(t, err, "ALREADY_CANCELED")
	_, _, err = scheduleCancel(Subscription{Status: Expired}, now, "")
	wantRefused(t, err, "ALREADY_ENDED")
}

func TestACancellationThatHasTakenEffectCannotBeWithdrawn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at     time.Time
		reason string
	}{
		"a moment later":  {now.Add(time.Microsecond), ""},
		"at this instant": {now, "ALREADY_ENDED"},
		"a moment ago":    {now.Add(-time.Microsecond), "ALREADY_ENDED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := withdrawCancel(Subscription{Status: Active, CancelAt: &c.at}, now)
			if c.reason == "" && err != nil {
				t.Error(err)
			}
			if c.reason != "" {
				wantRefused(t, err, c.reason)
			}
		})
	}
}

func TestACancellationNeverExtendsAccess(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	maybe := func() *time.Time {
		if random.IntN(4) == 0 {
			return nil
		}
		at := now.Add(time.Duration(random.Int64N(int64(200*24*time.Hour))) - 100*24*time.Hour)
		return &at
	}
	accepted := 0
	for range 5000 {
		before := Subscription{
			Status: allStatuses[random.IntN(len(allStatuses))], CurrentPeriodEnd: maybe(), AccessUntil: maybe(), CancelAt: maybe(),
		}
		kept := before
		after, _, err := scheduleCancel(before, now, "")
		if err != nil {
			if after != before {
				t.Fatalf("refused, and yet %+v became %+v", before, after)
			}
			continue
		}
		accepted++
		if after.AccessUntil == nil || before.AccessUntil != nil && after.AccessUntil.After(*before.AccessUntil) {
			t.Fatalf("access went from %v to %v", before.AccessUntil, after.AccessUntil)
		}
		if after.AccessUntil.After(*after.CancelAt) {
			t.Fatalf("access lasts to %v, the subscription to %v", after.AccessUntil, after.CancelAt)
		}
		resumed, _, err := withdrawCancel(after, now)
		if err == nil && !resumed.AccessUntil.Equal(*after.AccessUntil) {
			t.Fatalf("resuming moved access from %v to %v", after.AccessUntil, resumed.AccessUntil)
		}
		if before != kept {
			t.Fatal("the rule changed what it was given")
		}
	}
	if accepted == 0 {
		t.Error("no cancellation was accepted")
	}
}

func wantRefused(t *testing.T, err error, reason string) {
	t.Helper()
	var own *domain.Error
	if !errors.As(err, &own) || own.Code != domain.CodeRefused || own.Reason != reason {
		t.Errorf("got %+v, want REFUSED because %s", err, reason)
	}
}
