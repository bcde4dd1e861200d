package rows

import (
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
)

func itemID(i *content.Item) *domain.ItemID           { return &i.ID }
func branchID(k *content.Category) *domain.CategoryID { return &k.ID }

func decisions(l *loaders.Set) *loaders.Loader[domain.ItemID, *content.Access] { return l.Access() }

var itemLinks = map[string]link{
	"category": one("Category", branches, func(i *content.Item) *domain.CategoryID { return &i.CategoryID }),
	"author":   user(func(i *content.Item) *domain.UserID { return i.AuthorID }),
	"popularity": one("ContentPopularity",
		func(l *loaders.Set) *loaders.Loader[domain.ItemID, *analytics.Popularity] { return l.Popularity() }, itemID),
	"access":     one("ContentAccess", decisions, itemID),
	"myProgress": one("Progress", func(l *loaders.Set) *loaders.Loader[domain.ItemID, *content.Progress] { return l.Progress() }, itemID),
	"prerequisites": many("ContentItem",
		func(l *loaders.Set) *loaders.Loader[domain.ItemID, []*content.Item] { return l.Prerequisites() }, itemID),
	"learners": children("ProgressConnection",
		func(l *loaders.Set) *loaders.Loader[loaders.ChildrenKey[domain.ItemID], *domain.Page[*content.Progress]] {
			return l.Learners()
		}, itemID),
	"translations": many("ContentItem",
		func(l *loaders.Set) *loaders.Loader[domain.ItemID, []*content.Item] { return l.Translations() }, itemID),
	"body":     bodyLink,
	"bodyHtml": htmlLink,
	"files":    filesLink,
}

var accessLinks = map[string]link{"remedy": remedyLink}

var remedyLinks = map[string]link{
	"plan":          plan(func(r *content.Remedy) *domain.PlanID { return r.PlanID }),
	"prerequisites": missingLink,
}

var categoryLinks = map[string]link{
	"parent": one("Category", branches, func(k *content.Category) *domain.CategoryID { return k.ParentID }),
	"children": many("Category",
		func(l *loaders.Set) *loaders.Loader[domain.CategoryID, []*content.Category] { return l.Children() }, branchID),
	"path": many("Category",
		func(l *loaders.Set) *loaders.Loader[domain.CategoryID, []*content.Category] { return l.Paths() }, branchID),
	"items": pages("ContentItemConnection",
		func(l *loaders.Set) *loaders.Loader[loaders.CategoryItemsKey, *domain.Page[*content.Item]] {
			return l.CategoryItems()
		},
		func(k *content.Category, w ask) loaders.CategoryItemsKey {
			return loaders.CategoryItemsKey{Branch: k.ID, Below: w.below, Size: w.size}
		}),
}

var grantLinks = map[string]link{
	"user":      user(func(g *content.Grant) *domain.UserID { return &g.UserID }),
	"item":      item(func(g *content.Grant) *domain.ItemID { return g.ItemID }),
	"category":  one("Category", anyBranches, func(g *content.Grant) *domain.CategoryID { return g.CategoryID }),
	"grantedBy": user(func(g *content.Grant) *domain.UserID { return g.GrantedBy }),
	"revokedBy": user(func(g *content.Grant) *domain.UserID { return g.RevokedBy }),
}

var consumptionLinks = map[string]link{
	"user": user(func(c *content.Consumption) *domain.UserID { return &c.UserID }),
	"item": item(func(c *content.Consumption) *domain.ItemID { return &c.ItemID }),
}

var progressLinks = map[string]link{
	"user": user(func(p *content.Progress) *domain.UserID { return &p.UserID }),
	"item": item(func(p *content.Progress) *domain.ItemID { return &p.ItemID }),
}

// hitItem is the item that a search found.
func hitItem(row any) any {
	if hit, ok := row.(*content.Hit); ok {
		return &hit.Item
	}
	return row
}
