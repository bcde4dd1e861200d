package loaders

import (
	"context"
	"sync"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/store"
)

// Set holds the loaders of one operation. Each is made when it is first asked for; what depends on the viewer has her
// built in.
type Set struct {
	Reader store.Reader

	Users  func() *Loader[domain.UserID, *users.User]
	Roles  func() *Loader[domain.UserID, []*users.Role] // in force
	Role   func() *Loader[domain.RoleID, *users.Role]
	Status func() *Loader[domain.UserID, *security.Status]

	Plans         func() *Loader[domain.PlanID, *plans.Plan]
	Holdings      func() *Loader[domain.UserID, *plans.Holding]
	Subscriptions func() *Loader[domain.SubscriptionID, *plans.Subscription]

	Categories    func() *Loader[domain.CategoryID, *content.Category] // this and the next two as the viewer may know of them
	Children      func() *Loader[domain.CategoryID, []*content.Category]
	Paths         func() *Loader[domain.CategoryID, []*content.Category]
	AnyCategories func() *Loader[domain.CategoryID, *content.Category] // those with drafts alone too: behind a guard
	CategoryItems func() *Loader[CategoryItemsKey, *domain.Page[*content.Item]]
	Items         func() *Loader[domain.ItemID, *content.Item] // as the viewer may know of them
	Bodies        func() *Loader[domain.ItemID, *store.Body]
	Access        func() *Loader[domain.ItemID, *content.Access]
	LockFacts     func() *Loader[domain.ItemID, *content.LockFacts]
	Progress      func() *Loader[domain.ItemID, *content.Progress]
	Prerequisites func() *Loader[domain.ItemID, []*content.Item] // as the viewer may know of them
	AccessOf      func() *Loader[content.AccessKey, *content.Access]

	Popularity func() *Loader[domain.ItemID, *analytics.Popularity]
	Activity   func() *Loader[domain.UserID, *analytics.Activity]

	children
	FilesSet

	texts sync.Map // func() (string, error), by what it makes
}

// Text returns a text that is made of a row, and makes it once however often the operation asks: it may be large. Its error
// is that of build.
func (s *Set) Text(key any, build func() (string, error)) (string, error) {
	made, _ := s.texts.LoadOrStore(key, sync.OnceValues(build))
	return made.(func() (string, error))() //nolint:forcetypeassert // nothing else is stored
}

// CategoryItemsKey names the first page of a branch's items.
type CategoryItemsKey struct {
	Branch domain.CategoryID
	Below  bool
	Size   int32
}

// NewSet makes the loaders of an operation. The viewer is asked for at each batch: a sign-in changes her.
func NewSet(r store.Reader, viewer func() domain.Viewer) *Set {
	user := func() domain.UserID { return viewer().UserID }
	s := &Set{Reader: r, FilesSet: newFilesSet(r, user)}
	s.Users = sync.OnceValue(func() *Loader[domain.UserID, *users.User] {
		return one(r.UsersByID, func(u *users.User) domain.UserID { return u.ID })
	})
	s.Roles = sync.OnceValue(func() *Loader[domain.UserID, []*users.Role] {
		return many(r.RolesOf, func(u *store.UserRole) (domain.UserID, *users.Role) { return u.UserID, &u.Role })
	})
	s.Status = sync.OnceValue(func() *Loader[domain.UserID, *security.Status] {
		return one(r.SecurityStatus, func(v *security.Status) domain.UserID { return v.UserID })
	})
	s.Plans = sync.OnceValue(func() *Loader[domain.PlanID, *plans.Plan] {
		return one(r.PlansByID, func(p *plans.Plan) domain.PlanID { return p.ID })
	})
	s.Holdings = sync.OnceValue(func() *Loader[domain.UserID, *plans.Holding] {
		return one(r.BestHoldings, func(h *plans.Holding) domain.UserID { return h.HolderID })
	})
	s.Role = sync.OnceValue(func() *Loader[domain.RoleID, *users.Role] {
		return one(r.RolesByID, func(role *users.Role) domain.RoleID { return role.ID })
	})
	s.Subscriptions = sync.OnceValue(func() *Loader[domain.SubscriptionID, *plans.Subscription] {
		return one(r.SubscriptionsByID, func(sub *plans.Subscription) domain.SubscriptionID { return sub.ID })
	})
	s.addCategories(r, viewer)
	s.addContent(r, user)
	s.children = newChildren(r)
	s.Popularity = sync.OnceValue(func() *Loader[domain.ItemID, *analytics.Popularity] {
		return one(r.Popularity, func(p *analytics.Popularity) domain.ItemID { return p.ItemID })
	})
	s.Activity = sync.OnceValue(func() *Loader[domain.UserID, *analytics.Activity] {
		return one(r.Activity, func(a *analytics.Activity) domain.UserID { return a.UserID })
	})
	return s
}

