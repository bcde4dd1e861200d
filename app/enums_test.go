package app_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/integration"
	"lyceum/domain/operations"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph"
)

func texts[T ~string](values ...T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

// An enum stands in a check of the database, in a list of the domain and in the schema; all three must agree.
func TestEveryEnumIsTheSameOnAllFloors(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for _, e := range []struct {
		constraint, schema string
		domain             []string
	}{
		{"users_account_status_known", "AccountStatus", texts(users.StatusPending, users.StatusActive, users.StatusSuspended, users.StatusLocked, users.StatusClosed)},
		{"roles_permissions_known", "Permission", texts(domain.Permissions...)},
		{"subscription_plans_billing_cycle_known", "BillingCycle", texts(plans.Monthly, plans.Yearly, plans.Lifetime)},
		{"user_subscriptions_status_known", "UserSubscriptionStatus", texts(plans.Pending, plans.Incomplete, plans.Trialing, plans.Active, plans.PastDue, plans.Paused, plans.Canceled, plans.Expired)},
		{"content_items_kind_known", "ContentItemKind", texts(content.Lesson, content.Notebook, content.Video, content.Course, content.Module, content.Dataset)},
		{"content_items_status_known", "ContentItemStatus", texts(content.Draft, content.Published, content.Archived)},
		{"user_content_permissions_effect_known", "GrantEffect", texts(content.Allow, content.Deny)},
		{"content_consumption_event_known", "ConsumptionEvent", texts(content.Opened, content.Progressed, content.Completed)},
		{"login_attempts_status_known", "LoginAttemptStatus", texts(security.AttemptSuccess, security.AttemptFailed, security.AttemptThrottled)},
		{"security_audit_log_severity_known", "Severity", texts(security.Info, security.Warning, security.Erring, security.Critical)},
		{"mail_messages_status_known", "MailStatus", texts(integration.MailQueued, integration.MailSent, integration.MailFailed, integration.MailDropped)},
		{"backups_kind_known", "BackupKind", texts(operations.BackupKinds...)},
		{"backups_state_known", "BackupState", texts(operations.BackupStates...)},
		{"backups_reason_known", "BackupReason", texts(operations.BackupReasons...)},
		{"restore_drills_reason_known", "BackupReason", texts(operations.BackupReasons...)},
		{"restore_drills_state_known", "RestoreDrillState", texts(operations.DrillStates...)},
		{"audit_trail_action_known", "AuditAction", texts(security.RowInserted, security.RowUpdated, security.RowDeleted)},
		{"user_verifications_purpose_known", "VerificationPurpose", texts(users.ProveEmail, users.ProvePhone, users.ResetPassword,
			users.Invitation, users.ChangeEmail, users.UndoEmail)},
		{"payments_status_known", "PaymentStatus", texts(plans.PaymentPending, plans.PaymentSucceeded, plans.PaymentFailed, plans.PaymentRefunded)},
		{"subscription_changes_kind_known", "SubscriptionChangeKind", texts(plans.ChangeStarted, plans.ChangeRenewed, plans.ChangeUpgraded, plans.ChangeDowngrade,
			plans.CancelScheduled, plans.CancelWithdrawn, plans.ChangeCanceled, plans.ChangePaused, plans.ChangeResumed, plans.ChangeUnpaid, plans.ChangeExpired)},
		{"user_sessions_end_reason_known", "SessionEndReason", texts(security.EndedSignedOut, security.EndedRevoked, security.EndedExpired, security.EndedRenewed)},
	} {
		var text string
		if err := d.Owner.GetContext(t.Context(), &text, `select pg_get_constraintdef(oid) from pg_constraint where conname = $1 and conparentid = 0 limit 1`, e.constraint); err != nil {
			t.Errorf("%s: %v", e.constraint, err)
			continue
		}
		compare(t, e.constraint, quoted(text), e.domain)
		compareWithSchema(t, e.schema, e.domain)
	}
}

// The states of jobs are a type of the queue's, which is no part of our migrations.
func TestTheStatesOfJobsAreThoseOfTheQueue(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var states []string
	if err := d.Owner.Select(t.Context(), &states, dbtest.SQL(`select s::text from unnest(enum_range(null::river.river_job_state)) s`)); err != nil {
		t.Fatal(err)
	}
	compare(t, "river_job_state", states, texts(operations.JobStates...))
	compareWithSchema(t, "JobState", texts(operations.JobStates...))
}

// The reasons of the access decision stand in the view's second CASE.
func TestTheReasonsOfTheViewAreThoseOfTheDomainAndTheSchema(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var view string
	if err := d.Owner.GetContext(t.Context(), &view, `select pg_get_viewdef('user_content_access')`); err != nil {
		t.Fatal(err)
	}
	reasons := texts(content.OpenToAll, content.OnceSignedIn, content.ByPlan, content.ByGrant, content.ByRole, content.SignInRequired, content.PlanRequired,
		content.AccessDenied, content.NotYetOpen, content.PrerequisiteMissing, content.NotPublished, content.AccountInactive)
	var inView []string
	for _, m := range regexp.MustCompile(`(?:THEN|ELSE) '(\w+)'::text`).FindAllStringSubmatch(view, -1) {
		inView = append(inView, m[1])
	}
	compare(t, "user_content_access", inView, reasons)
	compareWithSchema(t, "AccessReason", reasons)
}

func quoted(constraint string) []string {
	var values []string
	for _, m := range regexp.MustCompile(`'([^']+)'::text`).FindAllStringSubmatch(constraint, -1) {
		values = append(values, m[1])
	}
	return values
}

func compareWithSchema(t *testing.T, enum string, want []string) {
	t.Helper()
	if enum == "" {
		return
	}
	var values []string
	for _, v := range graph.NewExecutableSchema(graph.Config{}).Schema().Types[enum].EnumValues {
		values = append(values, strings.ToLower(v.Name))
	}
	shown := make([]string, len(want))
	for i, v := range want {
		shown[i] = strings.ReplaceAll(v, ".", "_")
	}
	compare(t, enum, values, shown)
}

func compare(t *testing.T, where string, got, want []string) {
	t.Helper()
	got, want = slices.Clone(got), slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("%s has %v, the domain has %v", where, got, want)
	}
}
