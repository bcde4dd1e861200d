package directives

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
)

func authenticated(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	if !domain.ViewerFrom(ctx).SignedIn() {
		return nil, refuse(ctx, "")
	}
	return next(ctx)
}
