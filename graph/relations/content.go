package relations

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
	"lyceum/store"
)

func itemID(i *content.Item) domain.ItemID             { return i.ID }
func ofItem(i *content.Item) *domain.ItemID            { return &i.ID }
func categoryID(k *content.Category) domain.CategoryID { return k.ID }

// What hangs on an item.
var (
	ContentItemCategory      = one(loaders.Categories, func(i *content.Item) *domain.CategoryID { return &i.CategoryID }).from("category_id")
	ContentItemAuthor        = user(func(i *content.Item) *domain.UserID { return i.AuthorID }).from("author_id")
	ContentItemPopularity    = one(loaders.Popularity, ofItem).from("id")
	ContentItemAccess        = access()
	ContentItemMyProgress    = one(loaders.Progress, ofItem).from("id")
	ContentItemPrerequisites = many(loaders.Prerequisites, itemID).from("id")
	ContentItemTranslations  = many(loaders.Translations, itemID).from("id")
	ContentItemLearners      = children(loaders.LearnersOfItem, itemID,
		func(ctx context.Context, r store.Reader, id domain.ItemID, page domain.PageArgs) (*domain.Page[*content.Progress], error) {
			return r.Learners(ctx, id, content.ProgressFilter{}, content.RecentlyUpdatedFirst, page)
		})
	ContentItemFiles = many(loaders.Files, itemID).from("id")
	ContentItemBody  = one(loaders.Bodies, ofItem).from("id")
	// What the source of an imported item says.
	ContentItemImportedBody   = one(loaders.ImportedBodies, ofItem).from("id")
	ContentItemImportConflict = via(loaders.ImportStates, ofItem,
		func(s *content.ImportState) *content.ImportConflict { return s.Conflict }).from("id")
	// ContentItemBodyHTML is rendered from the body.
	ContentItemBodyHTML = ContentItemBody
)

// What would open a locked item. Only locked ones are read.
var (
	ContentAccessRemedy = Relation[*content.Access, *content.Remedy]{
		columns: []string{"content_id", "has_access", "reason", "required_level"},
		prefetch: func(ctx context.Context, s *loaders.Set, parents []*content.Access, _ Args) {
			loaders.LockFacts.Prefetch(ctx, s, keys(parents, lockedFor))
		},
		load: func(ctx context.Context, s *loaders.Set, a *content.Access, _ Args) (*content.Remedy, error) {
			key := lockedFor(a)
			if key == nil {
				return nil, nil
			}
			facts, err := loaders.LockFacts.Load(ctx, s, *key)
			if err != nil || facts == nil {
				return nil, err
			}
			return a.Remedy(*facts), nil
		},
	}
	AccessRemedyPlan          = plan(func(r *content.Remedy) *domain.PlanID { return r.PlanID })
	AccessRemedyPrerequisites = Relation[*content.Remedy, []*content.Item]{
		prefetch: func(ctx context.Context, s *loaders.Set, parents []*content.Remedy, _ Args) {
			var ids []domain.ItemID
			for _, r := range parents {
				ids = append(ids, r.PrerequisiteIDs...)
			}
			loaders.Items.Prefetch(ctx, s, ids)
		},
		load: func(ctx context.Context, s *loaders.Set, r *content.Remedy, _ Args) ([]*content.Item, error) {
			return loaders.Items.LoadMany(ctx, s, r.PrerequisiteIDs)
		},
	}
)

// lockedFor names the decision that keeps an item locked; nil when it is open.
func lockedFor(a *content.Access) *content.AccessKey {
	if a.HasAccess {
		return nil
	}
	return &content.AccessKey{User: a.UserID, Item: a.ItemID}
}

// What hangs on a category.
var (
	CategoryParent   = one(loaders.Categories, func(k *content.Category) *domain.CategoryID { return k.ParentID }).from("parent_id")
	CategoryChildren = many(loaders.SubCategories, categoryID).from("id")
	CategoryPath     = many(loaders.CategoryPaths, categoryID).from("id")
	CategoryItems    = pages(loaders.ItemsOfCategory, func(k *content.Category, a Args) loaders.CategoryItemsKey {
		return loaders.CategoryItemsKey{Category: k.ID, Below: a.Below, Size: a.Size}
	}, func(ctx context.Context, r store.Reader, k *content.Category, a Args, page domain.PageArgs) (*domain.Page[*content.Item], error) {
		return r.CategoryItems(ctx, k.ID, a.Below, page)
	})
)

// What grants and learning records point at.
var (
	ContentGrantUser      = user(func(g *content.Grant) *domain.UserID { return &g.UserID })
	ContentGrantItem      = item(func(g *content.Grant) *domain.ItemID { return g.ItemID })
	ContentGrantCategory  = one(loaders.AnyCategories, func(g *content.Grant) *domain.CategoryID { return g.CategoryID })
	ContentGrantGrantedBy = user(func(g *content.Grant) *domain.UserID { return g.GrantedBy })
	ContentGrantRevokedBy = user(func(g *content.Grant) *domain.UserID { return g.RevokedBy })
	ContentUnlockUser     = user(func(u *content.Unlock) *domain.UserID { return &u.UserID })
	ContentUnlockItem     = item(func(u *content.Unlock) *domain.ItemID { return &u.ItemID })

	ConsumptionUser = user(func(c *content.Consumption) *domain.UserID { return &c.UserID }).from("user_id")
	ConsumptionItem = item(func(c *content.Consumption) *domain.ItemID { return &c.ItemID }).from("content_id")
	ProgressUser    = user(func(p *content.Progress) *domain.UserID { return &p.UserID })
	ProgressItem    = item(func(p *content.Progress) *domain.ItemID { return &p.ItemID })
)

// item is a relation to one item, as the viewer may know of it.
func item[P any](key func(P) *domain.ItemID) Relation[P, *content.Item] {
	return one(loaders.Items, key)
}

// access is the decision on an item for the viewer. No decision is made on deleted items, which only editors get to see: they are locked.
func access() Relation[*content.Item, *content.Access] {
	decided := one(loaders.Access, ofItem).from("id")
	load := decided.load
	decided.load = func(ctx context.Context, s *loaders.Set, i *content.Item, a Args) (*content.Access, error) {
		found, err := load(ctx, s, i, a)
		if err == nil && found == nil {
			found = &content.Access{UserID: domain.ViewerFrom(ctx).UserID, ItemID: i.ID, Reason: content.NotPublished, RequiredLevel: i.AccessLevel}
		}
		return found, err
	}
	return decided
}
