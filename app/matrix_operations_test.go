package app_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lyceum/app/apptest"
	"lyceum/domain"
	"lyceum/domain/operations"
)

// operationsRows are the rows of the matrix for the running of the school.
var operationsRows = map[string]row{
	"Query.jobs":           listRow("jobs", admin),
	"Query.jobKinds":       {ask: `{ jobKinds { name } }`, at: "jobKinds", may: []string{admin}},
	"Query.partitionSets":  {ask: `{ partitionSets { table monthsAhead defaultRows } }`, at: "partitionSets", may: []string{admin}},
	"Query.retentionRules": {ask: `{ retentionRules { name days } }`, at: "retentionRules", may: []string{admin}},
	"Query.logArchives":    {ask: `{ logArchives { log month checksum } }`, at: "logArchives", may: []string{admin}},
	"Query.tableHealth":    {ask: `{ tableHealth { table problems bloatBytes vacuumedAt } }`, at: "tableHealth", may: []string{admin}},
	"Query.indexHealth":    {ask: `{ indexHealth { index problems bloatBytes scans } }`, at: "indexHealth", may: []string{admin}},
	"Query.backups":        listRow("backups", admin),
	"Query.restoreDrills":  listRow("restoreDrills", admin),
	"Mutation.requestBackup": {
		ask: `mutation { requestBackup { job { id } userErrors { code } } }`, at: "requestBackup.job", may: []string{admin},
	},
	"Mutation.requestRestoreDrill": {
		ask: `mutation { requestRestoreDrill { job { id } userErrors { code } } }`, at: "requestRestoreDrill.job", may: []string{admin},
	},
	"Query.health":     {ask: `{ health { checks } }`, at: "health", may: []string{admin}},
	"Query.alerts":     listRow("alerts", admin),
	"Query.alertRules": {ask: `{ alertRules { reads } }`, at: "alertRules", may: []string{admin}},
	"Mutation.acknowledgeAlert": {
		ask: `mutation { acknowledgeAlert(input: {alertId: "ALERT"}) { alert { id } userErrors { code } } }`, at: "acknowledgeAlert.alert", may: []string{admin},
	},
	"Mutation.setAlertRule": {
		ask: `mutation { setAlertRule(input: {ruleId: "RULE", enabled: false}) { alertRule { id } userErrors { code } } }`, at: "setAlertRule.alertRule", may: []string{admin},
	},
	"Mutation.retryJob": {
		ask: `mutation { retryJob(input: {jobId: "JOB"}) { job { id } userErrors { code } } }`, at: "retryJob.job", may: []string{admin},
	},
	"Mutation.discardJob": {
		ask: `mutation { discardJob(input: {jobId: "JOB"}) { job { id } userErrors { code } } }`, at: "discardJob.job", may: []string{admin},
	},
}

// jobOf puts a job of a kind in a state into the queue, with an error that names an address.
func jobOf(h *apptest.App, kind, args string, state operations.JobState) string {
	var row struct {
		Number    int64     `db:"id"`
		CreatedAt time.Time `db:"created_at"`
	}
	h.Get(&row, `insert into river.river_job (kind, args, state, finalized_at, max_attempts, attempt, errors)
		values ($1, $2, $3::river.river_job_state, case when $3 in ('cancelled', 'completed', 'discarded') then now() end, 25, 2,
			array[jsonb_build_object('at', now(), 'attempt', 1, 'error', '550 no such user <ada@test.example>')])
		returning id, created_at`, kind, args, state)
	return domain.FormatID(domain.JobID{UUID: domain.LogUUID(row.CreatedAt, row.Number)})
}

// failedJob is a job that was given up.
func failedJob(h *apptest.App) string { return jobOf(h, "clean_up", "{}", operations.JobDiscarded) }

func operationsThings(h *apptest.App) []string {
	rule, alert := openAlert(h)
	return []string{"JOB", failedJob(h), "RULE", rule, "ALERT", alert}
}

