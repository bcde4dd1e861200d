package app_test

import (
	"slices"
	"strings"
	"testing"

	"lyceum/app/apptest"
	"lyceum/app/doctor"
	"lyceum/db/dbtest"
	"lyceum/domain/operations"
)

func TestEveryCheckAndEveryFigureHasItsRule(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var rules []string
	if err := d.Owner.Select(t.Context(), &rules, dbtest.SQL(`select reads from alert_rules`)); err != nil {
		t.Fatal(err)
	}
	want := operations.FigureNames()
	for _, check := range doctor.Names() {
		want = append(want, operations.CheckPrefix+check)
	}
	slices.Sort(want)
	slices.Sort(rules)
	if !slices.Equal(rules, want) {
		t.Errorf("the rules read %v, not %v", rules, want)
	}
}

// watched is a school in which one rule alone is evaluated, with two who are told and one who is not.
func watched(t *testing.T, rule string) (h *apptest.App, boss *apptest.Caller) {
	t.Helper()
	h = apptest.New(t)
	h.UserWithRole("boss", "admin")
	h.UserWithRole("rita", "admin")
	h.UserWithRole("sue", "support")
	h.Exec(`update users set locale = 'de-CH' where username = 'rita'`)
	h.Exec(`update alert_rules set enabled = reads = $1`, rule)
	return h, h.As(t, "boss@test.example")
}

func failedSignIns(h *apptest.App, n int) {
	h.Exec(`insert into login_attempts (email, status) select 'ada@test.example', 'failed' from generate_series(1, $1)`, n)
}

func toldOf(t *testing.T, h *apptest.App, name string) string {
	t.Helper()
	var all []string
	for _, m := range h.Mails(t, name+"@test.example") {
		all = append(all, strings.TrimPrefix(m.Template, "operations.alert_"))
	}
	return strings.Join(all, " ")
}

// seenAgain evaluates the rules twice, a minute apart, and returns how many messages that made: what is seen once is not told.
func seenAgain(t *testing.T, h *apptest.App) int {
	t.Helper()
	first := h.EvaluateAlerts(t)
	h.Later(t, "1 minute")
	return first + h.EvaluateAlerts(t)
}

func TestAnAlertIsToldWhenItOpensWhenItBecomesCriticalAndWhenItEnds(t *testing.T) {
	t.Parallel()
	h, _ := watched(t, "failed_login_attempts")
	h.Exec(`update alert_rules set threshold = 3, critical_threshold = 6 where enabled`)
	failedSignIns(h, 2)
	steps := []struct {
		what string
		do   func()
		want string // all that each was told until then
	}{
		{"below the threshold", func() {}, ""},
		{"at the threshold", func() { failedSignIns(h, 1) }, ""},
		{"a minute later", func() { h.Later(t, "1 minute") }, "opened"},
		{"another minute later", func() { h.Later(t, "1 minute") }, "opened"},
		{"it is critical", func() { failedSignIns(h, 3) }, "opened critical"},
		{"still", func() { h.Later(t, "1 minute") }, "opened critical"},
		{"it is over", func() { h.Later(t, "2 hours") }, "opened critical ended"},
		{"still over", func() { h.Later(t, "1 minute") }, "opened critical ended"},
	}
	for _, s := range steps {
		s.do()
		h.EvaluateAlerts(t)
		for _, who := range []string{"boss", "rita"} {
			if got := toldOf(t, h, who); got != s.want {
				t.Errorf("%s: %s was told %q, not %q", s.what, who, got, s.want)
			}
		}
		if got := toldOf(t, h, "sue"); got != "" {
			t.Errorf("%s: support was told %q", s.what, got)
		}
	}
	a := h.As(t, "boss@test.example").Must(`{ alerts(filter: {open: false, reads: "failed_login_attempts", level: CRITICAL}) { totalCount nodes { level what value endedAt toldAt } } }`)
	if a.String("alerts.totalCount") != "1" || a.String("alerts.nodes.0.value") != "6" || a.String("alerts.nodes.0.endedAt") == "" ||
		a.String("alerts.nodes.0.what") != "6 attempts to sign in failed within the last hour" {
		t.Error(a.Raw)
	}
	h.Later(t, "89 days")
	h.CleanUp(t)
	if a := h.As(t, "boss@test.example").Must(`{ alerts { totalCount } }`); a.String("alerts.totalCount") != "1" {
		t.Errorf("after 89 days: %s", a.Raw)
	}
	h.Later(t, "2 days")
	h.CleanUp(t)
	if a := h.As(t, "boss@test.example").Must(`{ alerts { totalCount } }`); a.String("alerts.totalCount") != "0" {
		t.Errorf("after 91 days: %s", a.Raw)
	}
}

