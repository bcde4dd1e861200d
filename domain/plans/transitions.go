package plans

import "time"

// Event is what can happen to a subscription. The first ones come with time and are applied by the sweep, the others by people.
type Event string

// The events.
const (
	TrialEnds       Event = "trial_ends"       // the days of the trial are over, and nothing was paid
	PeriodEnds      Event = "period_ends"      // the paid period is over, and the next was not paid
	GraceEnds       Event = "grace_ends"       // the days of grace after it are over too
	GiftEnds        Event = "gift_ends"        // a complimentary subscription has reached its end
	CancellationDue Event = "cancellation_due" // the moment has come for which it was canceled

	Cancel   Event = "cancel"   // to end with the period
	Withdraw Event = "withdraw" // the cancellation
	Pay      Event = "pay"      // one billing cycle
	End      Event = "end"      // at once
)

// Events are all of them.
var Events = []Event{TrialEnds, PeriodEnds, GraceEnds, GiftEnds, CancellationDue, Cancel, Withdraw, Pay, End}

// AccessMove says what an event does to the time until which a subscription gives access.
type AccessMove string

// The moves.
const (
	AccessKept      AccessMove = "kept"       // it stays where it is
	AccessCut       AccessMove = "cut"        // to the moment of the event, or stays where it was before that
	AccessCutAtEnd  AccessMove = "cut_at_end" // to the end of the period: without the days of grace
	AccessByPeriod  AccessMove = "by_period"  // to what the trial or the period gives, the days of grace included
	AccessThroughIt AccessMove = "through_it" // to the end of the days of grace at least; never back
)

// Transition is what follows from an event in a status.
type Transition struct {
	To     SubscriptionStatus
	Kind   ChangeKind // the entry in the history
	Access AccessMove
	Ends   bool // the subscription is over: ended_at is the moment of the event
}

// Transitions are all that can happen, by status and event. What is not listed is refused, or never due.
var Transitions = map[SubscriptionStatus]map[Event]Transition{
	Pending: {
		Pay: {To: Active, Kind: ChangeRenewed, Access: AccessByPeriod},
		End: {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true},
	},
	Incomplete: {
		Pay: {To: Active, Kind: ChangeRenewed, Access: AccessByPeriod},
		End: {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true},
	},
	Trialing: {
		TrialEnds:       {To: Expired, Kind: ChangeExpired, Access: AccessCut, Ends: true},
		CancellationDue: {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true},
		Cancel:          {To: Trialing, Kind: CancelScheduled, Access: AccessCutAtEnd},
		Withdraw:        {To: Trialing, Kind: CancelWithdrawn, Access: AccessByPeriod},
		Pay:             {To: Active, Kind: ChangeRenewed, Access: AccessByPeriod},
		End:             {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true},
	},
	Active: {
		PeriodEnds:      {To: PastDue, Kind: ChangeUnpaid, Access: AccessThroughIt},
		GiftEnds:        {To: Expired, Kind: ChangeExpired, Access: AccessCut, Ends: true},
		CancellationDue: {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true},
		Cancel:          {To: Active, Kind: CancelScheduled, Access: AccessCutAtEnd},
		Withdraw:        {To: Active, Kind: CancelWithdrawn, Access: AccessByPeriod},
		Pay:             {To: Active, Kind: ChangeRenewed, Access: AccessByPeriod},
		End:             {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true},
	},
	PastDue: {
		GraceEnds:       {To: Expired, Kind: ChangeExpired, Access: AccessCut, Ends: true},
		CancellationDue: {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true},
		Cancel:          {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true}, // its period is over already
		Withdraw:        {To: PastDue, Kind: CancelWithdrawn, Access: AccessThroughIt},
		Pay:             {To: Active, Kind: ChangeRenewed, Access: AccessByPeriod},
		End:             {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true},
	},
	Paused: {
		CancellationDue: {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true},
		Cancel:          {To: Paused, Kind: CancelScheduled, Access: AccessCutAtEnd},
		Withdraw:        {To: Paused, Kind: CancelWithdrawn, Access: AccessKept},
		Pay:             {To: Active, Kind: ChangeRenewed, Access: AccessByPeriod},
		End:             {To: Canceled, Kind: ChangeCanceled, Access: AccessCut, Ends: true},
	},
	Canceled: {},
	Expired: {
		Pay: {To: Active, Kind: ChangeRenewed, Access: AccessByPeriod}, // within revivalDays
	},
}