// openAlert is an alert of a rule that reads a check, and the rule.
func openAlert(h *apptest.App) (rule, alert string) {
	var ruleID domain.AlertRuleID
	var alertID domain.AlertID
	h.Get(&ruleID, `select id from alert_rules where reads = 'doctor.disk'`)
	h.Get(&alertID, `insert into alerts (rule_id, level, what, remedy) values ($1, 'warning', 'the disk is full', 'make room') returning id`, ruleID)
	return domain.FormatID(ruleID), domain.FormatID(alertID)
}

func operationsAgain(h *apptest.App) (things []string, mutations map[string]string) {
	const ofJob = `{ job { id kind queue state attempt maxAttempts scheduledAt attemptedAt finalizedAt createdAt lastError } userErrors { code message path } } }`
	rule, alert := openAlert(h)
	return []string{"RULE", rule, "ALERT", alert, "JOB", failedJob(h), "TIRED", jobOf(h, "clean_up", "{}", operations.JobRetryable)}, map[string]string{
		"acknowledgeAlert": `(input: {alertId: "ALERT"}) { alert { id ruleId reads level what remedy value openedAt lastSeenAt endedAt toldAt acknowledgedAt acknowledgedBy { id } } userErrors { code message path } } }`,
		"setAlertRule":     `(input: {ruleId: "RULE", enabled: true, quietHours: {from: "22:00", until: "07:00"}}) { alertRule { id reads description threshold criticalThreshold enabled quietHours { from until timeZone } changedAt } userErrors { code message path } } }`,
		"requestBackup":    ` ` + ofJob, "requestRestoreDrill": ` ` + ofJob,
		"retryJob": `(input: {jobId: "JOB"}) ` + ofJob, "discardJob": `(input: {jobId: "TIRED"}) ` + ofJob,
	}
}

func TestAJobThatFailedIsSeenTriedAgainAndGivenUp(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	boss := h.As(t, "boss@test.example")
	failed, running := failedJob(h), jobOf(h, "sweep_subscriptions", "{}", operations.JobRunning)
	a := boss.Must(`{ jobs(filter: {failed: true}) { nodes { id kind state attempt lastError } totalCount } }`)
	if a.String("jobs.nodes.0.id") != failed || a.String("jobs.nodes.0.lastError") != "550 no such user <…>" || a.String("jobs.totalCount") != "1" {
		t.Errorf("%s", a.Raw)
	}
	for _, step := range []struct{ mutation, id, state, code string }{
		{"retryJob", failed, "AVAILABLE", ""},
		{"retryJob", failed, "AVAILABLE", ""},
		{"discardJob", failed, "DISCARDED", ""},
		{"discardJob", failed, "DISCARDED", ""},
		{"discardJob", running, "", "JOB_RUNNING"},
		{"retryJob", running, "RUNNING", ""},
		{"retryJob", "job_0190c0ffee00700080000000000000ff", "", "NOT_FOUND"},
	} {
		a := boss.Must(`mutation { ` + step.mutation + `(input: {jobId: "` + step.id + `"}) { job { state } userErrors { code } } }`)
		if a.String(step.mutation+".job.state") != step.state || codes(a, step.mutation) != step.code {
			t.Errorf("%s of %s: %s", step.mutation, step.id, a.Raw)
		}
	}
	var events string
	h.Get(&events, `select string_agg(event || ' ' || (details ->> 'kind'), ', ' order by id) from security_audit_log where event like 'job%'`)
	if events != "job_retried clean_up, job_discarded clean_up" {
		t.Errorf("the log of events has %q", events)
	}
}

