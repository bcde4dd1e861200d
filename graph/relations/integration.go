package relations

import (
	"lyceum/domain"
	"lyceum/domain/integration"
)

// MailMessageUser is to whom a message is sent.
var MailMessageUser = user(func(m *integration.Message) *domain.UserID { return m.UserID })
