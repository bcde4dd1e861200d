package directives

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
)

func hasPermission(ctx context.Context, _ any, next graphql.Resolver, permission domain.Permission) (any, error) {
	if !domain.ViewerFrom(ctx).May(permission) {
		return nil, refuse(ctx, "needs the permission "+string(permission))
	}
	return next(ctx)
}
