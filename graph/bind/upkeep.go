package bind

import (
	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain/operations"
)

// The upkeep of the database.
type (
	PartitionSet  = operations.PartitionSet
	RetentionRule = operations.RetentionRule
	LogArchive    = operations.Archive
	TableHealth   = operations.TableHealth
	TableProblem  = operations.TableProblem
	IndexHealth   = operations.IndexHealth
	IndexProblem  = operations.IndexProblem
)

func MarshalTableProblem(v operations.TableProblem) graphql.Marshaler { return writeEnum(v) }
func UnmarshalTableProblem(v any) (operations.TableProblem, error) {
	return readEnum[operations.TableProblem](v)
}

func MarshalIndexProblem(v operations.IndexProblem) graphql.Marshaler { return writeEnum(v) }
func UnmarshalIndexProblem(v any) (operations.IndexProblem, error) {
	return readEnum[operations.IndexProblem](v)
}
