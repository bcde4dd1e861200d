package relations

import (
	"lyceum/domain"
	"lyceum/domain/operations"
)

// AlertAcknowledgedBy is who looks after an alert.
var AlertAcknowledgedBy = user(func(a *operations.Alert) *domain.UserID { return a.AcknowledgedBy })
