package bind

import (
	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/domain/integration"
)

// Mail.
type (
	MailMessage           = integration.Message
	MailMessageConnection = domain.Page[*integration.Message]
	MailMessageEdge       = domain.Edge[*integration.Message]
	MailMessageFilter     = integration.MessageFilter
	MailStatus            = integration.MailStatus
	RetryMailInput        = integration.RetryCommand
)

func MarshalMailID(id domain.MailID) graphql.Marshaler { return writeID(id) }
func UnmarshalMailID(v any) (domain.MailID, error)     { return readID[domain.MailID](v) }

func MarshalMailStatus(v integration.MailStatus) graphql.Marshaler { return writeEnum(v) }
func UnmarshalMailStatus(v any) (integration.MailStatus, error) {
	return readEnum[integration.MailStatus](v)
}
