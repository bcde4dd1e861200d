package plans

import (
	"math/rand/v2"
	"testing"
	"time"

	"lyceum/domain"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func subscription(status SubscriptionStatus) Subscription {
	end := now.AddDate(0, 0, 12)
	return Subscription{Status: status, CurrentPeriodStart: now.AddDate(0, 0, -18), CurrentPeriodEnd: &end, AccessUntil: &end}
}

func reason(err error) string {
	if e, ok := domain.Mendable(err); ok {
		return e.Reason
	}
	return ""
}

func TestOnlyALivingSubscriptionIsCanceledAndEndsWithItsPeriod(t *testing.T) {
	t.Parallel()
	for status, want := range map[SubscriptionStatus]string{
		Trialing: "", Active: "", PastDue: "", Paused: "", Pending: "NOT_LIVING", Incomplete: "NOT_LIVING", Canceled: "NOT_LIVING", Expired: "NOT_LIVING",
	} {
		before := subscription(status)
		after, change, err := scheduleCancel(before, now, "why")
		if reason(err) != want {
			t.Errorf("%s: %v", status, err)
		}
		if want == "" && (after.CancelAt == nil || !after.CancelAt.Equal(*before.CurrentPeriodEnd) || change.Kind != CancelScheduled || change.Reason != "why") {
			t.Errorf("%s: %+v, %+v", status, after, change)
		}
	}
}

func TestALifetimePlanHasNoEndToCancelAt(t *testing.T) {
	t.Parallel()
	s := subscription(Active)
	s.CurrentPeriodEnd, s.AccessUntil = nil, nil
	if _, _, err := scheduleCancel(s, now, ""); reason(err) != "LIFETIME" {
		t.Error(err)
	}
}

func TestACancellationNeverGivesMoreAccessAndWithdrawingItTakesNone(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	for range 500 {
		s := subscription(Active)
		until := now.Add(time.Duration(r.IntN(60)-20) * 24 * time.Hour)
		s.AccessUntil = &until
		canceled, _, err := scheduleCancel(s, now, "")
		if err != nil {
			t.Fatal(err)
		}
		if canceled.AccessUntil.After(until) || canceled.AccessUntil.After(*s.CurrentPeriodEnd) {
			t.Fatalf("access until %v became %v", until, canceled.AccessUntil)
		}
		if _, _, err := scheduleCancel(canceled, now, ""); reason(err) != "ALREADY_CANCELED" {
			t.Fatal(err)
		}
		kept, change, err := withdrawCancel(canceled, now)
		if err != nil || kept.CancelAt != nil || kept.CanceledAt != nil || change.Kind != CancelWithdrawn || kept.AccessUntil.Before(*canceled.AccessUntil) {
			t.Fatalf("%+v, %v", kept, err)
		}
	}
}

func TestACancellationCannotBeWithdrawnOnceItTookEffect(t *testing.T) {
	t.Parallel()
	canceled, _, err := scheduleCancel(subscription(Active), now, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := withdrawCancel(canceled, now.AddDate(0, 0, 12)); reason(err) != "NOT_LIVING" {
		t.Error(err)
	}
	if _, _, err := withdrawCancel(subscription(Active), now); reason(err) != "NOT_CANCELED" {
		t.Error(err)
	}
}