func TestWhatTheDoctorFindsIsAnAlertToo(t *testing.T) {
	t.Parallel()
	h, boss := watched(t, "doctor.partitions")
	if h.EvaluateAlerts(t) != 0 {
		t.Error("nothing is wrong, and it is told")
	}
	h.Exec(`insert into content_consumption (created_at, user_id, content_id, event, progress) values ('2021-03-15', new_id(), new_id(), 'opened', 0)`)
	if n := seenAgain(t, h); n != 2 {
		t.Errorf("%d messages", n)
	}
	a := boss.Must(`{ alerts(filter: {open: true}) { nodes { reads level what value } } health { findings { check what } } }`)
	if a.String("alerts.nodes.0.reads") != "doctor.partitions" || a.String("alerts.nodes.0.level") != "WARNING" ||
		!slices.Contains(a.Strings("health.findings", "what"), a.String("alerts.nodes.0.what")) {
		t.Error(a.Raw)
	}
	h.Exec(`select ensure_partitions(3)`)
	if h.EvaluateAlerts(t) != 0 {
		t.Error("it ended at once: what comes and goes would be told every minute")
	}
	h.Later(t, "4 minutes")
	if n := h.EvaluateAlerts(t); n != 2 || toldOf(t, h, "boss") != "opened ended" {
		t.Errorf("%d messages: %s", n, toldOf(t, h, "boss"))
	}
}

func TestALogThatWasChangedIsAnAlertOnceItsSealsWereVerified(t *testing.T) {
	t.Parallel()
	h, _ := watched(t, "doctor.seals")
	failedSignIns(h, 1)
	h.Exec(`select seal_audit()`)
	h.VerifySeals(t)
	if h.EvaluateAlerts(t) != 0 {
		t.Error("nothing is wrong, and it is told")
	}
	h.Exec(`alter table login_attempts disable trigger user`)
	h.Exec(`update login_attempts set reason = 'forged'`)
	h.Exec(`alter table login_attempts enable trigger user`)
	// The serving role writes what slow checks said: a look in the future would be the last one.
	h.Exec(`update slow_checks set examined_at = now() + interval '20 years' where name = 'seals'`)
	h.VerifySeals(t)
	if n := seenAgain(t, h); n != 2 || toldOf(t, h, "boss") != "critical" {
		t.Errorf("%d messages: %s", n, toldOf(t, h, "boss"))
	}
	h.Later(t, "1 hour")
	if n := h.EvaluateAlerts(t); n != 0 {
		t.Errorf("an hour later, and nobody has looked: %d messages", n)
	}
}

func TestQuietHoursHoldBackWarningsButNothingCritical(t *testing.T) {
	t.Parallel()
	h, _ := watched(t, "failed_login_attempts")
	quiet := func() {
		h.Exec(`update alert_rules set threshold = 3, critical_threshold = 6, quiet_from = (clock_now() at time zone 'Asia/Kolkata' - interval '1 hour')::time,
			quiet_until = (clock_now() at time zone 'Asia/Kolkata' + interval '30 minutes')::time, quiet_zone = 'Asia/Kolkata' where enabled`)
	}
	quiet()
	failedSignIns(h, 3)
	if seenAgain(t, h) != 0 {
		t.Error("a warning is told in quiet hours")
	}
	h.Later(t, "40 minutes")
	if h.EvaluateAlerts(t); toldOf(t, h, "boss") != "opened" {
		t.Errorf("after quiet hours: %s", toldOf(t, h, "boss"))
	}
	quiet()
	failedSignIns(h, 3)
	if h.EvaluateAlerts(t); toldOf(t, h, "boss") != "opened critical" {
		t.Errorf("critical in quiet hours: %s", toldOf(t, h, "boss"))
	}
}

