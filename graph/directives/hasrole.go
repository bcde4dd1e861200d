package directives

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
)

func hasRole(ctx context.Context, _ any, next graphql.Resolver, role string) (any, error) {
	if !slices.Contains(domain.ViewerFrom(ctx).Roles, role) {
		return nil, refuse(ctx, "needs the role "+role)
	}
	return next(ctx)
}
