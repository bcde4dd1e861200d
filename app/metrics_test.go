package app_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lyceum/app/apptest"
)

// metric reads the value of a series; -1 where there is none.
func metric(t *testing.T, text, series string) float64 {
	t.Helper()
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				t.Fatal(line)
			}
			return n
		}
	}
	return -1
}

func TestTheMetricsCountWhatRequestsCameTo(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	school(h, 3)
	h.User("ada")
	ada, visitor := h.As(t, "ada@test.example"), h.Anonymous(t)
	statements := 0
	var last apptest.Answer
	for range 3 {
		statements += len(h.Statements(func() { last = ada.Ask(askShelf, vars{"first": 3}) }))
	}
	h.LineOf(t, last)
	h.LineOf(t, visitor.Ask(`query Wrong { nothing }`))
	h.LineOf(t, visitor.Ask(`query Log { users { nodes { id } } }`))
	h.LineOf(t, visitor.Ask(`mutation { signIn(input: {email: "ada@test.example", password: "wrong"}) { userErrors { code } } }`))
	h.Exec(`insert into alerts (rule_id, level, what, remedy) select id, 'critical', 'w', 'r' from alert_rules limit 1`)
	h.Exec(`insert into backups (name, kind, reason, state, started_at, finished_at) values ('b', 'built_in', 'schedule', 'whole', '2026-01-02 03:04:05.5+00', now())`)
	text := h.Metrics(t)
	outcome := "ok"
	if len(last.Errors) > 0 {
		outcome = "error"
	}
	for series, want := range map[string]float64{
		`lyceum_graph_requests_total{operation="Shelf",outcome="` + outcome + `",type="query"}`:  3,
		`lyceum_graph_requests_total{operation="-",outcome="error",type="none"}`:                 1,
		`lyceum_graph_requests_total{operation="Log",outcome="error",type="query"}`:              1,
		`lyceum_graph_requests_total{operation="-",outcome="ok",type="mutation"}`:                2, // Ada's sign-in, and the wrong one
		`lyceum_graph_request_duration_seconds_count{operation="Shelf",type="query"}`:            3,
		`lyceum_graph_request_duration_seconds_bucket{operation="Shelf",type="query",le="+Inf"}`: 3,
		`lyceum_graph_answers_total{operation="Shelf",way="written"}`:                            3,
		`lyceum_graph_errors_total{code="VALIDATION_FAILED"}`:                                    1,
		`lyceum_graph_errors_total{code="UNAUTHENTICATED"}`:                                      1,
		`lyceum_graph_errors_total{code="CONTENT_LOCKED"}`:                                       float64(3 * len(last.Errors)),
		`lyceum_graph_user_errors_total{code="INVALID_CREDENTIALS"}`:                             1,
		`lyceum_sign_ins_total{outcome="success"}`:                                               1,
		`lyceum_sign_ins_total{outcome="INVALID_CREDENTIALS"}`:                                   1,
		`lyceum_http_requests_total{route="/graphql",status="200"}`:                              7,
		`lyceum_http_requests_running`:                                                           0,
		`lyceum_subscriptions{status="active"}`:                                                  0,
		`lyceum_mail_messages{status="queued"}`:                                                  0,
		`lyceum_queue_jobs{queue="mail",state="available"}`:                                      0,
		`lyceum_queue_due_seconds{queue="default"}`:                                              0,
		`lyceum_queue_jobs{queue="upkeep",state="available"}`:                                    0,
		`lyceum_alerts_open{level="critical"}`:                                                   1,
		`lyceum_alerts_open{level="warning"}`:                                                    0,
		`lyceum_backup_newest_timestamp_seconds`:                                                 1767323045.5,
		`lyceum_restore_drill_newest_timestamp_seconds`:                                          0,
		`lyceum_figures_unread{figures="queue"}`:                                                 0,
		`lyceum_database_waits_total{pool="serving"}`:                                            0,
		`lyceum_graph_request_statements_count`:                                                  7,
	} {
		if got := metric(t, text, series); got != want {
			t.Errorf("%s is %v and not %v", series, got, want)
		}
	}
	if n := metric(t, text, `lyceum_graph_request_statements_sum`); n < float64(statements) {
		t.Errorf("%v statements, at least %d were sent", n, statements)
	}
	if n := metric(t, text, `lyceum_database_statement_duration_seconds_count{pool="serving"}`); n < float64(statements) {
		t.Errorf("%v statements have a duration", n)
	}
	for _, series := range []string{"lyceum_loader_batches_total", "lyceum_loader_keys_total", `lyceum_graph_database_seconds_total{operation="Shelf",type="query"}`} {
		if metric(t, text, series) <= 0 {
			t.Errorf("%s is %v", series, metric(t, text, series))
		}
	}
}