// step applies a listed event: status, access and end move as the table says. What else a command changes, it has changed before.
func step(s Subscription, e Event, at time.Time, grace time.Duration, reason string) (Subscription, Change, bool) {
	t, listed := Transitions[s.Status][e]
	if !listed {
		return s, Change{}, false
	}
	change := Change{Kind: t.Kind, From: s.Status, To: t.To, EffectiveAt: at, Reason: reason}
	s.Status = t.To
	switch t.Access {
	case AccessKept:
	case AccessCut:
		s.AccessUntil = earlier(s.AccessUntil, &at)
	case AccessCutAtEnd:
		s.AccessUntil = earlier(s.AccessUntil, s.periodEnd())
	case AccessByPeriod:
		s.AccessUntil = s.accessOfPeriod(grace)
	case AccessThroughIt:
		if through := s.accessOfPeriod(grace); s.AccessUntil == nil || through != nil && through.After(*s.AccessUntil) {
			s.AccessUntil = through
		}
	}
	s.EndedAt = nil
	if t.Ends {
		s.EndedAt = &at
	}
	return s, change, true
}

// accessOfPeriod is the time until which the trial or the period gives access; nil for ever. What waits for its first payment gives none.
func (s *Subscription) accessOfPeriod(grace time.Duration) *time.Time {
	end := s.periodEnd()
	switch {
	case s.Status == Incomplete:
		begun := s.StartedAt
		return &begun
	case s.CancelAt != nil:
		return s.CancelAt
	case end == nil, s.Status == Trialing, s.ComplimentaryReason != nil:
		return end
	default:
		through := end.Add(grace)
		return &through
	}
}

// periodEnd is the end of the trial, or of what is paid; nil when there is none.
func (s *Subscription) periodEnd() *time.Time {
	if s.Status == Trialing && s.TrialEndsAt != nil {
		return s.TrialEndsAt
	}
	return s.CurrentPeriodEnd
}

// nextEvent is what time alone brings next, and when. The column next_due_at holds the same moment.
func nextEvent(s Subscription) (Event, time.Time, bool) {
	event, at := Event(""), (*time.Time)(nil)
	switch s.Status {
	case Trialing:
		event, at = TrialEnds, s.periodEnd()
	case Active:
		if event, at = PeriodEnds, s.CurrentPeriodEnd; s.ComplimentaryReason != nil {
			event = GiftEnds
		}
	case PastDue:
		event, at = GraceEnds, s.AccessUntil
	case Paused:
	case Pending, Incomplete, Canceled, Expired:
		return "", time.Time{}, false
	}
	if s.CancelAt != nil && (at == nil || !s.CancelAt.After(*at)) {
		event, at = CancellationDue, s.CancelAt
	}
	if at == nil {
		return "", time.Time{}, false
	}
	return event, *at, true
}

// DueAt is when time alone next brings something; nil when it never does.
func (s *Subscription) DueAt() *time.Time {
	if _, at, due := nextEvent(*s); due {
		return &at
	}
	return nil
}

// settle applies what time has brought by now, each event at its own moment, so that it does not matter when somebody looks.
func settle(s Subscription, now time.Time, grace time.Duration) (Subscription, []Change) {
	var changes []Change
	for {
		event, at, due := nextEvent(s)
		if !due || at.After(now) {
			return s, changes
		}
		after, change, listed := step(s, event, at, grace, "")
		if !listed { // a test holds that there is none
			return s, changes
		}
		s, changes = after, append(changes, change)
	}
}

func earlier(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.Before(*a) {
		return b
	}
	return a
}
