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

// Change is an entry of a subscription's history.
type Change struct {
	Kind        ChangeKind
	From        SubscriptionStatus
	To          SubscriptionStatus
	EffectiveAt time.Time
	Reason      string
}

// scheduleCancel ends a subscription with the period that is paid. Errors: REFUSED.
func scheduleCancel(s Subscription, now time.Time, reason string) (Subscription, Change, error) {
	switch {
	case !inForce(s.Status):
		return s, Change{}, domain.Errorf(domain.CodeRefused, "this subscription has ended already").Because("ALREADY_ENDED")
	case s.CurrentPeriodEnd == nil:
		return s, Change{}, domain.Errorf(domain.CodeRefused, "a lifetime plan has no end to cancel at").Because("LIFETIME")
	case s.CancelAt != nil:
		return s, Change{}, domain.Errorf(domain.CodeRefused,
			"this subscription is already canceled and ends with its period").Because("ALREADY_CANCELED")
	}
	end := *s.CurrentPeriodEnd
	s.CancelAt, s.CanceledAt = &end, &now
	// What is paid stays open to its last second and not beyond: no days of grace after a cancellation.
	if s.AccessUntil == nil || s.AccessUntil.After(end) {
		s.AccessUntil = &end
	}
	return s, Change{Kind: CancelScheduled, From: s.Status, To: s.Status, EffectiveAt: end, Reason: reason}, nil
}

// withdrawCancel takes a scheduled cancellation back before it takes effect. Errors: REFUSED.
func withdrawCancel(s Subscription, now time.Time) (Subscription, Change, error) {
	switch {
	case s.CancelAt == nil:
		return s, Change{}, domain.Errorf(domain.CodeRefused, "this subscription is not canceled").Because("NOT_CANCELED")
	case !inForce(s.Status) || !s.CancelAt.After(now):
		return s, Change{}, domain.Errorf(domain.CodeRefused, "this subscription has ended already").Because("ALREADY_ENDED")
	}
	s.CancelAt, s.CanceledAt = nil, nil
	return s, Change{Kind: CancelWithdrawn, From: s.Status, To: s.Status, EffectiveAt: now}, nil
}

// inForce reports whether a subscription of this status still runs.
func inForce(s SubscriptionStatus) bool {
	return s == Trialing || s == Active || s == PastDue || s == Paused
}
