package bind

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/integration"
	"lyceum/domain/operations"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
)

// enum is one entry of the dictionary: how it is read and written, and the values that the domain knows.
type enum struct {
	read  func(any) (string, error)
	write func(string) graphql.Marshaler
	known []string
}

func entry[T ~string](read func(any) (T, error), write func(T) graphql.Marshaler, known ...T) enum {
	e := enum{
		read:  func(v any) (string, error) { got, err := read(v); return string(got), err },
		write: func(s string) graphql.Marshaler { return write(T(s)) },
	}
	for _, v := range known {
		e.known = append(e.known, string(v))
	}
	return e
}

var enums = map[string]enum{
	"AccountStatus": entry(UnmarshalAccountStatus, MarshalAccountStatus,
		users.StatusPending, users.StatusActive, users.StatusSuspended, users.StatusLocked, users.StatusClosed),
	"UserOrder":    entry(UnmarshalUserOrder, MarshalUserOrder, users.NewestFirst, users.OldestFirst, users.ByUsername, users.RecentLoginFirst),
	"BillingCycle": entry(UnmarshalBillingCycle, MarshalBillingCycle, plans.Monthly, plans.Yearly, plans.Lifetime),
	"UserSubscriptionStatus": entry(UnmarshalUserSubscriptionStatus, MarshalUserSubscriptionStatus, plans.Pending, plans.Incomplete,
		plans.Trialing, plans.Active, plans.PastDue, plans.Paused, plans.Canceled, plans.Expired),
	"ContentItemKind": entry(UnmarshalContentItemKind, MarshalContentItemKind,
		content.Lesson, content.Notebook, content.Video, content.Course, content.Module, content.Dataset),
	"ContentItemStatus": entry(UnmarshalContentItemStatus, MarshalContentItemStatus, content.Draft, content.Published, content.Archived),
	"ContentItemOrder":  entry(UnmarshalContentItemOrder, MarshalContentItemOrder, content.NewestFirst, content.OldestFirst, content.ByTitle),
	"AccessReason": entry(UnmarshalAccessReason, MarshalAccessReason, content.OpenToAll, content.OnceSignedIn, content.ByPlan,
		content.ByGrant, content.ByRole, content.SignInRequired, content.PlanRequired, content.AccessDenied, content.NotYetOpen,
		content.PrerequisiteMissing, content.NotPublished, content.AccountInactive),
	"GrantEffect": entry(UnmarshalGrantEffect, MarshalGrantEffect, content.Allow, content.Deny),
	"ContentPopularityOrder": entry(UnmarshalContentPopularityOrder, MarshalContentPopularityOrder,
		analytics.MostViewed, analytics.MostViewed30d, analytics.MostCompleted, analytics.BestRated),
	"LoginAttemptStatus": entry(UnmarshalLoginAttemptStatus, MarshalLoginAttemptStatus,
		security.AttemptSuccess, security.AttemptFailed, security.AttemptThrottled),
	"Severity":    entry(UnmarshalSeverity, MarshalSeverity, security.Info, security.Warning, security.Erring, security.Critical),
	"AuditAction": entry(UnmarshalAuditAction, MarshalAuditAction, security.RowInserted, security.RowUpdated, security.RowDeleted),
	"MailStatus": entry(UnmarshalMailStatus, MarshalMailStatus,
		integration.MailQueued, integration.MailSent, integration.MailFailed, integration.MailDropped),
	"BulkMode":  entry(UnmarshalBulkMode, MarshalBulkMode, domain.AllOrNothing, domain.Each),
	"TimeOrder": entry(UnmarshalTimeOrder, MarshalTimeOrder, domain.NewestFirst, domain.OldestFirst),
	"VerificationPurpose": entry(UnmarshalVerificationPurpose, MarshalVerificationPurpose, users.ProveEmail, users.ProvePhone, users.ResetPassword,
		users.Invitation, users.ChangeEmail, users.UndoEmail),
	"PlanOrder":             entry(UnmarshalPlanOrder, MarshalPlanOrder, plans.PlansByPosition, plans.NewestPlanFirst),
	"UserSubscriptionOrder": entry(UnmarshalUserSubscriptionOrder, MarshalUserSubscriptionOrder, plans.NewestFirst, plans.OldestFirst, plans.EndingSoonestFirst),
	"PaymentOrder": entry(UnmarshalPaymentOrder, MarshalPaymentOrder,
		plans.NewestPaymentFirst, plans.OldestPaymentFirst, plans.LargestPaymentFirst),
	"PaymentStatus": entry(UnmarshalPaymentStatus, MarshalPaymentStatus,
		plans.PaymentPending, plans.PaymentSucceeded, plans.PaymentFailed, plans.PaymentRefunded),
	"SubscriptionChangeKind": entry(UnmarshalSubscriptionChangeKind, MarshalSubscriptionChangeKind, changeKinds...),
	"ContentGrantOrder": entry(UnmarshalContentGrantOrder, MarshalContentGrantOrder,
		content.NewestGrantFirst, content.OldestGrantFirst, content.EndingGrantFirst),
	"ContentLibraryOrder": entry(UnmarshalContentLibraryOrder, MarshalContentLibraryOrder,
		content.BegunLastFirst, content.ChangedLastFirst, content.LibraryByTitle),
	"CategoryOrder":    entry(UnmarshalCategoryOrder, MarshalCategoryOrder, content.ByPosition, content.ByName),
	"ImportConflict":   entry(UnmarshalImportConflict, MarshalImportConflict, content.ChangedHere, content.ChangedInBoth),
	"ConsumptionEvent": entry(UnmarshalConsumptionEvent, MarshalConsumptionEvent, content.Opened, content.Progressed, content.Completed),
	"ProgressOrder":    entry(UnmarshalProgressOrder, MarshalProgressOrder, content.RecentlyUpdatedFirst, content.LeastRecentlyUpdatedFirst),
	"SessionOrder":     entry(UnmarshalSessionOrder, MarshalSessionOrder, security.NewestSessionFirst, security.RecentlySeenFirst),
	"SessionEndReason": entry(UnmarshalSessionEndReason, MarshalSessionEndReason,
		security.EndedSignedOut, security.EndedRevoked, security.EndedExpired, security.EndedRenewed),
	"TableProblem":      entry(UnmarshalTableProblem, MarshalTableProblem, operations.TableProblems...),
	"IndexProblem":      entry(UnmarshalIndexProblem, MarshalIndexProblem, operations.IndexProblems...),
	"BackupKind":        entry(UnmarshalBackupKind, MarshalBackupKind, operations.BackupKinds...),
	"BackupState":       entry(UnmarshalBackupState, MarshalBackupState, operations.BackupStates...),
	"BackupReason":      entry(UnmarshalBackupReason, MarshalBackupReason, operations.BackupReasons...),
	"RestoreDrillState": entry(UnmarshalRestoreDrillState, MarshalRestoreDrillState, operations.DrillStates...),
	"HealthLevel":       entry(UnmarshalHealthLevel, MarshalHealthLevel, operations.Levels...),
	"JobState":          entry(UnmarshalJobState, MarshalJobState, operations.JobStates...),
	"Permission":        entry(UnmarshalPermission, MarshalPermission, domain.Permissions...),
}

