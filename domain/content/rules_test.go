package content

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

var (
	now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	ada = domain.UserID{UUID: uuid.Max}
)

// arrive takes checked reports one after another, each some time after the one before.
func arrive(t *testing.T, every time.Duration, reports ...Report) (p Progress, log []Consumption) {
	t.Helper()
	var before *Progress
	for i, r := range reports {
		at := now.Add(time.Duration(i) * every)
		r, err := checked(r, at)
		if err != nil {
			t.Fatal(err)
		}
		after, logged := advance(before, r, r.Seconds, ada, at)
		before, log = &after, append(log, logged)
	}
	return *before, log
}

func TestProgressNeverGoesBackCompletionStaysAndTimeAddsUp(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	for range 200 {
		var p *Progress
		var seconds, completions int64
		for step := range 12 {
			at := now.Add(time.Duration(step) * time.Minute)
			report, err := checked(Report{Percent: int32(r.IntN(101)), Seconds: int32(r.IntN(500)), PositionSeconds: int32(r.IntN(500))}, at)
			if err != nil {
				t.Fatal(err)
			}
			counted := report.Seconds / 2
			after, logged := advance(p, report, counted, ada, at)
			seconds += int64(counted)
			if logged.Event == Completed {
				completions++
			}
			if p != nil && (after.Percent < p.Percent || p.CompletedAt != nil && !after.CompletedAt.Equal(*p.CompletedAt)) {
				t.Fatalf("%+v became %+v", p, after)
			}
			if after.Seconds != seconds || after.PositionSeconds != report.PositionSeconds || completions > 1 || (after.Percent == 100) != (after.CompletedAt != nil) {
				t.Fatalf("%+v after %d seconds", after, seconds)
			}
			if logged.Seconds+logged.WithheldSeconds != report.Seconds {
				t.Fatalf("%+v of %+v", logged, report)
			}
			p = &after
		}
	}
}

func TestAFirstReportOfAHundredPercentIsAVisitThatCompletes(t *testing.T) {
	t.Parallel()
	p, log := arrive(t, 0, Report{Percent: 100})
	if p.Opens != 1 || p.CompletedAt == nil || log[0].Event != Completed || !log[0].BeginsVisit {
		t.Errorf("%+v, %+v", p, log)
	}
}

func TestAVisitBeginsAfterHalfAnHourWithoutAReport(t *testing.T) {
	t.Parallel()
	for gap, want := range map[time.Duration]int32{time.Second: 1, 30 * time.Minute: 1, 30*time.Minute + time.Microsecond: 4, 24 * time.Hour: 4} {
		p, log := arrive(t, gap, Report{Percent: 100}, Report{}, Report{Percent: 50}, Report{})
		begun := int32(0)
		for _, c := range log {
			if c.BeginsVisit {
				begun++
			}
			if (c.Event == Opened) != (c.BeginsVisit && c.Progress < 100) {
				t.Errorf("every %s: %+v", gap, c)
			}
		}
		if p.Opens != want || begun != want {
			t.Errorf("every %s: %d visits, %d in the log, want %d", gap, p.Opens, begun, want)
		}
	}
}

func TestALateReportDoesNotMoveThePositionBack(t *testing.T) {
	t.Parallel()
	ago := func(d time.Duration) *time.Time { return new(now.Add(-d)) }
	p, log := arrive(t, time.Minute, Report{Percent: 60, PositionSeconds: 600}, Report{Percent: 20, PositionSeconds: 200, OccurredAt: ago(time.Hour)})
	if p.PositionSeconds != 600 || p.Percent != 60 || !p.StartedAt.Equal(*ago(time.Hour)) || !p.LastAt.Equal(now.Add(time.Minute)) {
		t.Errorf("%+v", p)
	}
	if !log[1].OccurredAt.Equal(*ago(time.Hour)) || !log[1].CreatedAt.Equal(now.Add(time.Minute)) {
		t.Errorf("%+v", log[1])
	}
}

func TestTheSameReportsLeadToTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 100 {
		reports := make([]Report, 1+r.IntN(6))
		for i := range reports {
			at := now.Add(-time.Duration(r.IntN(5)) * time.Hour) // some at the same instant
			reports[i] = Report{Percent: int32(r.IntN(3) * 50), Seconds: int32(r.IntN(100)), PositionSeconds: int32(r.IntN(100)), OccurredAt: &at}
		}
		first, _ := arrive(t, time.Second, reports...)
		r.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
		if second, _ := arrive(t, time.Second, reports...); !reflect.DeepEqual(first, second) {
			t.Fatalf("%+v in one order, %+v in another: %+v", first, second, reports)
		}
	}
}

