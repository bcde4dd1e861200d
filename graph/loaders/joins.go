package loaders

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/store"
)

// Where rows are nearly always asked together, one statement reads them all, and the loaders are given what it found.

// ReadHolders reads users, what they hold, and its plan.
func (s *Set) ReadHolders(ctx context.Context, ids []domain.UserID) error {
	found, err := s.Reader.HoldersByID(ctx, ids)
	if err == nil {
		s.primeHolders(ids, found)
	}
	return err
}

// UsersPage reads a page of users with what they hold and its plan.
func (s *Set) UsersPage(ctx context.Context, f users.Filter, by users.Order, args domain.PageArgs) (*domain.Page[*users.User], error) {
	page, err := s.Reader.ListHolders(ctx, f, by, args)
	if err != nil {
		return nil, err
	}
	ids := make([]domain.UserID, len(page.Edges))
	for i, edge := range page.Edges {
		ids[i] = edge.Node.ID
	}
	s.primeHolders(ids, page.Nodes())
	return domain.MapPage(page, func(h *store.Holder) *users.User { return &h.User }), nil
}

func (s *Set) primeHolders(ids []domain.UserID, found []*store.Holder) {
	people, holdings, plan := map[domain.UserID]*users.User{}, map[domain.UserID]*plans.Holding{}, map[domain.PlanID]*plans.Plan{}
	for _, h := range found {
		people[h.ID] = &h.User
		if h.Holding != nil && h.Plan != nil {
			holdings[h.ID], plan[h.Plan.ID] = h.Holding, h.Plan
		}
	}
	Users.Prime(s, ids, people)
	Holdings.Prime(s, ids, holdings)
	Plans.PrimeAll(s, plan)
}

// PlanMetrics reads the figures of the plans, and the plans.
func (s *Set) PlanMetrics(ctx context.Context) ([]*analytics.SubscriptionMetrics, error) {
	found, err := s.Reader.SubscriptionMetrics(ctx)
	if err != nil {
		return nil, err
	}
	figures, plan := make([]*analytics.SubscriptionMetrics, len(found)), make(map[domain.PlanID]*plans.Plan, len(found))
	for i, m := range found {
		figures[i], plan[m.PlanID] = &m.SubscriptionMetrics, m.Plan
	}
	Plans.PrimeAll(s, plan)
	return figures, nil
}

// FiguresPage reads a page of items' figures with the items and their categories.
func (s *Set) FiguresPage(ctx context.Context, f analytics.PopularityFilter, by analytics.PopularityOrder, args domain.PageArgs,
	drafts bool,
) (*domain.Page[*analytics.Popularity], error) {
	page, err := s.Reader.ListFigures(ctx, f, by, args, drafts)
	if err != nil {
		return nil, err
	}
	items, categories := map[domain.ItemID]*content.Item{}, map[domain.CategoryID]*content.Category{}
	for _, edge := range page.Edges {
		if edge.Node.Item == nil {
			continue // who may know of it is asked when somebody wants it
		}
		items[edge.Node.ItemID] = edge.Node.Item
		if k := edge.Node.Category; k != nil {
			categories[k.ID] = k
		}
	}
	Items.PrimeAll(s, items)
	Categories.PrimeAll(s, categories)
	return domain.MapPage(page, (*store.ItemFigures).Figures), nil
}

// ItemsPage reads a page of items with what is asked of each.
func (s *Set) ItemsPage(ctx context.Context, viewer domain.UserID, f content.ItemFilter, by content.ItemOrder, args domain.PageArgs,
	joins store.ItemJoins,
) (*domain.Page[*content.Item], error) {
	page, err := s.Reader.ListItemsWith(ctx, viewer, f, by, args, joins)
	if err != nil {
		return nil, err
	}
	primeJoined(s, joins, page, func(r *store.ItemRow) (domain.ItemID, *store.Joined) { return r.ID, &r.Joined })
	return domain.MapPage(page, (*store.ItemRow).ItemOf), nil
}

// HitsPage reads a page of a search with what is asked of each item.
func (s *Set) HitsPage(ctx context.Context, viewer domain.UserID, query string, accessible bool, args domain.PageArgs,
	joins store.ItemJoins,
) (*content.HitPage, error) {
	page, err := s.Reader.SearchItems(ctx, viewer, query, accessible, args, joins)
	if err != nil {
		return nil, err
	}
	primeJoined(s, joins, page, func(r *store.HitRow) (domain.ItemID, *store.Joined) { return r.ID, &r.Joined })
	return &content.HitPage{Page: domain.MapPage(page, (*store.HitRow).HitOf)}, nil
}

// primeJoined gives the loaders what was read with items. That an item has no figures is known too.
func primeJoined[R any](s *Set, asked store.ItemJoins, page *domain.Page[R], of func(R) (domain.ItemID, *store.Joined)) {
	categories, authors := map[domain.CategoryID]*content.Category{}, map[domain.UserID]*users.User{}
	figures, items := map[domain.ItemID]*analytics.Popularity{}, make([]domain.ItemID, 0, len(page.Edges))
	for _, edge := range page.Edges {
		item, with := of(edge.Node)
		items = append(items, item)
		if k := with.Category; k != nil {
			categories[k.ID] = k
		}
		if u := with.Author; u != nil {
			authors[u.ID] = u
		}
		if p := with.Popularity; p != nil {
			figures[p.ItemID] = p
		}
	}
	Categories.PrimeAll(s, categories)
	Users.PrimeAll(s, authors)
	if asked.Popularity {
		Popularity.Prime(s, items, figures)
	}
}
