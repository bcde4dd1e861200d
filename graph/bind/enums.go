package bind

import (
	"strings"

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
	return graphql.MarshalString(strings.ToUpper(strings.ReplaceAll(string(v), ".", "_")))
}

func readEnum[T ~string](v any) (T, error) {
	s, ok := v.(string)
	if !ok {
		return "", invalid("an enum value is a bare word")
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

func MarshalSubscriptionStatus(v plans.SubscriptionStatus) graphql.Marshaler { return writeEnum(v) }
func UnmarshalSubscriptionStatus(v any) (plans.SubscriptionStatus, error) {
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
	return "", invalid("there is no such permission")
}