func TestAnAdministratorSetsRulesAndLooksAfterAlerts(t *testing.T) {
	t.Parallel()
	h, boss := watched(t, "failed_login_attempts")
	rules := boss.Must(`{ alertRules { id reads threshold enabled quietHours { from } } }`)
	ids := map[string]string{}
	for i, reads := range rules.Strings("alertRules", "reads") {
		ids[reads] = rules.Strings("alertRules", "id")[i]
	}
	const fields = `{ alertRule { reads enabled threshold criticalThreshold quietHours { from until timeZone } } userErrors { code message path } }`
	for _, s := range []struct{ input, code, path string }{
		{`ruleId: "` + ids["failed_login_attempts"] + `", enabled: true`, "INVALID", "threshold"},
		{`ruleId: "` + ids["failed_login_attempts"] + `", enabled: true, threshold: "0"`, "INVALID", "threshold"},
		{`ruleId: "` + ids["failed_login_attempts"] + `", enabled: true, threshold: "9", criticalThreshold: "9"`, "INVALID", "criticalThreshold"},
		{`ruleId: "` + ids["doctor.disk"] + `", enabled: true, threshold: "9"`, "INVALID", "threshold"},
		{`ruleId: "` + ids["doctor.disk"] + `", enabled: true, quietHours: {from: "25:00", until: "07:00"}`, "INVALID", "quietHours"},
		{`ruleId: "` + ids["doctor.disk"] + `", enabled: true, quietHours: {from: "22:00", until: "22:00"}`, "INVALID", "quietHours"},
		{`ruleId: "` + ids["doctor.disk"] + `", enabled: true, quietHours: {from: "22:00", until: "07:00", timeZone: "Mars/Olympus"}`, "INVALID", "quietHours timeZone"},
		{`ruleId: "rule_0190c0ffee00700080000000000000ff", enabled: true`, "NOT_FOUND", "ruleId"},
	} {
		a := boss.Must(`mutation { setAlertRule(input: {` + strings.NewReplacer(`"0"`, "0", `"9"`, "9").Replace(s.input) + `}) ` + fields + ` }`)
		if codes(a, "setAlertRule") != s.code || !strings.Contains(a.Raw, `"path":["input","`+strings.ReplaceAll(s.path, " ", `","`)+`"]`) && !strings.Contains(a.Raw, `"path":["`+strings.ReplaceAll(s.path, " ", `","`)+`"]`) {
			t.Errorf("%s: %s", s.input, a.Raw)
		}
	}
	a := boss.Must(`mutation { setAlertRule(input: {ruleId: "` + ids["doctor.disk"] + `", enabled: true, quietHours: {from: "22:00", until: "07:00", timeZone: "Europe/Zurich"}}) ` + fields + ` }`)
	if a.String("setAlertRule.alertRule.quietHours.timeZone") != "Europe/Zurich" || a.String("setAlertRule.alertRule.quietHours.from") != "22:00" {
		t.Error(a.Raw)
	}
	var trail int
	if h.Get(&trail, `select count(*) from audit_trail where table_name = 'alert_rules' and new_values ->> 'quiet_zone' = 'Europe/Zurich'`); trail != 1 {
		t.Errorf("%d rows in the trail", trail)
	}

	h.Exec(`update alert_rules set enabled = reads = 'failed_login_attempts', threshold = case when threshold is not null then 1 end, critical_threshold = null`)
	failedSignIns(h, 1)
	h.EvaluateAlerts(t)
	id := boss.Must(`{ alerts(filter: {open: true, acknowledged: false}) { nodes { id } } }`).String("alerts.nodes.0.id")
	rita := h.As(t, "rita@test.example")
	for _, who := range []*apptest.Caller{boss, rita} {
		a := who.Must(`mutation { acknowledgeAlert(input: {alertId: "` + id + `"}) { alert { acknowledgedBy { username } acknowledgedAt } userErrors { code } } }`)
		if a.String("acknowledgeAlert.alert.acknowledgedBy.username") != "boss" {
			t.Error(a.Raw)
		}
	}
	if a := boss.Must(`mutation { acknowledgeAlert(input: {alertId: "alert_0190c0ffee00700080000000000000ff"}) { alert { id } userErrors { code } } }`); codes(a, "acknowledgeAlert") != "NOT_FOUND" {
		t.Error(a.Raw)
	}
}
