package bind

import (
	"io"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
)

// MarshalID and its kin write and read global ids; gqlgen.yml lists them. A malformed id, or one of another kind, is
// refused before anything runs.
func MarshalID(id domain.GlobalID) graphql.Marshaler { return graphql.MarshalString(id.String()) }

// UnmarshalID reads an id of any kind.
func UnmarshalID(v any) (domain.GlobalID, error) {
	s, ok := v.(string)
	if !ok {
		return domain.GlobalID{}, invalid("an id must be a string")
	}
	id, err := domain.ParseGlobalID(s)
	return id, refused(err)
}

func writeID[T domain.TypedID](id T) graphql.Marshaler {
	// Here and in scalars.go: gqlgen writes into memory.
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(append(domain.AppendID([]byte{'"'}, id), '"')) })
}

func readID[T domain.TypedID](v any) (T, error) {
	var none T
	global, err := UnmarshalID(v)
	if err != nil {
		return none, err
	}
	id, err := domain.AsID[T](global)
	return id, refused(err)
}

// The kinds.
func MarshalUserID(id domain.UserID) graphql.Marshaler { return writeID(id) }
func UnmarshalUserID(v any) (domain.UserID, error)     { return readID[domain.UserID](v) }

func MarshalRoleID(id domain.RoleID) graphql.Marshaler { return writeID(id) }
func UnmarshalRoleID(v any) (domain.RoleID, error)     { return readID[domain.RoleID](v) }

func MarshalPlanID(id domain.PlanID) graphql.Marshaler { return writeID(id) }
func UnmarshalPlanID(v any) (domain.PlanID, error)     { return readID[domain.PlanID](v) }

func MarshalSubscriptionID(id domain.SubscriptionID) graphql.Marshaler { return writeID(id) }
func UnmarshalSubscriptionID(v any) (domain.SubscriptionID, error) {
	return readID[domain.SubscriptionID](v)
}

func MarshalCategoryID(id domain.CategoryID) graphql.Marshaler { return writeID(id) }
func UnmarshalCategoryID(v any) (domain.CategoryID, error)     { return readID[domain.CategoryID](v) }

func MarshalItemID(id domain.ItemID) graphql.Marshaler { return writeID(id) }
func UnmarshalItemID(v any) (domain.ItemID, error)     { return readID[domain.ItemID](v) }

func MarshalGrantID(id domain.GrantID) graphql.Marshaler { return writeID(id) }
func UnmarshalGrantID(v any) (domain.GrantID, error)     { return readID[domain.GrantID](v) }

func MarshalSessionID(id domain.SessionID) graphql.Marshaler { return writeID(id) }
func UnmarshalSessionID(v any) (domain.SessionID, error)     { return readID[domain.SessionID](v) }

func MarshalAttemptID(id domain.AttemptID) graphql.Marshaler { return writeID(id) }
func UnmarshalAttemptID(v any) (domain.AttemptID, error)     { return readID[domain.AttemptID](v) }

func MarshalEventID(id domain.EventID) graphql.Marshaler { return writeID(id) }
func UnmarshalEventID(v any) (domain.EventID, error)     { return readID[domain.EventID](v) }

func MarshalAuditID(id domain.AuditID) graphql.Marshaler { return writeID(id) }
func UnmarshalAuditID(v any) (domain.AuditID, error)     { return readID[domain.AuditID](v) }

func MarshalPaymentID(id domain.PaymentID) graphql.Marshaler { return writeID(id) }
func UnmarshalPaymentID(v any) (domain.PaymentID, error)     { return readID[domain.PaymentID](v) }

func MarshalChangeID(id domain.ChangeID) graphql.Marshaler { return writeID(id) }
func UnmarshalChangeID(v any) (domain.ChangeID, error)     { return readID[domain.ChangeID](v) }

func MarshalVerificationID(id domain.VerificationID) graphql.Marshaler { return writeID(id) }
func UnmarshalVerificationID(v any) (domain.VerificationID, error) {
	return readID[domain.VerificationID](v)
}

func MarshalConsumptionID(id domain.ConsumptionID) graphql.Marshaler { return writeID(id) }
func UnmarshalConsumptionID(v any) (domain.ConsumptionID, error) {
	return readID[domain.ConsumptionID](v)
}

func MarshalTokenID(id domain.TokenID) graphql.Marshaler { return writeID(id) }
func UnmarshalTokenID(v any) (domain.TokenID, error)     { return readID[domain.TokenID](v) }

func MarshalRefreshTokenID(id domain.RefreshTokenID) graphql.Marshaler { return writeID(id) }
func UnmarshalRefreshTokenID(v any) (domain.RefreshTokenID, error) {
	return readID[domain.RefreshTokenID](v)
}

func MarshalPasswordChangeID(id domain.PasswordChangeID) graphql.Marshaler { return writeID(id) }
func UnmarshalPasswordChangeID(v any) (domain.PasswordChangeID, error) {
	return readID[domain.PasswordChangeID](v)
}
