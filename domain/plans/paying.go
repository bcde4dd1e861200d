package plans

import (
	"time"

	"lyceum/domain"
)

// revivalDays is for how long after it expired a subscription can still be paid. Later it is for staff to make a new one.
const revivalDays = 60

// pay extends a subscription by one cycle of its plan. The subscription is settled.
//
// A period that still runs, or for which the days of grace run, is followed by the next without a gap; what was paid in advance adds
// up, and a scheduled cancellation moves along. One that expired begins a new period with the day of the payment, unless the money
// came before it expired. Errors: REFUSED (ALREADY_ENDED, LIFETIME).
func pay(s Subscription, plan Plan, paidAt time.Time, grace time.Duration) (Subscription, Change, error) {
	if _, listed := Transitions[s.Status][Pay]; !listed {
		return s, Change{}, alreadyEnded()
	}
	end, begun := s.periodEnd(), inForce(s.Status)
	late := s.Status == Expired && (s.EndedAt == nil || paidAt.After(*s.EndedAt))
	missed := s.Status == Paused && end != nil && !end.After(paidAt) // while it was paused
	switch {
	case late && (s.EndedAt == nil || paidAt.After(s.EndedAt.AddDate(0, 0, revivalDays))):
		return s, Change{}, alreadyEnded()
	case begun && end == nil:
		return s, Change{}, domain.Errorf(domain.CodeRefused, "this subscription has no billing period that could be paid").Because("LIFETIME")
	case late, missed, end == nil, !begun && s.Status != Expired: // a beginning
		s.CurrentPeriodStart, s.AnchorDay, end = paidAt, nil, &paidAt
	case !end.After(paidAt):
		s.CurrentPeriodStart = *end
	}
	if s.AnchorDay == nil || s.ComplimentaryReason != nil {
		anchor := int16(end.UTC().Day()) //nolint:gosec // 1 to 31
		s.AnchorDay = &anchor
	}
	s.CurrentPeriodEnd, s.ComplimentaryReason = nil, nil
	if plan.BillingCycle != Lifetime {
		next := addCycle(*end, plan.BillingCycle, int(*s.AnchorDay))
		s.CurrentPeriodEnd = &next
	}
	if s.Status == Expired || s.CurrentPeriodEnd == nil {
		s.CancelAt, s.CanceledAt = nil, nil
	} else if s.CancelAt != nil {
		s.CancelAt = s.CurrentPeriodEnd
	}
	after, change, _ := step(s, Pay, paidAt, grace, "")
	change.AmountMinor = plan.PriceMinor
	return after, change, nil
}

// addCycle is the end of the billing cycle that begins at from: the anchor's day of the month, or the last day of a month that is
// too short for it.
func addCycle(from time.Time, cycle BillingCycle, anchor int) time.Time {
	months := 1
	if cycle == Yearly {
		months = 12
	}
	from = from.UTC()
	year, month, _ := from.Date()
	hour, minute, second := from.Clock()
	first := time.Date(year, month+time.Month(months), 1, hour, minute, second, from.Nanosecond(), time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(anchor, last)-1)
}