func TestAReportOutOfRangeIsRefused(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) *time.Time { return new(now.Add(d)) }
	for path, reports := range map[string][]Report{
		"percent": {{Percent: -1}, {Percent: 101}}, "seconds": {{Seconds: -1}, {Seconds: 86401}}, "positionSeconds": {{PositionSeconds: -1}, {PositionSeconds: 1<<30 + 1}},
		"occurredAt": {{OccurredAt: at(maxAhead + 1)}, {OccurredAt: at(-maxLate - 1)}, {OccurredAt: &time.Time{}}},
	} {
		for _, r := range reports {
			_, err := checked(r, now)
			if e, ok := domain.AsUserError(err); !ok || e.Code != domain.CodeInvalid || !slices.Equal(e.Path, []string{path}) {
				t.Errorf("%+v: %v", r, err)
			}
		}
	}
	for d, want := range map[time.Duration]time.Duration{0: 0, maxAhead: 0, -time.Hour: -time.Hour, -maxLate: -maxLate} {
		if r, err := checked(Report{OccurredAt: at(d)}, now); err != nil || !r.OccurredAt.Equal(*at(want)) {
			t.Errorf("%s: %+v, %v", d, r, err)
		}
	}
}

func TestAReportOutOfRangeReachesNoStatement(t *testing.T) {
	t.Parallel()
	s := Service{Clock: domain.FixedClock(now)} // without a store: touching it would panic
	if _, err := s.ReportProgress(t.Context(), domain.Viewer{UserID: ada}, Report{Percent: 101}); domain.CodeOf(err) != domain.CodeInvalid {
		t.Error(err)
	}
	if _, err := s.ReportProgress(t.Context(), domain.Viewer{}, Report{Percent: 101}); domain.CodeOf(err) != domain.CodeUnauthenticated {
		t.Error(err)
	}
}

func TestAGrantNamesOneTargetAndEndsAfterItStarts(t *testing.T) {
	t.Parallel()
	item, branch := domain.ItemID{UUID: uuid.New()}, domain.CategoryID{UUID: uuid.New()}
	past, soon := now.Add(-time.Hour), now.Add(time.Hour)
	for name, c := range map[string]struct {
		command GrantCommand
		ok      bool
	}{
		"an item":            {GrantCommand{ItemID: &item, Effect: Allow}, true},
		"a branch for a day": {GrantCommand{CategoryID: &branch, EndsAt: &soon, Effect: Deny}, true},
		"nothing":            {GrantCommand{Effect: Allow}, false},
		"both":               {GrantCommand{ItemID: &item, CategoryID: &branch, Effect: Allow}, false},
		"ended before now":   {GrantCommand{ItemID: &item, EndsAt: &past, Effect: Allow}, false},
		"no effect":          {GrantCommand{ItemID: &item}, false},
		"another effect":     {GrantCommand{ItemID: &item, Effect: "maybe"}, false},
		"dates reversed":     {GrantCommand{ItemID: &item, StartsAt: &soon, EndsAt: &past, Effect: Allow}, false},
	} {
		if _, err := newGrant(c.command, ada, now); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheRemedyIsWhatTheReasonAsksFor(t *testing.T) {
	t.Parallel()
	plan := domain.PlanID{UUID: uuid.New()}
	facts := LockFacts{PlanID: &plan, Missing: []domain.ItemID{{UUID: uuid.New()}}, OpensAt: &now}
	for reason, check := range map[AccessReason]func(*Remedy) bool{
		SignInRequired:      func(r *Remedy) bool { return r.SignIn && r.PlanID == &plan && r.OpensAt == nil },
		PlanRequired:        func(r *Remedy) bool { return !r.SignIn && r.PlanID == &plan && r.PrerequisiteIDs == nil },
		PrerequisiteMissing: func(r *Remedy) bool { return len(r.PrerequisiteIDs) == 1 && r.PlanID == nil },
		NotYetOpen:          func(r *Remedy) bool { return r.OpensAt == &now && r.PlanID == nil },
		AccessDenied:        func(r *Remedy) bool { return r == nil },
		NotPublished:        func(r *Remedy) bool { return r == nil },
		AccountInactive:     func(r *Remedy) bool { return r == nil },
		ByPlan:              func(r *Remedy) bool { return r == nil },
	} {
		if r := (Access{Reason: reason, RequiredLevel: 3}).Remedy(facts); !check(r) {
			t.Errorf("%s: %+v", reason, r)
		}
	}
	if r := (Access{Reason: SignInRequired, RequiredLevel: 1}).Remedy(facts); r.PlanID != nil {
		t.Error("signing in is enough for level 1")
	}
	facts.PlanID = nil
	for level, opens := range map[int32]bool{0: true, 1: true, 2: false, 1000: false} { // at 0 it is a prerequisite that is missing
		if r := (Access{Reason: SignInRequired, RequiredLevel: level}).Remedy(facts); (r != nil) != opens || opens && !r.SignIn {
			t.Errorf("no plan opens level %d, and the remedy is %+v", level, r)
		}
	}
}
