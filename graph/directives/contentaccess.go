package directives

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
)

func contentAccess(ctx context.Context, obj any, next graphql.Resolver) (any, error) {
	item, ok := obj.(*content.Item)
	if !ok {
		return nil, fmt.Errorf("@contentAccess guards items, not %T", obj)
	}
	access, err := loaders.From(ctx).Access().Load(ctx, item.ID)
	if err != nil {
		return nil, err
	}
	if access == nil {
		return nil, domain.Errorf(domain.CodeNotFound, "there is no such item")
	}
	if !access.HasAccess {
		return nil, access.Locked()
	}
	return next(ctx)
}
