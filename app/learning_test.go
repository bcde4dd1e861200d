package app_test

import (
	"fmt"
	"testing"
	"time"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/store/storetest"
)

func TestWhatALearnerReportsIsCountedOnceAndFarEnough(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.User("ines", storetest.Values{"created_at": time.Now().Add(-10 * time.Minute)})
	h.UserWithRole("boss", "admin")
	item := domain.FormatID(h.Item(h.Category("c"), "free", 1))
	ines, boss := h.As(t, "ines@test.example"), h.As(t, "boss@test.example")
	n := 0
	report := func(input string) apptest.Answer {
		n++
		return ines.Must(fmt.Sprintf(`mutation { reportProgress(input: {itemId: "%s", eventKey: "01900000-0000-7000-8000-%012d", %s}) {
			progress { percent seconds positionSeconds opens startedAt completedAt } userErrors { code message path } } }`, item, n, input))
	}
	if a := report(`percent: 100, seconds: 86400, positionSeconds: 500`); a.String("reportProgress.progress.opens") != "1" || a.String("reportProgress.progress.completedAt") == "" {
		t.Errorf("a first report of 100 percent: %s", a.Raw)
	}
	yesterday := time.Now().Add(-24 * time.Hour).UTC().Truncate(time.Second)
	a := report(fmt.Sprintf(`percent: 30, seconds: 86400, positionSeconds: 100, occurredAt: "%s"`, yesterday.Format(time.RFC3339)))
	if got := a.String("reportProgress.progress.positionSeconds") + a.String("reportProgress.progress.startedAt"); got != "500"+yesterday.Format(time.RFC3339) {
		t.Errorf("a late report: %s", a.Raw)
	}
	seconds, _ := a.At("reportProgress.progress.seconds").(float64)
	if seconds < 660 || seconds > 900 { // as long as there was an account, and a minute
		t.Errorf("two days of learning counted %v seconds ten minutes after the account was made", seconds)
	}
	h.Exec(`update learning_analytics set last_at = last_at - interval '1 hour'`)
	if a := report(`percent: 0`); a.String("reportProgress.progress.opens") != "2" || a.String("reportProgress.progress.percent") != "100" {
		t.Errorf("a visit an hour later: %s", a.Raw)
	}
	for _, input := range []string{`percent: 101`, `percent: 1, seconds: -1`, `percent: 1, occurredAt: "2049-01-01T00:00:00Z"`, `percent: 1, occurredAt: "2019-01-01T00:00:00Z"`} {
		if a := report(input); a.String("reportProgress.userErrors.0.code") != "OUT_OF_RANGE" || a.At("reportProgress.progress") != nil {
			t.Errorf("%s: %s", input, a.Raw)
		}
	}
	h.Exec("select refresh_analytics()")
	a = boss.Must(`{ contentPopularity { nodes { views views30d learners completions seconds } }
		contentConsumption { nodes { event beginsVisit seconds withheldSeconds occurredAt createdAt } } }`)
	if a.String("contentPopularity.nodes.0.views") != "2" || a.String("contentPopularity.nodes.0.views30d") != "2" || a.At("contentPopularity.nodes.0.seconds") != seconds {
		t.Errorf("the figures: %s", a.Raw)
	}
	if a.Len("contentConsumption.nodes") != 3 || a.String("contentConsumption.nodes.2.event")+a.String("contentConsumption.nodes.2.beginsVisit") != "COMPLETEDtrue" ||
		a.String("contentConsumption.nodes.1.occurredAt") != yesterday.Format(time.RFC3339) || a.String("contentConsumption.nodes.1.beginsVisit") != "false" {
		t.Errorf("the log: %s", a.Raw)
	}
}

func TestTheDemoSchoolTellsOneStoryInReportsAndFigures(t *testing.T) {
	t.Parallel()
	h := apptest.Demo(t)
	for _, wrong := range h.WrongFigures() {
		t.Error(wrong)
	}
	var ahead, again int
	h.Get(&ahead, `select count(*) from content_consumption where created_at > clock_now()`)
	if h.Get(&again, `select count(*) from learning_analytics where opens > 1`); ahead > 0 || again == 0 {
		t.Errorf("%d reports lie in the future, %d records have more than one visit", ahead, again)
	}
}
