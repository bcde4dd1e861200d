package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
)

func itemID(i *content.Item) *domain.ItemID              { return &i.ID }
func branchOf(i *content.Item) *domain.CategoryID        { return &i.CategoryID }
func branchID(k *content.Category) *domain.CategoryID    { return &k.ID }
func hitsItem(h *content.Hit) *content.Item              { return &h.Item }
func learnedBy(p *content.Progress) *domain.UserID       { return &p.UserID }
func learnedFrom(p *content.Progress) *domain.ItemID     { return &p.ItemID }
func consumedBy(c *content.Consumption) *domain.UserID   { return &c.UserID }
func consumedItem(c *content.Consumption) *domain.ItemID { return &c.ItemID }

func expectItems(ctx context.Context, fields asked, items []*content.Item) error {
	load := loaders.From(ctx)
	expect(ctx, fields, "author", load.Users, items, func(i *content.Item) *domain.UserID { return i.AuthorID })
	expect(ctx, fields, "popularity", load.Popularity, items, itemID)
	expect(ctx, fields, "myProgress", load.Progress, items, itemID)
	expect(ctx, fields, "prerequisites", load.Prerequisites, items, itemID)
	if fields.has("access", "body") {
		load.Access().Expect(ctx, keys(items, itemID))
	}
	if err := expectBelow(ctx, fields, "category", load.Categories, items, branchOf, expectBranches); err != nil {
		return err
	}
	if err := expectChildren(ctx, fields, "learners", load.Learners, items, itemID, expectProgress); err != nil {
		return err
	}
	return expectBehindTheDecision(ctx, fields, keys(items, itemID))
}

// expectBehindTheDecision announces what is read only for open items, and only for locked ones.
func expectBehindTheDecision(ctx context.Context, fields asked, ids []domain.ItemID) error {
	remedy := fields.has("access") && aheadOf(ctx).fields(fields["access"].below).has("remedy")
	if !remedy && !fields.has("body") {
		return nil
	}
	load := loaders.From(ctx)
	decisions, err := load.Access().All(ctx, ids)
	if err != nil {
		return err
	}
	var open, locked []domain.ItemID
	for _, access := range decisions {
		if access.HasAccess {
			open = append(open, access.ItemID)
		} else {
			locked = append(locked, access.ItemID)
		}
	}
	if fields.has("body") {
		load.Bodies().Expect(ctx, open)
	}
	if remedy {
		load.LockFacts().Expect(ctx, locked)
	}
	return nil
}

func expectHits(ctx context.Context, fields asked, hits []*content.Hit) error {
	items := make([]*content.Item, len(hits))
	for i, h := range hits {
		items[i] = hitsItem(h)
	}
	return expectItems(ctx, fields, items)
}

func expectBranches(ctx context.Context, fields asked, list []*content.Category) error {
	load := loaders.From(ctx)
	expect(ctx, fields, "path", load.Paths, list, branchID)
	expect(ctx, fields, "parent", load.Categories, list, func(k *content.Category) *domain.CategoryID { return k.ParentID })
	if f := fields["children"]; f != nil {
		lists, err := load.Children().All(ctx, keys(list, branchID))
		if err != nil {
			return err
		}
		var children []*content.Category
		for _, l := range lists {
			children = append(children, l...)
		}
		if err := expectBranches(ctx, aheadOf(ctx).fields(f.below), children); err != nil || len(children) == 0 {
			return err
		}
	}
	return expectBranchItems(ctx, fields["items"], list)
}

// expectBranchItems announces the first pages of the branches' items, and what is asked of those.
func expectBranchItems(ctx context.Context, f *want, list []*content.Category) error {
	if f == nil || len(list) == 0 {
		return nil
	}
	size, first := aheadOf(ctx).firstPage(f.Field)
	if !first {
		return nil
	}
	aheadOf(ctx).once(f.Field)
	pages, err := loaders.From(ctx).CategoryItems().All(ctx, keys(list, func(k *content.Category) *loaders.CategoryItemsKey {
		return &loaders.CategoryItemsKey{Branch: k.ID, Below: below(ctx, f), Size: size}
	}))
	if err != nil {
		return err
	}
	var items []*content.Item
	for _, page := range pages {
		items = append(items, page.Nodes()...)
	}
	if len(items) == 0 {
		return nil
	}
	return expectItems(ctx, aheadOf(ctx).rowsOf(f.Field, f.below), items)
}

// below tells whether the items of all branches below are asked too.
func below(ctx context.Context, f *want) bool {
	yes, _ := f.ArgumentMap(aheadOf(ctx).vars)["below"].(bool)
	return yes
}

func expectGrants(ctx context.Context, fields asked, grants []*content.Grant) error {
	load := loaders.From(ctx)
	expect(ctx, fields, "user", load.Users, grants, func(g *content.Grant) *domain.UserID { return &g.UserID })
	expect(ctx, fields, "grantedBy", load.Users, grants, func(g *content.Grant) *domain.UserID { return g.GrantedBy })
	expect(ctx, fields, "revokedBy", load.Users, grants, func(g *content.Grant) *domain.UserID { return g.RevokedBy })
	expect(ctx, fields, "category", load.Categories, grants, func(g *content.Grant) *domain.CategoryID { return g.CategoryID })
	return expectBelow(ctx, fields, "item", load.Items, grants, func(g *content.Grant) *domain.ItemID { return g.ItemID }, expectItems)
}

func expectConsumption(ctx context.Context, fields asked, reports []*content.Consumption) error {
	expect(ctx, fields, "user", loaders.From(ctx).Users, reports, consumedBy)
	return expectBelow(ctx, fields, "item", loaders.From(ctx).Items, reports, consumedItem, expectItems)
}

func expectProgress(ctx context.Context, fields asked, records []*content.Progress) error {
	expect(ctx, fields, "user", loaders.From(ctx).Users, records, learnedBy)
	return expectBelow(ctx, fields, "item", loaders.From(ctx).Items, records, learnedFrom, expectItems)
}
