package operations

import (
	"testing"
	"time"

	"lyceum/domain"
)

func clockTime(text string) *string { return &text }

func TestQuietHoursMayReachOverMidnight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, until, zone, now string
		want                   bool
	}{
		{"22:00", "07:00", "UTC", "21:59", false},
		{"22:00", "07:00", "UTC", "22:00", true},
		{"22:00", "07:00", "UTC", "00:30", true},
		{"22:00", "07:00", "UTC", "07:00", false},
		{"12:00", "13:00", "UTC", "12:30", true},
		{"12:00", "13:00", "UTC", "13:00", false},
		{"12:00", "13:00", "Asia/Kolkata", "07:00", true},
		{"12:00", "13:00", "Nowhere/Land", "12:30", false},
	} {
		at, err := time.Parse("2006-01-02 15:04", "2026-11-26 "+c.now)
		if err != nil {
			t.Fatal(err)
		}
		r := &AlertRule{QuietFrom: clockTime(c.from), QuietUntil: clockTime(c.until), QuietZone: c.zone}
		if got := r.quiet(at); got != c.want {
			t.Errorf("%s to %s in %s, at %s UTC: %v", c.from, c.until, c.zone, c.now, got)
		}
	}
	if (&AlertRule{QuietZone: "UTC"}).quiet(time.Now()) {
		t.Error("no quiet hours are quiet")
	}
}

func TestARuleThatIsDisabledEndsItsAlertInSilence(t *testing.T) {
	t.Parallel()
	now, warning := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC), Warning
	r := &AlertRule{Enabled: false}
	a, news := r.Follow(now, &Alert{ToldLevel: &warning, LastSeenAt: now}, &Measured{Level: Critical}, func() domain.AlertID { return domain.AlertID{} })
	if news != "" || a.EndedAt == nil || !a.EndTold {
		t.Errorf("%q, %+v", news, a)
	}
}

// An alert that becomes less bad, and worse again, is not told anew.
func TestWhatWasToldAsCriticalIsNotToldAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	r, newID := &AlertRule{Enabled: true}, func() domain.AlertID { return domain.AlertID{} }
	var open *Alert
	for i, s := range []struct {
		level Level
		want  News
	}{{Critical, ""}, {Critical, NewsCritical}, {Warning, ""}, {Critical, ""}} {
		var news News
		if open, news = r.Follow(now, open, &Measured{Level: s.level}, newID); news != s.want || open.Level != s.level {
			t.Errorf("step %d: %q, %+v", i, news, open)
		}
	}
	if a, news := r.Follow(now.Add(time.Hour), open, nil, newID); news != NewsEnded || a.EndedAt == nil {
		t.Errorf("the end: %q", news)
	}
}

func TestWhatWasSeenOnceIsNotTold(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	r, newID := &AlertRule{Enabled: true}, func() domain.AlertID { return domain.AlertID{} }
	a, news := r.Follow(now, nil, &Measured{Level: Critical}, newID)
	if a == nil || news != "" {
		t.Fatalf("at the first look: %q, %+v", news, a)
	}
	if a, news = r.Follow(now.Add(calm), a, nil, newID); news != "" || a.EndedAt == nil || !a.EndTold {
		t.Errorf("it ended: %q, %+v", news, a)
	}
}

func TestTheEndOfAWarningWaitsForTheEndOfQuietHours(t *testing.T) {
	t.Parallel()
	night, warning := time.Date(2026, 11, 26, 23, 0, 0, 0, time.UTC), Warning
	r := &AlertRule{Enabled: true, QuietFrom: clockTime("22:00"), QuietUntil: clockTime("07:00"), QuietZone: "UTC"}
	a, news := r.Follow(night, &Alert{ToldLevel: &warning, LastSeenAt: night.Add(-time.Hour)}, nil, nil)
	if news != "" || a.EndedAt == nil || a.EndTold {
		t.Errorf("at night: %q, %+v", news, a)
	}
	if a, news = r.FollowEnded(night.Add(9*time.Hour), a); news != NewsEnded || !a.EndTold {
		t.Errorf("in the morning: %q, %+v", news, a)
	}
}

func TestAnAlertStaysAsItIsWhileItsCheckCannotBeRead(t *testing.T) {
	t.Parallel()
	now, told := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC), Warning
	r, newID := &AlertRule{Reads: "doctor.disk", Enabled: true}, func() domain.AlertID { return domain.AlertID{} }
	silent := &Health{Unread: []string{"disk"}}
	saying := &Health{Unread: []string{"disk"}, Findings: []*Finding{{Check: "disk", Level: Critical, What: "it cannot be examined"}}}
	for name, h := range map[string]*Health{"another check says why": silent, "it says why itself": saying} {
		open := &Alert{Level: Warning, What: "it fills up", ToldLevel: &told, LastSeenAt: now.Add(-time.Hour)}
		if a, news := r.Follow(now, open, r.Measure(nil, h), newID); news != "" || a.EndedAt != nil || a.What != "it fills up" {
			t.Errorf("%s: %q, %+v", name, news, a)
		}
		if a, news := r.Follow(now.Add(time.Minute), open, r.Measure(nil, &Health{}), newID); news != "" || a.EndedAt != nil {
			t.Errorf("%s, and a minute later nothing is wrong: %q, %+v", name, news, a)
		}
		if a, news := r.Follow(now.Add(4*time.Minute), open, r.Measure(nil, &Health{}), newID); news != NewsEnded || a.EndedAt == nil {
			t.Errorf("%s, and four minutes later nothing is wrong: %q, %+v", name, news, a)
		}
	}
	if a, news := r.Follow(now, nil, r.Measure(nil, silent), newID); a != nil || news != "" {
		t.Errorf("%q, %+v", news, a)
	}
	a, _ := r.Follow(now, nil, r.Measure(nil, saying), newID)
	if a == nil || a.Level != Critical || a.What != "it cannot be examined" {
		t.Errorf("a check that cannot be read makes %+v", a)
	}
	if _, news := r.Follow(now.Add(time.Minute), a, r.Measure(nil, saying), newID); news != NewsCritical {
		t.Errorf("a check that still cannot be read is told as %q", news)
	}
}
