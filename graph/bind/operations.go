package bind

import (
	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/domain/operations"
)

// Operations.
type (
	Job             = operations.Job
	JobConnection   = domain.Page[*operations.Job]
	JobEdge         = domain.Edge[*operations.Job]
	JobFilter       = operations.JobFilter
	JobState        = operations.JobState
	JobKind         = operations.JobKind
	RetryJobInput   = operations.RetryJobCommand
	DiscardJobInput = operations.DiscardJobCommand
)

func MarshalJobID(id domain.JobID) graphql.Marshaler { return writeID(id) }
func UnmarshalJobID(v any) (domain.JobID, error)     { return readID[domain.JobID](v) }

func MarshalJobState(v operations.JobState) graphql.Marshaler { return writeEnum(v) }
func UnmarshalJobState(v any) (operations.JobState, error)    { return readEnum[operations.JobState](v) }
