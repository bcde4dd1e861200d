package bind

import (
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
)

// Enums are lower-case in the database and in Go, upper-case in GraphQL. The schema says which values there are; a test
// holds it against the lists in the domain.
func writeEnum[T ~string](v T) graphql.Marshaler {
	text, ok := enumTexts.Load(string(v))
	if !ok {
		text, _ = enumTexts.LoadOrStore(strings.Clone(string(v)), graphql.MarshalString(strings.ToUpper(strings.ReplaceAll(string(v), ".", "_"))))
	}
	return text.(graphql.Marshaler) //nolint:forcetypeassert // nothing else is stored
}

var enumTexts sync.Map // word in lower case → graphql.Marshaler; as many as the enums have values

func readEnum[T ~string](v any) (T, error) {
	s, ok := v.(string)
	if !ok {
		return "", invalid("an enum value must be a name without quotes")
	}
	return T(strings.ToLower(s)), nil
}

// The enums.
func MarshalAccountStatus(v users.AccountStatus) graphql.Marshaler { return writeEnum(v) }

func UnmarshalAccountStatus(v any) (users.AccountStatus, error) {
	return readEnum[users.AccountStatus](v)
}

func MarshalUserOrder(v users.Order) graphql.Marshaler { return writeEnum(v) }
func UnmarshalUserOrder(v any) (users.Order, error)    { return readEnum[users.Order](v) }

func MarshalBillingCycle(v plans.BillingCycle) graphql.Marshaler { return writeEnum(v) }
func UnmarshalBillingCycle(v any) (plans.BillingCycle, error)    { return readEnum[plans.BillingCycle](v) }

func MarshalUserSubscriptionStatus(v plans.SubscriptionStatus) graphql.Marshaler { return writeEnum(v) }

func UnmarshalUserSubscriptionStatus(v any) (plans.SubscriptionStatus, error) {
	return readEnum[plans.SubscriptionStatus](v)
}

func MarshalContentItemKind(v content.ItemKind) graphql.Marshaler { return writeEnum(v) }
func UnmarshalContentItemKind(v any) (content.ItemKind, error)    { return readEnum[content.ItemKind](v) }

func MarshalContentItemStatus(v content.ItemStatus) graphql.Marshaler { return writeEnum(v) }
func UnmarshalContentItemStatus(v any) (content.ItemStatus, error) {
	return readEnum[content.ItemStatus](v)
}

func MarshalContentItemOrder(v content.ItemOrder) graphql.Marshaler { return writeEnum(v) }
func UnmarshalContentItemOrder(v any) (content.ItemOrder, error) {
	return readEnum[content.ItemOrder](v)
}

func MarshalAccessReason(v content.AccessReason) graphql.Marshaler { return writeEnum(v) }
func UnmarshalAccessReason(v any) (content.AccessReason, error) {
	return readEnum[content.AccessReason](v)
}

func MarshalGrantEffect(v content.Effect) graphql.Marshaler { return writeEnum(v) }
func UnmarshalGrantEffect(v any) (content.Effect, error)    { return readEnum[content.Effect](v) }

func MarshalContentPopularityOrder(v analytics.PopularityOrder) graphql.Marshaler {
	return writeEnum(v)
}

func UnmarshalContentPopularityOrder(v any) (analytics.PopularityOrder, error) {
	return readEnum[analytics.PopularityOrder](v)
}

func MarshalLoginAttemptStatus(v security.AttemptStatus) graphql.Marshaler { return writeEnum(v) }
func UnmarshalLoginAttemptStatus(v any) (security.AttemptStatus, error) {
	return readEnum[security.AttemptStatus](v)
}

func MarshalSeverity(v security.Severity) graphql.Marshaler { return writeEnum(v) }
func UnmarshalSeverity(v any) (security.Severity, error)    { return readEnum[security.Severity](v) }

func MarshalAuditAction(v security.AuditAction) graphql.Marshaler { return writeEnum(v) }
func UnmarshalAuditAction(v any) (security.AuditAction, error) {
	return readEnum[security.AuditAction](v)
}

