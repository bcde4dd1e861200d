package plans

import (
	"math/rand/v2"
	"testing"
	"time"
)

// byTime are the events that nobody sends.
var byTime = map[Event]bool{TrialEnds: true, PeriodEnds: true, GraceEnds: true, GiftEnds: true, CancellationDue: true}

// send sends an event through the rule that people reach it by, or lets time bring it.
func send(s Subscription, e Event) (Subscription, Change, error) {
	switch e {
	case Cancel:
		return scheduleCancel(s, now, grace, "")
	case Withdraw:
		return withdrawCancel(s, now, grace)
	case End:
		return endNow(s, now, grace, "")
	case Pay:
		return pay(s, monthlyPlan, now, grace)
	case TrialEnds, PeriodEnds, GraceEnds, GiftEnds, CancellationDue:
	}
	after, changes := settle(s, now, grace)
	if len(changes) == 0 {
		return after, Change{}, alreadyEnded()
	}
	return after, changes[len(changes)-1], nil
}

var monthlyPlan = Plan{PriceMinor: 1000, Currency: "EUR", BillingCycle: Monthly}

// readyFor is a subscription to which the event can happen now, if it can happen in its status at all.
func readyFor(status SubscriptionStatus, e Event) Subscription {
	end, later := now.Add(5*day), now.Add(12*day)
	s := Subscription{Status: status, CurrentPeriodStart: now.Add(-25 * day), CurrentPeriodEnd: &end, AccessUntil: &later}
	if status == Trialing {
		s.TrialEndsAt, s.AccessUntil = &end, &end
	}
	if status == Expired || status == Canceled {
		s.CurrentPeriodEnd, s.AccessUntil, s.EndedAt = ago(12*day), ago(5*day), ago(5*day)
	}
	if status == PastDue {
		s.CurrentPeriodEnd = ago(2 * day)
	}
	switch e {
	case TrialEnds:
		if status == Trialing {
			s.TrialEndsAt = &now
		}
	case PeriodEnds, GiftEnds:
		if status == Active {
			s.CurrentPeriodEnd = &now
		}
		if e == GiftEnds {
			s.ComplimentaryReason = new(string)
		}
	case GraceEnds:
		if status == PastDue {
			s.AccessUntil = &now
		}
	case CancellationDue:
		s.CancelAt = &now
	case Withdraw:
		s.CancelAt, s.CanceledAt, s.AccessUntil = &end, ago(day), &end
	case Cancel, Pay, End:
	}
	return s
}

func TestEveryEventInEveryStatusIsListedOrRefused(t *testing.T) {
	t.Parallel()
	listed := 0
	for _, status := range allStatuses {
		if _, ok := Transitions[status]; !ok {
			t.Errorf("the table has no row for %s", status)
		}
		for _, e := range Events {
			before := readyFor(status, e)
			after, change, err := send(before, e)
			want, ok := Transitions[status][e]
			if !ok {
				if err == nil || after != before || change != (Change{}) {
					t.Errorf("%s in %s is not listed, and yet %+v, %v", e, status, change, err)
				}
				continue
			}
			listed++
			if err != nil || after.Status != want.To || change.To != want.To || change.From != status || change.Kind != want.Kind {
				t.Errorf("%s in %s: %+v, %+v, %v", e, status, after, change, err)
				continue
			}
			if want.Ends != (after.EndedAt != nil) {
				t.Errorf("%s in %s: it ended at %v", e, status, after.EndedAt)
			}
			if !movedAs(want.Access, before, after) {
				t.Errorf("%s in %s: access went from %v to %v, not as %s", e, status, before.AccessUntil, after.AccessUntil, want.Access)
			}
		}
	}
	count := 0
	for _, row := range Transitions {
		count += len(row)
	}
	if listed != count || len(Transitions) != len(allStatuses) {
		t.Errorf("%d of %d transitions were walked", listed, count)
	}
}