var changeKinds = []plans.ChangeKind{
	plans.ChangeStarted, plans.ChangeRenewed, plans.ChangeUpgraded, plans.ChangeDowngrade, plans.CancelScheduled, plans.CancelWithdrawn,
	plans.ChangeCanceled, plans.ChangePaused, plans.ChangeResumed, plans.ChangeUnpaid, plans.ChangeExpired,
}

func written(m graphql.Marshaler) string {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	return b.String()
}

var (
	enumBlock = regexp.MustCompile(`(?ms)^enum (\w+)[^{]*\{(.*?)^\}`)
	enumValue = regexp.MustCompile(`(?m)^\s+([A-Z][A-Z0-9_]*)`)
)

// words are the values of every enum of the schema.
func words(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../schema/*.graphqls")
	if err != nil || len(files) < 5 {
		t.Fatalf("the schema is not where it was: %v, %v", files, err)
	}
	all := map[string][]string{}
	for _, file := range append(files, "../../schema.graphqls") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range enumBlock.FindAllStringSubmatch(string(text), -1) {
			for _, value := range enumValue.FindAllStringSubmatch(block[2], -1) {
				all[block[1]] = append(all[block[1]], value[1])
			}
		}
	}
	return all
}

func TestTheSchemasEnumsAreThoseOfTheDomain(t *testing.T) {
	t.Parallel()
	schema := words(t)
	for name, e := range enums {
		var known []string
		for _, v := range e.known {
			known = append(known, strings.Trim(written(e.write(v)), `"`))
		}
		said := slices.Sorted(slices.Values(schema[name]))
		if slices.Sort(known); !slices.Equal(known, said) {
			t.Errorf("%s: the domain knows %v, the schema says %v", name, known, said)
		}
	}
	for name := range schema {
		if _, there := enums[name]; !there && !strings.HasSuffix(name, "ErrorCode") {
			t.Errorf("%s is in the schema and not in this test", name)
		}
	}
}

func TestAnEnumValueComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for name, e := range enums {
		for _, v := range e.known {
			var word string
			if err := json.Unmarshal([]byte(written(e.write(v))), &word); err != nil {
				t.Fatal(err)
			}
			if back, err := e.read(word); err != nil || back != v {
				t.Errorf("%s: %q is written %s and read %q, %v", name, v, word, back, err)
			}
		}
	}
}

func TestWhatIsNoWordIsNoEnumValue(t *testing.T) {
	t.Parallel()
	for name, e := range enums {
		for _, v := range []any{nil, 1, int64(1), 1.5, true, json.Number("1"), []any{"ACTIVE"}, map[string]any{}} {
			got, err := e.read(v)
			if got != "" {
				t.Errorf("%s: %#v is read as %q", name, v, got)
			}
			wantInvalid(t, name, err)
		}
	}
}

func TestAnUnheardOfPermissionIsInvalid(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"", "USERS", "USERS_DELETE", "users_read", "users.read", "USERS.READ"} {
		got, err := UnmarshalPermission(word)
		if got != "" {
			t.Errorf("%q is read as %q", word, got)
		}
		wantInvalid(t, word, err)
	}
}

func TestEveryIDTypeIsReadAndWrittenAsItself(t *testing.T) {
	t.Parallel()
	text := func(kind string) string { return kind + "_0190c0ffee00700080001234567890ab" }
	kinds := map[string]struct{ read, write any }{
		"user": {UnmarshalUserID, MarshalUserID}, "role": {UnmarshalRoleID, MarshalRoleID}, "plan": {UnmarshalPlanID, MarshalPlanID},
		"subscription": {UnmarshalSubscriptionID, MarshalSubscriptionID}, "category": {UnmarshalCategoryID, MarshalCategoryID},
		"item": {UnmarshalItemID, MarshalItemID}, "grant": {UnmarshalGrantID, MarshalGrantID}, "session": {UnmarshalSessionID, MarshalSessionID},
		"attempt": {UnmarshalAttemptID, MarshalAttemptID}, "event": {UnmarshalEventID, MarshalEventID}, "audit": {UnmarshalAuditID, MarshalAuditID},
	}
	for kind, f := range kinds {
		read := func(v any) (reflect.Value, error) {
			out := reflect.ValueOf(f.read).Call([]reflect.Value{reflect.ValueOf(&v).Elem()})
			err, _ := out[1].Interface().(error)
			return out[0], err
		}
		for other := range kinds {
			id, err := read(text(other))
			if other != kind {
				wantInvalid(t, other+" for "+kind, err)
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			m, _ := reflect.ValueOf(f.write).Call([]reflect.Value{id})[0].Interface().(graphql.Marshaler)
			if got := written(m); got != `"`+text(kind)+`"` {
				t.Errorf("%s is written %s", text(kind), got)
			}
		}
		for _, bad := range []any{nil, 7, "", kind, text(kind) + "0", strings.ToUpper(text(kind))} {
			_, err := read(bad)
			wantInvalid(t, kind, err)
		}
	}
}
