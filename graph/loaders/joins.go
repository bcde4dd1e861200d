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
	branches, authors := map[domain.CategoryID]*content.Category{}, map[domain.UserID]*users.User{}
	figures := map[domain.ItemID]*analytics.Popularity{}
	var inBranches []domain.CategoryID
	var written []domain.UserID
	var ids []domain.ItemID
	for _, edge := range page.Edges {
		row := edge.Node
		if k := row.Category; k != nil {
			branches[k.ID] = k
			inBranches = append(inBranches, k.ID)
		}
		if u := row.Author; u != nil {
			authors[u.ID] = u
			written = append(written, u.ID)
		}
		if p := row.Popularity; p != nil {
			figures[p.ItemID] = p
		}
		ids = append(ids, row.ID)
	}
	s.Categories().Prime(inBranches, branches)
	s.Users().Prime(written, authors)
	if joins.Popularity {
		s.Popularity().Prime(ids, figures)
	}
	return domain.MapPage(page, (*store.ItemRow).ItemOf), nil
}
