package plans

import (
	"testing"
	"time"
)

func TestPeriodsKeepTheirDayOfTheMonth(t *testing.T) {
	t.Parallel()
	at := func(year int, month time.Month, d int) time.Time {
		return time.Date(year, month, d, 9, 30, 0, 0, time.UTC)
	}
	for _, c := range []struct {
		cycle BillingCycle
		begun time.Time
		ends  []time.Time
	}{
		{Monthly, at(2026, 1, 31), []time.Time{at(2026, 2, 28), at(2026, 3, 31), at(2026, 4, 30), at(2026, 5, 31)}},
		{Monthly, at(2027, 12, 30), []time.Time{at(2028, 1, 30), at(2028, 2, 29), at(2028, 3, 30)}},
		{Yearly, at(2024, 2, 29), []time.Time{at(2025, 2, 28), at(2026, 2, 28), at(2027, 2, 28), at(2028, 2, 29)}},
	} {
		plan := Plan{PriceMinor: 1, Currency: "EUR", BillingCycle: c.cycle}
		s := Subscription{Status: Active}
		s.paidPeriod(&plan, c.begun)
		for i, want := range c.ends {
			if !s.CurrentPeriodEnd.Equal(want) {
				t.Fatalf("%s from %v: period %d ends on %v, not %v", c.cycle, c.begun, i+1, s.CurrentPeriodEnd, want)
			}
			var err error
			if s, _, err = pay(s, plan, *s.CurrentPeriodEnd, grace); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAPaymentExtendsFromTheEndOfWhatIsPaid(t *testing.T) {
	t.Parallel()
	later := func(d time.Duration) *time.Time { return ago(-d) }
	month := func(from time.Time) time.Time { return from.AddDate(0, 1, 0) } // no month of the test is too short
	for name, c := range map[string]struct {
		before Subscription
		start  time.Time
		end    time.Time
	}{
		"in advance":               {Subscription{Status: Active, CurrentPeriodStart: *ago(20 * day), CurrentPeriodEnd: later(10 * day)}, *ago(20 * day), month(*later(10 * day))},
		"in the days of grace":     {Subscription{Status: PastDue, CurrentPeriodEnd: ago(3 * day), AccessUntil: later(4 * day)}, *ago(3 * day), month(*ago(3 * day))},
		"in the trial":             {Subscription{Status: Trialing, CurrentPeriodStart: *ago(day), CurrentPeriodEnd: later(6 * day), TrialEndsAt: later(6 * day)}, *ago(day), month(*later(6 * day))},
		"waiting for the first":    {Subscription{Status: Incomplete, CurrentPeriodStart: *ago(day)}, now, month(now)},
		"after it expired":         {Subscription{Status: Expired, CurrentPeriodEnd: ago(40 * day), EndedAt: ago(33 * day), AccessUntil: ago(33 * day)}, now, month(now)},
		"in time, recorded late":   {Subscription{Status: Expired, CurrentPeriodEnd: ago(6 * day), EndedAt: later(0), AccessUntil: later(0)}, *ago(6 * day), month(*ago(6 * day))},
		"while it is paused":       {Subscription{Status: Paused, CurrentPeriodStart: *ago(5 * day), CurrentPeriodEnd: later(9 * day)}, *ago(5 * day), month(*later(9 * day))},
		"long after it was paused": {Subscription{Status: Paused, CurrentPeriodEnd: ago(100 * day)}, now, month(now)},
	} {
		after, change, err := pay(c.before, monthlyPlan, now, grace)
		if err != nil || after.Status != Active || !after.CurrentPeriodStart.Equal(c.start) || !after.CurrentPeriodEnd.Equal(c.end) ||
			!after.AccessUntil.Equal(c.end.Add(grace)) || after.EndedAt != nil || change.AmountMinor != 1000 || change.Kind != ChangeRenewed {
			t.Errorf("%s: %v to %v, access until %v, %+v, %v", name, after.CurrentPeriodStart, after.CurrentPeriodEnd, after.AccessUntil, change, err)
		}
	}
}

func TestTheFirstPaymentAfterAGiftPaysAWholeCycleFromItsEnd(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)
	for day := 1; day <= 31; day++ {
		ends := time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC)
		s := Subscription{Status: Active}
		command := CreateSubscriptionCommand{Complimentary: &Complimentary{Reason: "a prize", EndsAt: ends}}
		if err := s.givenPeriod(&monthlyPlan, command, begun); err != nil || s.AnchorDay != nil {
			t.Fatalf("%+v, %v", s, err)
		}
		written := s // with the day of its start, as it was kept before
		written.AnchorDay = new(int16(begun.Day()))
		for _, before := range []Subscription{s, written} {
			after, _, err := pay(before, monthlyPlan, begun, grace)
			if want := addCycle(ends, Monthly, day); err != nil || !after.CurrentPeriodEnd.Equal(want) || int(*after.AnchorDay) != day {
				t.Errorf("the gift ends on %v, what was paid on %v, not %v: %v", ends, after.CurrentPeriodEnd, want, err)
			}
		}
	}
}

func TestAPaymentIsRefusedWhereThereIsNothingToPay(t *testing.T) {
	t.Parallel()
	for reason, s := range map[string]Subscription{
		"LIFETIME":      {Status: Active},
		"ALREADY_ENDED": {Status: Canceled, EndedAt: ago(day)},
	} {
		_, _, err := pay(s, monthlyPlan, now, grace)
		wantRefused(t, err, reason)
	}
	for days, ok := range map[int]bool{60: true, 61: false} {
		_, _, err := pay(Subscription{Status: Expired, EndedAt: ago(time.Duration(days) * day), CurrentPeriodEnd: ago(70 * day)}, monthlyPlan, now, grace)
		if (err == nil) != ok {
			t.Errorf("%d days after it expired: %v", days, err)
		}
	}
}

func TestAPaymentMovesAScheduledCancellationAlongAndEndsWhatWasComplimentary(t *testing.T) {
	t.Parallel()
	end := now.Add(10 * day)
	after, _, err := pay(Subscription{Status: Active, CurrentPeriodEnd: &end, CancelAt: &end, CanceledAt: &now, AccessUntil: &end}, monthlyPlan, now, grace)
	if err != nil || !after.CancelAt.Equal(*after.CurrentPeriodEnd) || !after.AccessUntil.Equal(*after.CurrentPeriodEnd) {
		t.Errorf("got %+v, %v", after, err)
	}
	after, _, err = pay(Subscription{Status: Active, CurrentPeriodEnd: &end, ComplimentaryReason: new(string), AccessUntil: &end}, monthlyPlan, now, grace)
	if err != nil || after.ComplimentaryReason != nil || !after.AccessUntil.Equal(end.AddDate(0, 1, 0).Add(grace)) {
		t.Errorf("got %+v, %v", after, err)
	}
	once := Plan{PriceMinor: 1, Currency: "EUR", BillingCycle: Lifetime}
	after, _, err = pay(Subscription{Status: Trialing, CurrentPeriodEnd: &end, TrialEndsAt: &end, CancelAt: &end}, once, now, grace)
	if err != nil || after.CurrentPeriodEnd != nil || after.AccessUntil != nil || after.CancelAt != nil {
		t.Errorf("got %+v, %v", after, err)
	}
}

func TestSpellingsOfOneMailboxHaveOneTrial(t *testing.T) {
	t.Parallel()
	for spelling, want := range map[string]string{
		"Ada@Example.org": "ada@example.org", "a.da+x@example.org": "a.da+x@example.org", "A.D.A+trial@Gmail.com": "ada@gmail.com", "ada@googlemail.com": "ada@gmail.com",
		"a.da+2@outlook.com": "a.da@outlook.com", "ada+a+b@proton.me": "ada@proton.me",
		"Ada+x@protonmail.com": "ada@proton.me", "ada@pm.me": "ada@proton.me", "ada@me.com": "ada@icloud.com", "ada+2@mac.com": "ada@icloud.com",
		"ada@live.com": "ada@live.com",
	} {
		if got := foldAddress(spelling); got != want {
			t.Errorf("%s is folded to %s, not %s", spelling, got, want)
		}
	}
}

func TestAPlanIsHeldAgainstItsBounds(t *testing.T) {
	t.Parallel()
	good := Plan{Name: "Pro", Slug: "pro", AccessLevel: 2, PriceMinor: 1000, Currency: "EUR", BillingCycle: Monthly, Seats: 1}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Plan){
		"no name": func(p *Plan) { p.Name = "" }, "a line break": func(p *Plan) { p.Name = "a\nb" }, "a blank": func(p *Plan) { p.Name = " a" },
		"a long name":        func(p *Plan) { p.Name = string(make([]rune, 101)) },
		"a long description": func(p *Plan) { p.Description = string(make([]byte, 2001)) },
		"level 0":            func(p *Plan) { p.AccessLevel = 0 }, "level 1001": func(p *Plan) { p.AccessLevel = 1001 },
		"a debt": func(p *Plan) { p.PriceMinor = -1 }, "a fortune": func(p *Plan) { p.PriceMinor = maxPrice + 1 },
		"no currency": func(p *Plan) { p.Currency = "" }, "a small currency": func(p *Plan) { p.Currency = "eur" }, "an unknown currency": func(p *Plan) { p.Currency = "XYZ" },
		"a long trial": func(p *Plan) { p.TrialDays = 366 }, "a trial for nothing": func(p *Plan) { p.PriceMinor, p.TrialDays = 0, 1 },
		"no seat": func(p *Plan) { p.Seats = 0 }, "a bad slug": func(p *Plan) { p.Slug = "A--b" }, "no slug": func(p *Plan) { p.Slug = "" },
	} {
		p := good
		spoil(&p)
		if p.check() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if got := slugOf(" Träume & Ziele — 2 "); got != "traume-ziele-2" {
		t.Errorf("the slug is %s", got)
	}
}
