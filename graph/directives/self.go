package directives

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/domain/users"
)

func self(ctx context.Context, obj any, next graphql.Resolver, or domain.Permission) (any, error) {
	viewer := domain.ViewerFrom(ctx)
	if !viewer.Is(ownerOf(obj)) && !viewer.May(or) {
		return nil, refuse(ctx, "this is somebody else's; needs the permission "+string(or))
	}
	return next(ctx)
}

// ownerOf tells whose an object is. One that is not listed is nobody's: only the permission opens it.
func ownerOf(obj any) domain.UserID {
	switch o := obj.(type) {
	case *users.User:
		return o.ID
	case *plans.Subscription:
		return o.OwnerID
	default:
		return domain.Visitor
	}
}
