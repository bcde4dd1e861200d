package content_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store"
	"lyceum/store/storetest"
)

// learners are users of an age, who report to a service whose clock the test moves.
type learners struct {
	*storetest.Builder
	service content.Service
	people  []domain.UserID
	items   []domain.ItemID
	at      time.Time
}

func newLearners(t *testing.T, d *dbtest.Database, people, items int, at time.Time) *learners {
	t.Helper()
	l := &learners{Builder: storetest.New(t, d.Owner), at: at.UTC().Truncate(time.Microsecond)}
	l.service = content.Service{Store: store.Content{Writer: store.Writer{DB: d.DB}}, Clock: func() time.Time { return l.at }}
	branch := l.Category("branch")
	for n := range items {
		l.items = append(l.items, l.Item(branch, "item-"+string(rune('a'+n)), 1))
	}
	for n := range people {
		l.people = append(l.people, l.User("learner-"+string(rune('a'+n)), storetest.Values{"created_at": l.at.Add(-time.Hour)}))
	}
	return l
}

func (l *learners) report(ctx context.Context, person domain.UserID, r content.Report) (*content.Progress, error) {
	return l.service.ReportProgress(ctx, domain.Viewer{UserID: person}, r)
}

type arrival struct {
	person domain.UserID
	report content.Report
}

// all sends reports at once.
func (l *learners) all(t *testing.T, arrivals []arrival) {
	t.Helper()
	var wait sync.WaitGroup
	for _, a := range arrivals {
		wait.Go(func() {
			if _, err := l.report(t.Context(), a.person, a.report); err != nil {
				t.Errorf("%+v: %v", a, err)
			}
		})
	}
	wait.Wait()
}

func TestLearningFactsAndFiguresAreWhatTheReportsAddUpTo(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	l := newLearners(t, dbtest.New(t), 4, 3, time.Now().AddDate(0, 0, -40))
	var sent, lately []arrival
	for round := range 60 {
		if round == 30 {
			lately = nil // a month later nothing is sent again
			l.at = time.Now().AddDate(0, 0, -10).UTC().Truncate(time.Microsecond)
		}
		l.at = l.at.Add([]time.Duration{0, 7 * time.Second, 4 * time.Minute, 29 * time.Minute, 31 * time.Minute, 5 * time.Hour}[r.IntN(6)])
		var together []arrival
		for range 1 + r.IntN(6) {
			if len(lately) > 0 && r.IntN(4) == 0 { // once more, as it was
				together = append(together, lately[r.IntN(len(lately))])
				continue
			}
			a := arrival{l.people[r.IntN(len(l.people))], content.Report{
				ItemID: l.items[r.IntN(len(l.items))], EventKey: uuid.New(), Percent: int32(r.IntN(6) * 20), Seconds: int32(r.IntN(20_000)), PositionSeconds: int32(r.IntN(900)),
			}}
			if r.IntN(2) == 0 {
				a.report.OccurredAt = new(l.at.Add(-time.Duration(r.IntN(4)) * time.Hour))
			}
			together, sent, lately = append(together, a), append(sent, a), append(lately, a)
		}
		l.all(t, together)
	}
	for _, wrong := range l.WrongFigures() {
		t.Error(wrong)
	}
	var logged, visits, recent int
	l.Get(&logged, `select count(*) from content_consumption`)
	l.Get(&visits, `select sum(views) from content_popularity`)
	l.Get(&recent, `select sum(views_30d) from content_popularity`)
	if logged != len(sent) {
		t.Errorf("%d reports were logged, %d different ones were sent", logged, len(sent))
	}
	if recent == 0 || recent >= visits || visits <= len(l.people)*len(l.items) {
		t.Errorf("%d visits and %d of late prove little", visits, recent)
	}
	l.checkTime(t)
}

// checkTime works out again, report by report in the order in which they were taken, how many seconds count.
func (l *learners) checkTime(t *testing.T) {
	t.Helper()
	const outOfStep = `with recursive taken as (
			select c.user_id, c.created_at, c.seconds, c.seconds + c.withheld_seconds as asked, row_number() over (partition by c.user_id order by c.id) as n from content_consumption c
		), walk as (
			select u.id as user_id, 0::bigint as n, u.created_at - interval '1 minute' as since, 0 as want, 0 as got from users u
			union all
			select k.user_id, k.n, s.since + g.seconds * interval '1 second', g.seconds, k.seconds
			  from walk w join taken k on k.user_id = w.user_id and k.n = w.n + 1
			 cross join lateral (select greatest(w.since, k.created_at - interval '12 hours') as since) s
			 cross join lateral (select least(k.asked, floor(extract(epoch from k.created_at - s.since)))::integer as seconds) g
		)
		select count(*) from walk where want <> got`
	var wrong, withheld int
	l.Get(&wrong, outOfStep)
	l.Get(&withheld, `select count(*) from content_consumption where withheld_seconds > 0`)
	if wrong != 0 || withheld == 0 {
		t.Errorf("of %d reports another time was counted; %d asked for more than there was", wrong, withheld)
	}
}

