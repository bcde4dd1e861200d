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

// ReadHolders reads people, what they hold, and its plan.
func (s *Set) ReadHolders(ctx context.Context, ids []domain.UserID) error {
	found, err := s.Reader.HoldersByID(ctx, ids)
	if err == nil {
		s.primeHolders(ids, found)
	}
	return err
}

// UsersPage reads a page of people with what they hold and its plan.
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
	var held []domain.PlanID
	for _, h := range found {
		people[h.ID] = &h.User
		if h.Holding != nil && h.Plan != nil {
			holdings[h.ID], plan[h.Plan.ID] = h.Holding, h.Plan
			held = append(held, h.Plan.ID)
		}
	}
	s.Users().Prime(ids, people)
	s.Holdings().Prime(ids, holdings)
	s.Plans().Prime(held, plan)
}

// PlanMetrics reads the figures of the plans, and the plans.
func (s *Set) PlanMetrics(ctx context.Context) ([]*analytics.SubscriptionMetrics, error) {
	found, err := s.Reader.SubscriptionMetrics(ctx)
	if err != nil {
		return nil, err
	}
	figures, plan := make([]*analytics.SubscriptionMetrics, len(found)), make(map[domain.PlanID]*plans.Plan, len(found))
	ids := make([]domain.PlanID, len(found))
	for i, m := range found {
		figures[i], plan[m.PlanID], ids[i] = &m.SubscriptionMetrics, m.Plan, m.PlanID
	}
	s.Plans().Prime(ids, plan)
	return figures, nil
}

// FiguresPage reads a page of items' figures with the items and their branches.
func (s *Set) FiguresPage(ctx context.Context, f analytics.PopularityFilter, by analytics.PopularityOrder, args domain.PageArgs) (*domain.Page[*analytics.Popularity], error) {
	page, err := s.Reader.ListFigures(ctx, f, by, args)
	if err != nil {
		return nil, err
	}
	items, branches := map[domain.ItemID]*content.Item{}, map[domain.CategoryID]*content.Category{}
	var ids []domain.ItemID
	var inBranches []domain.CategoryID
	for _, edge := range page.Edges {
		if edge.Node.Item == nil {
			continue // who may know of it is asked when somebody wants it
		}
		ids = append(ids, edge.Node.ItemID)
		items[edge.Node.ItemID] = edge.Node.Item
		if k := edge.Node.Category; k != nil {
			branches[k.ID] = k
			inBranches = append(inBranches, k.ID)
		}
	}
	s.Items().Prime(ids, items)
	s.Categories().Prime(inBranches, branches)
	return domain.MapPage(page, (*store.ItemFigures).Figures), nil
}

// ItemsPage reads a page of items with what is asked of each.
func (s *Set) ItemsPage(ctx context.Context, viewer domain.UserID, f content.ItemFilter, by content.ItemOrder, args domain.PageArgs, joins store.ItemJoins) (*domain.Page[*content.Item], error) {
	page, err := s.Reader.ListItemsWith(ctx, viewer, f, by, args, joins)
	if err != nil {
		return nil, err
	}
	beside := newJoined(s, joins)
	for _, edge := range page.Edges {
		beside.add(edge.Node.ID, &edge.Node.Joined)
	}
	beside.prime()
	return domain.MapPage(page, (*store.ItemRow).ItemOf), nil
}

// HitsPage reads a page of a search with what is asked of each item.
func (s *Set) HitsPage(ctx context.Context, viewer domain.UserID, query string, accessible bool, args domain.PageArgs, joins store.ItemJoins) (*domain.Page[*content.Hit], error) {
	page, err := s.Reader.SearchItems(ctx, viewer, query, accessible, args, joins)
	if err != nil {
		return nil, err
	}
	beside := newJoined(s, joins)
	for _, edge := range page.Edges {
		beside.add(edge.Node.ID, &edge.Node.Joined)
	}
	beside.prime()
	return domain.MapPage(page, (*store.HitRow).HitOf), nil
}

// joined gathers what was read with items.
type joined struct {
	set      *Set
	asked    store.ItemJoins
	items    []domain.ItemID
	in       []domain.CategoryID
	by       []domain.UserID
	branches map[domain.CategoryID]*content.Category
	authors  map[domain.UserID]*users.User
	figures  map[domain.ItemID]*analytics.Popularity
}

func newJoined(s *Set, asked store.ItemJoins) *joined {
	return &joined{
		set: s, asked: asked,
		branches: map[domain.CategoryID]*content.Category{}, authors: map[domain.UserID]*users.User{}, figures: map[domain.ItemID]*analytics.Popularity{},
	}
}

func (j *joined) add(item domain.ItemID, with *store.Joined) {
	if k := with.Category; k != nil {
		j.branches[k.ID] = k
		j.in = append(j.in, k.ID)
	}
	if u := with.Author; u != nil {
		j.authors[u.ID] = u
		j.by = append(j.by, u.ID)
	}
	if p := with.Popularity; p != nil {
		j.figures[p.ItemID] = p
	}
	j.items = append(j.items, item)
}

// prime gives it to the loaders. That an item has no figures is known too.
func (j *joined) prime() {
	j.set.Categories().Prime(j.in, j.branches)
	j.set.Users().Prime(j.by, j.authors)
	if j.asked.Popularity {
		j.set.Popularity().Prime(j.items, j.figures)
	}
}
