package resolvers

import (
	"context"

	"lyceum/domain/operations"
)

func (r *queryResolver) Health(ctx context.Context) (*operations.Health, error) {
	return r.Doctor.Examine(ctx, operations.Usual)
}