func MarshalPermission(v domain.Permission) graphql.Marshaler { return writeEnum(v) }
func UnmarshalPermission(v any) (domain.Permission, error) {
	s, _ := v.(string)
	for _, p := range domain.Permissions {
		if s == strings.ToUpper(strings.ReplaceAll(string(p), ".", "_")) {
			return p, nil
		}
	}
	return "", invalid("the permission is unknown")
}

func MarshalBulkMode(v domain.BulkMode) graphql.Marshaler { return writeEnum(v) }
func UnmarshalBulkMode(v any) (domain.BulkMode, error)    { return readEnum[domain.BulkMode](v) }

func MarshalTimeOrder(v domain.TimeOrder) graphql.Marshaler { return writeEnum(v) }
func UnmarshalTimeOrder(v any) (domain.TimeOrder, error)    { return readEnum[domain.TimeOrder](v) }

func MarshalVerificationPurpose(v users.VerificationPurpose) graphql.Marshaler { return writeEnum(v) }

func UnmarshalVerificationPurpose(v any) (users.VerificationPurpose, error) {
	return readEnum[users.VerificationPurpose](v)
}

func MarshalPlanOrder(v plans.PlanOrder) graphql.Marshaler { return writeEnum(v) }
func UnmarshalPlanOrder(v any) (plans.PlanOrder, error)    { return readEnum[plans.PlanOrder](v) }

func MarshalUserSubscriptionOrder(v plans.Order) graphql.Marshaler { return writeEnum(v) }
func UnmarshalUserSubscriptionOrder(v any) (plans.Order, error)    { return readEnum[plans.Order](v) }

func MarshalPaymentOrder(v plans.PaymentOrder) graphql.Marshaler { return writeEnum(v) }
func UnmarshalPaymentOrder(v any) (plans.PaymentOrder, error)    { return readEnum[plans.PaymentOrder](v) }

func MarshalPaymentStatus(v plans.PaymentStatus) graphql.Marshaler { return writeEnum(v) }
func UnmarshalPaymentStatus(v any) (plans.PaymentStatus, error) {
	return readEnum[plans.PaymentStatus](v)
}

func MarshalSubscriptionChangeKind(v plans.ChangeKind) graphql.Marshaler { return writeEnum(v) }
func UnmarshalSubscriptionChangeKind(v any) (plans.ChangeKind, error) {
	return readEnum[plans.ChangeKind](v)
}

func MarshalContentGrantOrder(v content.GrantOrder) graphql.Marshaler { return writeEnum(v) }
func UnmarshalContentGrantOrder(v any) (content.GrantOrder, error) {
	return readEnum[content.GrantOrder](v)
}

func MarshalContentLibraryOrder(v content.LibraryOrder) graphql.Marshaler { return writeEnum(v) }
func UnmarshalContentLibraryOrder(v any) (content.LibraryOrder, error) {
	return readEnum[content.LibraryOrder](v)
}

func MarshalCategoryOrder(v content.CategoryOrder) graphql.Marshaler { return writeEnum(v) }
func UnmarshalCategoryOrder(v any) (content.CategoryOrder, error) {
	return readEnum[content.CategoryOrder](v)
}

func MarshalImportConflict(v content.ImportConflict) graphql.Marshaler { return writeEnum(v) }
func UnmarshalImportConflict(v any) (content.ImportConflict, error) {
	return readEnum[content.ImportConflict](v)
}

func MarshalConsumptionEvent(v content.ReportKind) graphql.Marshaler { return writeEnum(v) }
func UnmarshalConsumptionEvent(v any) (content.ReportKind, error) {
	return readEnum[content.ReportKind](v)
}

func MarshalProgressOrder(v content.ProgressOrder) graphql.Marshaler { return writeEnum(v) }
func UnmarshalProgressOrder(v any) (content.ProgressOrder, error) {
	return readEnum[content.ProgressOrder](v)
}

func MarshalSessionOrder(v security.SessionOrder) graphql.Marshaler { return writeEnum(v) }
func UnmarshalSessionOrder(v any) (security.SessionOrder, error) {
	return readEnum[security.SessionOrder](v)
}

func MarshalSessionEndReason(v security.EndReason) graphql.Marshaler { return writeEnum(v) }
func UnmarshalSessionEndReason(v any) (security.EndReason, error) {
	return readEnum[security.EndReason](v)
}