// Clients choose names: a thousand of them make no more series than two hundred do, and those of visitors no more than a hundred.
func TestAThousandNamesOfOperationsDoNotGrowTheMetrics(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	visitor := h.Anonymous(t)
	var last apptest.Answer
	for n := range 1000 {
		last = visitor.Ask(fmt.Sprintf("query Name%d { plans { id } }", n))
	}
	h.LineOf(t, last)
	h.UserWithRole("ada", "admin")
	h.LineOf(t, h.As(t, "ada@test.example").Ask("query Page { plans { id } }"))
	text := h.Metrics(t)
	labels := map[string]bool{}
	for _, found := range regexp.MustCompile(`operation="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		labels[found[1]] = true
	}
	if len(labels) > 110 || !labels["other"] || !labels["Name7"] || !labels["Page"] ||
		metric(t, text, `lyceum_graph_requests_total{operation="other",outcome="ok",type="query"}`) != 900 {
		t.Errorf("%d names", len(labels))
	}
}

func TestFiguresThatCannotBeReadAreLeftOutOfTheMetrics(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.Exec("revoke select on mail_messages from lyceum_app")
	text := h.Metrics(t)
	if metric(t, text, `lyceum_figures_unread{figures="mail"}`) != 1 || strings.Contains(text, "\nlyceum_mail_messages{") ||
		metric(t, text, `lyceum_figures_unread{figures="subscriptions"}`) != 0 || !strings.Contains(text, "\nlyceum_subscriptions{") {
		t.Error(text)
	}
	if log := h.Logged(); !strings.Contains(log, "figures for the metrics cannot be read") {
		t.Error(log)
	}
	h.Exec("grant select on mail_messages to lyceum_app")
	if text := h.Metrics(t); strings.Contains(text, "\nlyceum_mail_messages{") {
		t.Error("the figures are read at every look")
	}
}

var (
	ownMetric  = regexp.MustCompile(`(?m)^# HELP ((?:lyceum|go_sql)_\w+)`)
	documented = regexp.MustCompile("(?m)^\\| `((?:lyceum|go_sql)_\\w+)")
)

func names(t *testing.T, pattern *regexp.Regexp, text string) (all []string) {
	t.Helper()
	for _, found := range pattern.FindAllStringSubmatch(text, -1) {
		all = append(all, found[1])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// What is shown is documented, and has a panel; whatever else is documented is shown. Metrics of jobs come with the first job: the test
// in e2e sees those.
func TestEveryMetricIsDocumentedAndHasAPanel(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.LineOf(t, h.Anonymous(t).Ask(`mutation { signIn(input: {email: "ada@test.example", password: "wrong"}) { userErrors { code } } }`))
	h.LineOf(t, h.Anonymous(t).Ask(`{ plans { id } }`))
	shown := append(names(t, ownMetric, h.Metrics(t)), "lyceum_job_runs_total", "lyceum_job_duration_seconds")
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	dashboard, err := os.ReadFile("../deploy/grafana/lyceum.json")
	if err != nil {
		t.Fatal(err)
	}
	listed := names(t, documented, string(page))
	for _, name := range shown {
		if !slices.Contains(listed, name) {
			t.Errorf("%s has no row in docs/operations.md", name)
		}
		if !regexp.MustCompile(`\b` + name + `(_bucket|_sum|_count)?\b`).Match(dashboard) {
			t.Errorf("%s has no panel", name)
		}
	}
	for _, name := range listed {
		if !slices.Contains(shown, name) {
			t.Errorf("%s is documented and not shown", name)
		}
	}
}
