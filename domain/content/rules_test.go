package content

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

var (
	now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	ada = domain.UserID{UUID: uuid.Max}
)

func TestProgressNeverGoesBackCompletionStaysAndTimeAddsUp(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	for range 200 {
		var p *Progress
		var seconds, completions int64
		for step := range 12 {
			report := Report{Percent: int32(r.IntN(101)), Seconds: int32(r.IntN(500)), PositionSeconds: int32(r.IntN(500))}
			after, kind, err := advance(p, report, ada, now.Add(time.Duration(step)*time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			seconds += int64(report.Seconds)
			if kind == Completed {
				completions++
			}
			if p != nil && (after.Percent < p.Percent || p.CompletedAt != nil && !after.CompletedAt.Equal(*p.CompletedAt)) {
				t.Fatalf("%+v became %+v", p, after)
			}
			if after.Seconds != seconds || after.PositionSeconds != report.PositionSeconds || completions > 1 || (after.Percent == 100) != (after.CompletedAt != nil) {
				t.Fatalf("%+v after %d seconds", after, seconds)
			}
			p = &after
		}
	}
}

func TestAReportOutOfRangeIsRefused(t *testing.T) {
	t.Parallel()
	for _, r := range []Report{{Percent: -1}, {Percent: 101}, {Seconds: -1}, {Seconds: 86401}, {PositionSeconds: -1}} {
		if _, _, err := advance(nil, r, ada, now); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%+v: %v", r, err)
		}
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
}