// A message without a job would wait for ever.
func TestAMessageWhoseJobIsGivenUpIsGivenUpWithIt(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	boss := h.As(t, "boss@test.example")
	var id domain.MailID
	h.Get(&id, `insert into mail_messages (cause, template, recipient) values ('test', 'users.account_closed', 'ada@test.example') returning id`)
	job := jobOf(h, "send_mail", `{"mailId": "`+id.String()+`"}`, operations.JobRetryable)
	boss.Must(`mutation { discardJob(input: {jobId: "` + job + `"}) { job { state } userErrors { code } } }`)
	if a := boss.Must(`{ mailMessages { nodes { status lastError } } }`); a.String("mailMessages.nodes.0.status") != "FAILED" {
		t.Errorf("%s", a.Raw)
	}
	if a := boss.Must(`mutation { retryJob(input: {jobId: "` + job + `"}) { job { state } userErrors { code message } } }`); codes(a, "retryJob") != "RETRIED_OTHERWISE" {
		t.Errorf("%s", a.Raw)
	}
	a := boss.Must(`mutation { retryMail(input: {mailId: "` + domain.FormatID(id) + `"}) { mail { status } } }`)
	if a.String("retryMail.mail.status") != "QUEUED" {
		t.Errorf("%s", a.Raw)
	}
}

func TestEachKindOfJobSaysHowItWent(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	failedJob(h)
	h.Exec(`insert into job_runs (kind, last_started_at, last_finished_at, last_duration_us, last_failed_at, last_error, runs, failures)
		values ('clean_up', '2026-11-01T02:00:00Z', '2026-11-01T02:00:01Z', 1000001, '2026-10-01', 'no such table', 7, 1)`)
	a := h.As(t, "boss@test.example").Must(`{ jobKinds { name description everySeconds lastStartedAt lastDurationMs lastFailedAt lastError runs failures
		failuresInLastDay nextRunAt queued running failed } }`)
	kinds := a.Strings("jobKinds", "name")
	at := slices.Index(kinds, "clean_up")
	if len(kinds) != len(operations.Kinds) || at < 0 {
		t.Fatalf("%v", kinds)
	}
	for path, want := range map[string]string{
		"everySeconds": "600", "lastDurationMs": "1001", "lastError": "no such table", "runs": "7", "failures": "1", "failuresInLastDay": "1",
		"nextRunAt": "2026-11-01T02:10:00Z", "failed": "1", "queued": "0",
	} {
		if got := a.String(fmt.Sprintf("jobKinds.%d.%s", at, path)); got != want {
			t.Errorf("%s is %q, not %q", path, got, want)
		}
	}
}

func TestAdministratorsSeeTheUpkeepOfTheDatabase(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	h.Exec(`insert into log_archives (log, month, file, bytes, sha256, row_count, rows_digest)
		values ('login_attempts', '2020-05-01', 'login_attempts/2020-05-x.parquet', 7, sha256('x'), 3, sha256('y'))`)
	a := h.As(t, "boss@test.example").Must(`{
		partitionSets { table months monthsAhead oldestMonth defaultRows needsAttention } retentionRules { name days leastDays description updatedAt }
		logArchives { log month file bytes checksum rows archivedAt checkedAt droppedAt restoredAt }
		tableHealth { schema table bytes liveRows deadRows bloatBytes vacuumedAt analyzedAt changedRows seqScans indexScans problems }
		indexHealth { schema index table bytes bloatBytes scans isUnique isValid statisticsSince problems }
	}`)
	for path, want := range map[string]string{
		"partitionSets.0.table": "content_consumption", "partitionSets.0.monthsAhead": "3", "partitionSets.0.needsAttention": "false", "partitionSets.0.months": "4",
		"logArchives.0.month": "2020-05-01T00:00:00Z", "logArchives.0.rows": "3", "logArchives.0.checksum": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
		"logArchives.0.droppedAt": "", "retentionRules.0.name": "api_tokens", "retentionRules.0.leastDays": "30",
	} {
		if got := a.String(path); got != want {
			t.Errorf("%s is %q, not %q", path, got, want)
		}
	}
	if a.Len("tableHealth") < 40 || a.Len("indexHealth") < 100 {
		t.Errorf("%d tables, %d indexes", a.Len("tableHealth"), a.Len("indexHealth"))
	}
}
