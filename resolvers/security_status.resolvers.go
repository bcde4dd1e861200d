package resolvers

import (
	"context"

	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph/relations"
)

func (r *userResolver) SecurityStatus(ctx context.Context, obj *users.User) (*security.Status, error) {
	return relations.UserSecurityStatus.Of(ctx, obj)
}
