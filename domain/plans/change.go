package plans

import (
	"time"

	"lyceum/domain"
)

// ChangeKind names an entry of a subscription's history.
type ChangeKind string

// The kinds, as in subscription_changes_kind_known.
const (
	ChangeStarted   ChangeKind = "started"
	ChangeRenewed   ChangeKind = "renewed"
	ChangeUpgraded  ChangeKind = "upgraded"
	ChangeDowngrade ChangeKind = "downgraded"
	CancelScheduled ChangeKind = "cancel_scheduled"
	CancelWithdrawn ChangeKind = "cancel_withdrawn"
	ChangeCanceled  ChangeKind = "canceled"
	ChangePaused    ChangeKind = "paused"
	ChangeResumed   ChangeKind = "resumed"
	ChangeUnpaid    ChangeKind = "payment_failed"
	ChangeExpired   ChangeKind = "expired"
)

// Change is what happened to a subscription.
type Change struct {
	Kind        ChangeKind
	From        SubscriptionStatus // empty: it began
	To          SubscriptionStatus
	EffectiveAt time.Time
	Reason      string
	AmountMinor int64 // in the currency of the plan
}

// Entry is a change with whose it is and who made it, as it is written.
type Entry struct {
	Subscription *Subscription
	Actor        domain.UserID // domain.Anonymous: time brought it
	Change
}

// scheduleCancel ends a subscription with the period that is paid, or at once when none is paid any more. The subscription is
// settled. Errors: REFUSED.
func scheduleCancel(s Subscription, now time.Time, grace time.Duration, reason string) (Subscription, Change, error) {
	end := s.periodEnd()
	lapsed := s.Status != Paused && s.AccessUntil != nil && !s.AccessUntil.After(now)
	switch {
	case !inForce(s.Status) || lapsed:
		return s, Change{}, alreadyEnded()
	case end == nil:
		return s, Change{}, domain.Errorf(domain.CodeRefused, "this subscription has no billing period at whose end it could be canceled").
			Because("LIFETIME")
	case s.CancelAt != nil:
		return s, Change{}, domain.Errorf(domain.CodeRefused,
			"this subscription is already canceled and ends with its period").Because("ALREADY_CANCELED")
	}
	event, at := Cancel, *end
	switch {
	case s.Status == PastDue:
		at = now
	case !end.After(now): // it was paused, and its period went by
		event, at = End, now
	}
	s.CancelAt, s.CanceledAt = &at, &now
	after, change, _ := step(s, event, at, grace, reason)
	return after, change, nil
}

// withdrawCancel takes a scheduled cancellation back before it takes effect, and gives the days of grace back that it cut. The
// subscription is settled. Errors: REFUSED.
func withdrawCancel(s Subscription, now time.Time, grace time.Duration) (Subscription, Change, error) {
	switch {
	case s.CancelAt == nil:
		return s, Change{}, domain.Errorf(domain.CodeRefused, "this subscription is not canceled").Because("NOT_CANCELED")
	case !inForce(s.Status) || !s.CancelAt.After(now):
		return s, Change{}, alreadyEnded()
	}
	s.CancelAt, s.CanceledAt = nil, nil
	after, change, _ := step(s, Withdraw, now, grace, "")
	return after, change, nil
}

// endNow ends a subscription at once. The subscription is settled. Errors: REFUSED.
func endNow(s Subscription, now time.Time, grace time.Duration, reason string) (Subscription, Change, error) {
	after, change, listed := step(s, End, now, grace, reason)
	if !listed {
		return s, Change{}, alreadyEnded()
	}
	after.CancelAt, after.CanceledAt = &now, &now
	return after, change, nil
}

func alreadyEnded() *domain.Error {
	return domain.Errorf(domain.CodeRefused, "this subscription has ended already").Because("ALREADY_ENDED")
}

// inForce reports whether a subscription of this status still runs.
func inForce(s SubscriptionStatus) bool {
	return s == Trialing || s == Active || s == PastDue || s == Paused
}