func TestPositionPercentAndCompletionAreTheSameForAnyOrderOfReports(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	l := newLearners(t, dbtest.New(t), 6, 1, time.Now().AddDate(0, 0, -1))
	reports := make([]content.Report, 12)
	for i := range reports {
		at := l.at.Add(-time.Duration(r.IntN(6)) * time.Hour) // several at the same instant
		reports[i] = content.Report{ItemID: l.items[0], EventKey: uuid.New(), Percent: int32(r.IntN(6) * 20), PositionSeconds: int32(r.IntN(900)), OccurredAt: &at}
	}
	for n, person := range l.people {
		r.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
		if n == 0 { // at once
			arrivals := make([]arrival, len(reports))
			for i := range reports {
				arrivals[i] = arrival{person, reports[i]}
			}
			l.all(t, arrivals)
			continue
		}
		for _, report := range append(reports, reports[r.IntN(len(reports))]) {
			l.at = l.at.Add(time.Duration(r.IntN(45)) * time.Minute)
			if _, err := l.report(t.Context(), person, report); err != nil {
				t.Fatal(err)
			}
		}
	}
	var different int
	if l.Get(&different, `select count(distinct (progress, position_seconds, position_at, started_at, completed_at)) from learning_analytics`); different != 1 {
		t.Errorf("six orders of the same reports lead to %d different places", different)
	}
	for _, wrong := range l.WrongFigures() {
		t.Error(wrong)
	}
}

func TestReportsAtOnceDoNotSpendTheSameTimeTwice(t *testing.T) {
	t.Parallel()
	l := newLearners(t, dbtest.New(t), 1, 5, time.Now())
	person := l.people[0] // an hour ago her account was made
	var arrivals []arrival
	for n := range 20 {
		arrivals = append(arrivals, arrival{person, content.Report{ItemID: l.items[n%5], EventKey: uuid.New(), Percent: 10, Seconds: 600}})
	}
	l.all(t, arrivals)
	var counted, withheld, visits int
	l.Get(&counted, `select sum(seconds) from learning_analytics`)
	l.Get(&withheld, `select sum(withheld_seconds) from content_consumption`)
	l.Get(&visits, `select sum(opens) from learning_analytics`)
	if counted != 3660 || withheld != 20*600-3660 || visits != 5 {
		t.Errorf("an hour and a minute gave %d seconds and withheld %d; five items were visited %d times", counted, withheld, visits)
	}
	for _, c := range []struct {
		later time.Duration
		asked int32
		want  int32
	}{{0, 10, 0}, {10 * time.Second, 30, 10}, {time.Hour, 3600, 3600}, {72 * time.Hour, 86400, 12 * 3600}, {-time.Hour, 60, 0}, {time.Hour, 60, 0}, {time.Minute, 60, 60}} {
		l.at = l.at.Add(c.later)
		before := counted
		if _, err := l.report(t.Context(), person, content.Report{ItemID: l.items[0], EventKey: uuid.New(), Seconds: c.asked}); err != nil {
			t.Fatal(err)
		}
		if l.Get(&counted, `select sum(seconds) from learning_analytics`); counted-before != int(c.want) {
			t.Errorf("%s later %d seconds were counted of %d, not %d", c.later, counted-before, c.asked, c.want)
		}
	}
}

func TestLateReportsAreLoggedWithinTheSpanOfTheirRecord(t *testing.T) {
	t.Parallel()
	l := newLearners(t, dbtest.New(t), 1, 1, time.Now())
	for _, step := range []time.Duration{0, -time.Minute, 2 * time.Minute} { // the clocks of two servers
		l.at = l.at.Add(step)
		late := l.at.Add(-time.Hour)
		if _, err := l.report(t.Context(), l.people[0], content.Report{ItemID: l.items[0], EventKey: uuid.New(), OccurredAt: &late}); err != nil {
			t.Fatal(err)
		}
	}
	var all, outside int
	l.Get(&all, `select count(*) from content_consumption`)
	l.Get(&outside, `select count(*) from content_consumption c join learning_analytics l using (user_id, content_id) where c.created_at not between l.started_at and l.last_at`)
	var last time.Time
	l.Get(&last, `select last_at from learning_analytics`)
	if all != 3 || outside != 0 || !last.Equal(l.at) {
		t.Errorf("%d of %d reports lie outside of the record, which ends at %s", outside, all, last)
	}
}