func (s *Set) addCategories(r store.Reader, viewer func() domain.Viewer) {
	byID := func(drafts func() bool) func() *Loader[domain.CategoryID, *content.Category] {
		return sync.OnceValue(func() *Loader[domain.CategoryID, *content.Category] {
			return one(func(ctx context.Context, ids []domain.CategoryID) ([]*content.Category, error) {
				return r.CategoriesByID(ctx, ids, drafts())
			}, func(k *content.Category) domain.CategoryID { return k.ID })
		})
	}
	drafts := func() bool { return content.SeesDrafts(viewer()) }
	s.Categories, s.AnyCategories = byID(drafts), byID(func() bool { return true })
	s.Children = sync.OnceValue(func() *Loader[domain.CategoryID, []*content.Category] {
		return many(func(ctx context.Context, parents []domain.CategoryID) ([]*content.Category, error) {
			return r.ChildCategories(ctx, parents, drafts())
		}, func(k *content.Category) (domain.CategoryID, *content.Category) { return *k.ParentID, k })
	})
	s.Paths = sync.OnceValue(func() *Loader[domain.CategoryID, []*content.Category] {
		return many(func(ctx context.Context, ids []domain.CategoryID) ([]*store.PathStep, error) {
			return r.CategoryPaths(ctx, ids, drafts())
		}, func(p *store.PathStep) (domain.CategoryID, *content.Category) { return p.DescendantID, &p.Category })
	})
}

func (s *Set) addContent(r store.Reader, viewer func() domain.UserID) {
	s.CategoryItems = sync.OnceValue(func() *Loader[CategoryItemsKey, *domain.Page[*content.Item]] {
		return newLoader(s.firstItems)
	})
	s.Items = sync.OnceValue(func() *Loader[domain.ItemID, *content.Item] {
		return one(func(ctx context.Context, ids []domain.ItemID) ([]*content.Item, error) {
			return r.KnownItems(ctx, viewer(), ids)
		}, func(i *content.Item) domain.ItemID { return i.ID })
	})
	s.Bodies = sync.OnceValue(func() *Loader[domain.ItemID, *store.Body] {
		return one(func(ctx context.Context, ids []domain.ItemID) (list []*store.Body, err error) {
			err = BudgetOf(ctx).Read(func(room int64) (size int64, err error) {
				list, size, err = r.Bodies(ctx, ids, room)
				return size, err
			})
			return list, err
		}, func(b *store.Body) domain.ItemID { return b.ItemID })
	})
	s.Access = sync.OnceValue(func() *Loader[domain.ItemID, *content.Access] {
		return one(func(ctx context.Context, ids []domain.ItemID) ([]*content.Access, error) {
			return r.Access(ctx, viewer(), ids)
		}, func(a *content.Access) domain.ItemID { return a.ItemID })
	})
	s.LockFacts = sync.OnceValue(func() *Loader[domain.ItemID, *content.LockFacts] {
		return one(func(ctx context.Context, ids []domain.ItemID) ([]*content.LockFacts, error) {
			return r.LockFacts(ctx, viewer(), ids)
		}, func(f *content.LockFacts) domain.ItemID { return f.ItemID })
	})
	s.Progress = sync.OnceValue(func() *Loader[domain.ItemID, *content.Progress] {
		return one(func(ctx context.Context, ids []domain.ItemID) ([]*content.Progress, error) {
			return r.Progress(ctx, viewer(), ids)
		}, func(p *content.Progress) domain.ItemID { return p.ItemID })
	})
	s.Prerequisites = sync.OnceValue(func() *Loader[domain.ItemID, []*content.Item] {
		return many(func(ctx context.Context, ids []domain.ItemID) ([]*store.Prerequisite, error) {
			return r.Prerequisites(ctx, viewer(), ids)
		}, func(p *store.Prerequisite) (domain.ItemID, *content.Item) { return p.AsksID, &p.Item })
	})
	s.AccessOf = sync.OnceValue(func() *Loader[content.AccessKey, *content.Access] { return newLoader(r.AccessOf) })
}

// firstItems sends one statement for each page size and reach, of which an operation has few.
func (s *Set) firstItems(ctx context.Context, keys []CategoryItemsKey) (map[CategoryItemsKey]*domain.Page[*content.Item], error) {
	shapes := map[CategoryItemsKey][]domain.CategoryID{} // by everything but the branch
	for _, k := range keys {
		shape := k
		shape.Branch = domain.CategoryID{}
		shapes[shape] = append(shapes[shape], k.Branch)
	}
	pages := make(map[CategoryItemsKey]*domain.Page[*content.Item], len(keys))
	for shape, branches := range shapes {
		found, err := s.Reader.FirstCategoryItems(ctx, branches, shape.Below, shape.Size)
		if err != nil {
			return nil, err
		}
		for branch, page := range found {
			shape.Branch = branch
			pages[shape] = page
		}
	}
	return pages, nil
}

type setKey struct{}

// With gives an operation its loaders.
func With(ctx context.Context, s *Set) context.Context { return context.WithValue(ctx, setKey{}, s) }

// From reads the loaders of the operation.
func From(ctx context.Context) *Set {
	s, _ := ctx.Value(setKey{}).(*Set)
	return s
}