// movedAs reports whether access went where a move says, worked out anew.
func movedAs(move AccessMove, before, after Subscription) bool {
	paid := after.CurrentPeriodEnd.Add(grace)
	if after.Status == Trialing || after.ComplimentaryReason != nil {
		paid = *after.CurrentPeriodEnd
	}
	switch move {
	case AccessKept:
		return after.AccessUntil.Equal(*before.AccessUntil)
	case AccessCut:
		return !after.AccessUntil.After(now) && !after.AccessUntil.After(*before.AccessUntil)
	case AccessCutAtEnd:
		return after.AccessUntil.Equal(*after.CurrentPeriodEnd)
	case AccessByPeriod:
		return after.AccessUntil.Equal(paid)
	case AccessThroughIt:
		return after.AccessUntil.Equal(paid) || after.AccessUntil.Equal(*before.AccessUntil) && after.AccessUntil.After(paid)
	}
	return false
}

func TestTimeBringsNothingThatTheTableDoesNotList(t *testing.T) {
	t.Parallel()
	random, due := rand.New(rand.NewPCG(3, 4)), 0
	for range 20000 {
		s := anySubscription(random)
		if event, _, ok := nextEvent(s); ok {
			if _, listed := Transitions[s.Status][event]; !listed || !byTime[event] {
				t.Fatalf("%s is due in %s and not listed", event, s.Status)
			}
			due++
		}
		after, changes := settle(s, now, grace)
		if _, at, ok := nextEvent(after); ok && !at.After(now) {
			t.Fatalf("settled, and yet something is due at %v: %+v", at, after)
		}
		for i, c := range changes {
			if c.EffectiveAt.After(now) || i > 0 && (c.From != changes[i-1].To) {
				t.Fatalf("the history is %+v", changes)
			}
		}
	}
	if due < 1000 {
		t.Errorf("something was due %d times only", due)
	}
}

func TestWhatHappensDoesNotDependOnHowOftenSomebodyLooks(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		s := anySubscription(random)
		atOnce, changes := settle(s, now, grace)
		stepwise, more := s, []Change(nil)
		for at := now.Add(-110 * day); !at.After(now); at = at.Add(time.Duration(random.Int64N(int64(20*day))) + 1) {
			var some []Change
			stepwise, some = settle(stepwise, at, grace)
			more = append(more, some...)
		}
		stepwise, some := settle(stepwise, now, grace)
		if more = append(more, some...); !sameState(atOnce, stepwise) || len(more) != len(changes) {
			t.Fatalf("%+v\nbecame %+v\nand stepwise %+v", s, atOnce, stepwise)
		}
		for i := range changes {
			if changes[i] != more[i] {
				t.Fatalf("the histories are %+v and %+v", changes, more)
			}
		}
	}
}

func sameState(a, b Subscription) bool {
	same := func(x, y *time.Time) bool { return (x == nil) == (y == nil) && (x == nil || x.Equal(*y)) }
	return a.Status == b.Status && same(a.AccessUntil, b.AccessUntil) && same(a.EndedAt, b.EndedAt) && same(a.CurrentPeriodEnd, b.CurrentPeriodEnd)
}

func TestASubscriptionThatNobodyPaysIsPastDueForTheDaysOfGraceAndThenExpires(t *testing.T) {
	t.Parallel()
	end := now.Add(-120 * day)
	access := end.Add(grace)
	s, changes := settle(Subscription{Status: Active, CurrentPeriodEnd: &end, AccessUntil: &access}, now, grace)
	if s.Status != Expired || !s.EndedAt.Equal(access) || !s.AccessUntil.Equal(access) || len(changes) != 2 ||
		changes[0] != (Change{Kind: ChangeUnpaid, From: Active, To: PastDue, EffectiveAt: end}) ||
		changes[1] != (Change{Kind: ChangeExpired, From: PastDue, To: Expired, EffectiveAt: access}) {
		t.Errorf("got %+v, %+v", s, changes)
	}
	// What was written before the days of grace were part of access gets them at the end of its period.
	if s, _ = settle(Subscription{Status: Active, CurrentPeriodEnd: ago(day), AccessUntil: ago(day)}, now, grace); s.Status != PastDue || !s.AccessUntil.Equal(now.Add(6*day)) {
		t.Errorf("got %+v", s)
	}
	if s, _ = settle(Subscription{Status: Active, CurrentPeriodEnd: &now, AccessUntil: &now}, now, 0); s.Status != Expired || !s.EndedAt.Equal(now) {
		t.Errorf("without days of grace: %+v", s)
	}
}
