package loaders

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store"
)

// The loaders of the catalogue, of who may open what, and of learning.
var (
	// Categories, SubCategories and CategoryPaths are those that the viewer may know of.
	Categories = one(ofDrafts(store.Reader.CategoriesByID, content.SeesAllCategories), categoryID)
	// AnyCategories are also those with drafts alone. They stand behind a guard.
	AnyCategories = one(ofDrafts(store.Reader.CategoriesByID, everyone), categoryID)
	// SubCategories are those right below a category.
	SubCategories = many(ofDrafts(store.Reader.ChildCategories, content.SeesAllCategories),
		func(k *content.Category) (domain.CategoryID, *content.Category) { return *k.ParentID, k })
	// CategoryPaths lead from the top down to a category.
	CategoryPaths = many(ofDrafts(store.Reader.CategoryPaths, content.SeesAllCategories),
		func(p *content.PathStep) (domain.CategoryID, *content.Category) { return p.DescendantID, &p.Category })
	ItemsOfCategory = newLoader(itemsOfCategory)

	// Items are those that the viewer may know of.
	Items  = one(asViewer(store.Reader.KnownItems), func(i *content.Item) domain.ItemID { return i.ID })
	Access = one(asViewer(store.Reader.Access), func(a *content.Access) domain.ItemID { return a.ItemID })
	// AccessOf decides for other users than the viewer.
	AccessOf = newLoader(plain(store.Reader.AccessOf))
	// LockFacts are read for the user whom the decision is about.
	LockFacts = newLoader(lockFacts)
	// Bodies and Files stand behind the access decision: whoever loads them has asked it.
	Bodies = one(bodiesBy(store.Reader.Bodies), func(b *content.Body) domain.ItemID { return b.ItemID })
	Files  = many(plain(store.Reader.Files), func(f *content.File) (domain.ItemID, *content.File) { return f.ItemID, f })
	// ImportStates and ImportedBodies stand behind a guard too.
	ImportStates   = one(plain(store.Reader.ImportStates), func(s *content.ImportState) domain.ItemID { return s.ItemID })
	ImportedBodies = one(bodiesBy(store.Reader.ImportedBodies), func(b *content.Body) domain.ItemID { return b.ItemID })
	// Translations and Prerequisites are those that the viewer may know of.
	Translations = many(asViewer(store.Reader.Translations),
		func(t *content.Translation) (domain.ItemID, *content.Item) { return t.OfID, &t.Item })
	Prerequisites = many(asViewer(store.Reader.Prerequisites),
		func(p *content.Prerequisite) (domain.ItemID, *content.Item) { return p.AsksID, &p.Item })

	// Progress is the viewer's.
	Progress          = one(asViewer(store.Reader.Progress), func(p *content.Progress) domain.ItemID { return p.ItemID })
	ProgressOfUser    = children(store.Reader.FirstProgress)
	LearnersOfItem    = children(store.Reader.FirstLearners)
	ConsumptionOfUser = children(store.Reader.FirstConsumption)
)

func categoryID(k *content.Category) domain.CategoryID { return k.ID }

func everyone(domain.Viewer) bool { return true }

// lockFacts sends one statement for each user, of whom an operation has few.
func lockFacts(ctx context.Context, s *Set, keys []content.AccessKey) (map[content.AccessKey]*content.LockFacts, error) {
	items := map[domain.UserID][]domain.ItemID{}
	for _, k := range keys {
		items[k.User] = append(items[k.User], k.Item)
	}
	facts := make(map[content.AccessKey]*content.LockFacts, len(keys))
	for user, ids := range items {
		found, err := s.Reader.LockFacts(ctx, user, ids)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			facts[content.AccessKey{User: user, Item: f.ItemID}] = f
		}
	}
	return facts, nil
}

// bodiesBy reads bodies as far as the operation has room for them.
func bodiesBy(read func(store.Reader, context.Context, []domain.ItemID, int64) ([]*content.Body, int64, error),
) func(context.Context, *Set, []domain.ItemID) ([]*content.Body, error) {
	return func(ctx context.Context, s *Set, ids []domain.ItemID) (list []*content.Body, err error) {
		err = BudgetOf(ctx).Read(func(room int64) (size int64, err error) {
			list, size, err = read(s.Reader, ctx, ids, room)
			return size, err
		})
		return list, err
	}
}

// CategoryItemsKey names the first page of a category's items.
type CategoryItemsKey struct {
	Category domain.CategoryID
	Below    bool // with the items of all categories below
	Size     int32
}

// itemsOfCategory sends one statement for each page size and reach, of which an operation has few.
func itemsOfCategory(ctx context.Context, s *Set, keys []CategoryItemsKey) (map[CategoryItemsKey]*domain.Page[*content.Item], error) {
	shapes := map[CategoryItemsKey][]domain.CategoryID{} // by everything but the category
	for _, k := range keys {
		shape := k
		shape.Category = domain.CategoryID{}
		shapes[shape] = append(shapes[shape], k.Category)
	}
	pages := make(map[CategoryItemsKey]*domain.Page[*content.Item], len(keys))
	for shape, categories := range shapes {
		found, err := s.Reader.FirstCategoryItems(ctx, categories, shape.Below, shape.Size)
		if err != nil {
			return nil, err
		}
		for category, page := range found {
			shape.Category = category
			pages[shape] = page
		}
	}
	return pages, nil
}
