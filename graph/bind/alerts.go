package bind

import (
	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/domain/operations"
)

// Health and alerts.
type (
	Health                = operations.Health
	HealthFinding         = operations.Finding
	HealthLevel           = operations.Level
	AlertRule             = operations.AlertRule
	QuietHours            = operations.QuietHours
	QuietHoursInput       = operations.QuietHours
	Alert                 = operations.Alert
	AlertConnection       = domain.Page[*operations.Alert]
	AlertEdge             = domain.Edge[*operations.Alert]
	AlertFilter           = operations.AlertFilter
	AcknowledgeAlertInput = operations.AcknowledgeAlertCommand
	SetAlertRuleInput     = operations.SetAlertRuleCommand
)

func MarshalAlertID(id domain.AlertID) graphql.Marshaler         { return writeID(id) }
func UnmarshalAlertID(v any) (domain.AlertID, error)             { return readID[domain.AlertID](v) }
func MarshalAlertRuleID(id domain.AlertRuleID) graphql.Marshaler { return writeID(id) }
func UnmarshalAlertRuleID(v any) (domain.AlertRuleID, error)     { return readID[domain.AlertRuleID](v) }

func MarshalHealthLevel(v operations.Level) graphql.Marshaler { return writeEnum(v) }
func UnmarshalHealthLevel(v any) (operations.Level, error)    { return readEnum[operations.Level](v) }
