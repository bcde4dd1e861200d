package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
)

// itemsPage announces what will be asked of a page's items.
func itemsPage(ctx context.Context, p *domain.Page[*content.Item], err error) (*domain.Page[*content.Item], error) {
	if err != nil {
		return nil, err
	}
	return p, expectItems(ctx, rows(ctx), p.Nodes())
}

func expectItems(ctx context.Context, fields asked, items []*content.Item) error {
	load, ids := loaders.From(ctx), keys(items, func(i *content.Item) domain.ItemID { return i.ID })
	branches := func() []domain.CategoryID {
		return keys(items, func(i *content.Item) domain.CategoryID { return i.CategoryID })
	}
	if fields.has("category") {
		load.Categories().Expect(ctx, branches())
		if fields.below(ctx, "category").has("path") {
			load.Paths().Expect(ctx, branches())
		}
	}
	if fields.has("author") {
		for _, i := range items {
			if i.AuthorID != nil {
				load.Users().Expect(ctx, []domain.UserID{*i.AuthorID})
			}
		}
	}
	if fields.has("popularity") {
		load.Popularity().Expect(ctx, ids)
	}
	if fields.has("myProgress") && domain.ViewerFrom(ctx).SignedIn() {
		load.Progress().Expect(ctx, ids)
	}
	if err := expectFiles(ctx, fields, ids); err != nil {
		return err
	}
	if !fields.has("access", "body") {
		return nil
	}
	load.Access().Expect(ctx, ids)
	return expectBehindTheDecision(ctx, fields, ids)
}

// expectBehindTheDecision announces what is read only for open items, and only for locked ones.
func expectBehindTheDecision(ctx context.Context, fields asked, ids []domain.ItemID) error {
	body, remedy := fields.has("body"), fields.below(ctx, "access").has("remedy")
	if !body && !remedy {
		return nil
	}
	load := loaders.From(ctx)
	for _, id := range ids {
		access, err := load.Access().Load(ctx, id)
		switch {
		case err != nil:
			return err
		case access == nil:
		case access.HasAccess && body:
			load.Bodies().Expect(ctx, []domain.ItemID{id})
		case !access.HasAccess && remedy:
			load.LockFacts().Expect(ctx, []domain.ItemID{id})
		}
	}
	return nil
}

// branches announces what will be asked of a list of branches: their own branches, and the first page of their items.
func branches(ctx context.Context, list []*content.Category, err error) ([]*content.Category, error) {
	if err != nil {
		return nil, err
	}
	load, fields := loaders.From(ctx), collect(ctx, graphql.GetFieldContext(ctx).Field)
	ids := keys(list, func(k *content.Category) domain.CategoryID { return k.ID })
	if fields.has("children") {
		load.Children().Expect(ctx, ids)
	}
	if fields.has("path") {
		load.Paths().Expect(ctx, ids)
	}
	items, ok := fields["items"]
	if !ok {
		return list, nil
	}
	args := items.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	if args["last"] != nil || args["after"] != nil || args["before"] != nil {
		return list, nil
	}
	below, _ := args["below"].(bool)
	size := int32(domain.DefaultPage)
	if n, given := wholeNumber(args["first"]); given {
		size = int32(n) //nolint:gosec // 1 to 100, the limits saw to that
	}
	load.CategoryItems().Expect(ctx, keys(list, func(k *content.Category) loaders.CategoryItemsKey {
		return firstItemsKey(ctx, items, k.ID, below, size)
	}))
	return list, nil
}

// firstItemsKey asks for the first page of a branch's items, with what will be asked of them.
func firstItemsKey(ctx context.Context, connection graphql.CollectedField, branch domain.CategoryID, below bool, size int32) loaders.CategoryItemsKey {
	fields := rowsOf(ctx, connection)
	return loaders.CategoryItemsKey{
		Branch: branch, Below: below, Size: size,
		Access: fields.has("access", "body"), Progress: fields.has("myProgress") && domain.ViewerFrom(ctx).SignedIn(),
	}
}

// hitsPage announces what will be asked of a page of search hits.
func hitsPage(ctx context.Context, p *domain.Page[*content.Hit], err error) (*domain.Page[*content.Hit], error) {
	if err != nil {
		return nil, err
	}
	return p, expectItems(ctx, rows(ctx), keys(p.Nodes(), func(h *content.Hit) *content.Item { return &h.Item }))
}
