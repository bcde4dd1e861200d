package directives

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
)

// guard makes a directive of gqlgen out of a guard without arguments.
func guard(ask func(ctx context.Context, viewer domain.Viewer, obj any) error) func(context.Context, any, graphql.Resolver) (any, error) {
	return func(ctx context.Context, obj any, next graphql.Resolver) (any, error) {
		if err := ask(ctx, domain.ViewerFrom(ctx), obj); err != nil {
			return nil, err
		}
		return next(ctx)
	}
}

// guardWith makes one out of a guard with an argument.
func guardWith[A any](
	ask func(ctx context.Context, viewer domain.Viewer, obj any, arg A) error,
) func(context.Context, any, graphql.Resolver, A) (any, error) {
	return func(ctx context.Context, obj any, next graphql.Resolver, arg A) (any, error) {
		if err := ask(ctx, domain.ViewerFrom(ctx), obj, arg); err != nil {
			return nil, err
		}
		return next(ctx)
	}
}

// refuse is the error for a viewer who is not allowed: an anonymous one is asked to sign in.
func refuse(viewer domain.Viewer, needs string) error {
	if !viewer.SignedIn() {
		return domain.Errorf(domain.CodeUnauthenticated, "you must be signed in")
	}
	return domain.Errorf(domain.CodeForbidden, "%s", needs)
}
