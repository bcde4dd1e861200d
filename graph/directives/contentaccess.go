package directives

import (
	"context"
	"fmt"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
)

// ContentAccess lets a viewer pass who may open the item now. Errors: CONTENT_LOCKED with the reason, NOT_FOUND.
func ContentAccess(ctx context.Context, _ domain.Viewer, obj any) error {
	item, ok := obj.(*content.Item)
	if !ok {
		return fmt.Errorf("@contentAccess guards items, not %T", obj)
	}
	access, err := loaders.Access.Load(ctx, loaders.From(ctx), item.ID)
	switch {
	case err != nil:
		return err
	case access == nil:
		return domain.Errorf(domain.CodeNotFound, "the item does not exist")
	case !access.HasAccess:
		return access.Locked()
	}
	return nil
}

// ReadsContentAccess names the rows that ContentAccess looks at; a refusal tells the reason.
const ReadsContentAccess = "content.Access"

// PrefetchContentAccess asks the access decision for many items at once.
func PrefetchContentAccess(ctx context.Context, items []*content.Item) {
	ids := make([]domain.ItemID, len(items))
	for i, item := range items {
		ids[i] = item.ID
	}
	loaders.Access.Prefetch(ctx, loaders.From(ctx), ids)
}
