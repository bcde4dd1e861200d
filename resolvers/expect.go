package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph/loaders"
)

// asked are the fields that an operation asks of an object.
type asked map[string]graphql.CollectedField

// possible are the types whose fragments count when looking ahead. One that names too many only reads too much.
var possible = []string{
	"ContentItem", "ContentItemConnection", "ContentItemEdge", "SearchConnection", "SearchEdge", "ContentPopularity", "ContentPopularityConnection",
	"ContentPopularityEdge", "User", "UserConnection", "UserEdge", "Subscription", "SubscriptionConnection", "SubscriptionEdge", "Category",
	"ContentAccess", "SubscriptionMetrics", "Node", "ContentGrant", "ContentGrantConnection", "ContentGrantEdge", "LoginAttempt",
	"LoginAttemptConnection", "LoginAttemptEdge", "SecurityEvent", "SecurityEventConnection", "SecurityEventEdge", "AuditEntry",
	"AuditEntryConnection", "AuditEntryEdge",
}

func collect(ctx context.Context, f graphql.CollectedField) asked {
	fields := asked{}
	for _, below := range graphql.CollectFields(graphql.GetOperationContext(ctx), f.Selections, possible) {
		fields[below.Name] = below
	}
	return fields
}

// rows are the fields that are asked of the rows of the connection that ctx's field answers.
func rows(ctx context.Context) asked { return rowsOf(ctx, graphql.GetFieldContext(ctx).Field) }

func rowsOf(ctx context.Context, connection graphql.CollectedField) asked {
	fields := asked{}
	for name, f := range collect(ctx, connection) {
		switch name {
		case "nodes":
			fields.add(collect(ctx, f))
		case "edges":
			if node, ok := collect(ctx, f)["node"]; ok {
				fields.add(collect(ctx, node))
			}
		}
	}
	return fields
}

func (a asked) add(b asked) {
	for name, f := range b {
		a[name] = f
	}
}

func (a asked) has(names ...string) bool {
	for _, name := range names {
		if _, ok := a[name]; ok {
			return true
		}
	}
	return false
}

func (a asked) below(ctx context.Context, name string) asked {
	if f, ok := a[name]; ok {
		return collect(ctx, f)
	}
	return asked{}
}

// keys are one value of each row.
func keys[R, K any](all []R, key func(R) K) []K {
	list := make([]K, len(all))
	for i, row := range all {
		list[i] = key(row)
	}
	return list
}

// popularityPage announces the items of a page of figures, and what will be asked of them.
func popularityPage(ctx context.Context, p *domain.Page[*analytics.Popularity], err error) (*domain.Page[*analytics.Popularity], error) {
	fields := rows(ctx)
	if err != nil || !fields.has("item") {
		return p, err
	}
	ids := keys(p.Nodes(), func(row *analytics.Popularity) domain.ItemID { return row.ItemID })
	loaders.From(ctx).Items().Expect(ctx, ids)
	items, err := known(ctx, ids)
	if err != nil {
		return nil, err
	}
	return p, expectItems(ctx, fields.below(ctx, "item"), items)
}

// usersPage announces what will be asked of a page's people.
func usersPage(ctx context.Context, p *domain.Page[*users.User], err error) (*domain.Page[*users.User], error) {
	if err != nil {
		return nil, err
	}
	load, fields, ids := loaders.From(ctx), rows(ctx), keys(p.Nodes(), func(u *users.User) domain.UserID { return u.ID })
	if fields.has("roles") {
		load.Roles().Expect(ctx, ids)
	}
	if fields.has("securityStatus") {
		load.Status().Expect(ctx, ids)
	}
	if fields.has("activity") {
		load.Activity().Expect(ctx, ids)
	}
	if fields.has("subscription") {
		load.Holdings().Expect(ctx, ids)
		return p, expectPlansHeld(ctx, fields, ids)
	}
	return p, nil
}

// expectPlansHeld announces the plans of people's subscriptions.
func expectPlansHeld(ctx context.Context, fields asked, ids []domain.UserID) error {
	if !fields.below(ctx, "subscription").has("plan") {
		return nil
	}
	load := loaders.From(ctx)
	for _, id := range ids {
		holding, err := load.Holdings().Load(ctx, id)
		if err != nil {
			return err
		}
		if holding != nil {
			load.Plans().Expect(ctx, []domain.PlanID{holding.PlanID})
		}
	}
	return nil
}

// subscriptionsPage announces what will be asked of a page's subscriptions.
func subscriptionsPage(ctx context.Context, p *domain.Page[*plans.Subscription], err error) (*domain.Page[*plans.Subscription], error) {
	if err != nil {
		return nil, err
	}
	load, fields := loaders.From(ctx), rows(ctx)
	if fields.has("plan") {
		load.Plans().Expect(ctx, keys(p.Nodes(), func(s *plans.Subscription) domain.PlanID { return s.PlanID }))
	}
	if fields.has("owner") {
		load.Users().Expect(ctx, keys(p.Nodes(), func(s *plans.Subscription) domain.UserID { return s.OwnerID }))
	}
	return p, nil
}

// metricsRows announces the plans of the figures.
func metricsRows(ctx context.Context, list []*analytics.SubscriptionMetrics, err error) ([]*analytics.SubscriptionMetrics, error) {
	if err == nil && collect(ctx, graphql.GetFieldContext(ctx).Field).has("plan") {
		loaders.From(ctx).Plans().Expect(ctx, keys(list, func(m *analytics.SubscriptionMetrics) domain.PlanID { return m.PlanID }))
	}
	return list, err
}

// peoplePage announces the people that a page's rows point at, each under a field's name.
func peoplePage[R any](ctx context.Context, p *domain.Page[*R], err error, people func(*R) named) (*domain.Page[*R], error) {
	if err != nil {
		return nil, err
	}
	fields := rows(ctx)
	for _, row := range p.Nodes() {
		for name, id := range people(row) {
			if id != nil && fields.has(name) {
				loaders.From(ctx).Users().Expect(ctx, []domain.UserID{*id})
			}
		}
	}
	return p, nil
}

// grantsPage announces whom and what a page's grants are about.
func grantsPage(ctx context.Context, p *domain.Page[*content.Grant], err error) (*domain.Page[*content.Grant], error) {
	p, err = peoplePage(ctx, p, err, func(g *content.Grant) named { return named{"user": &g.UserID} })
	if err != nil {
		return nil, err
	}
	load, fields := loaders.From(ctx), rows(ctx)
	for _, g := range p.Nodes() {
		if g.ItemID != nil && fields.has("item") {
			load.Items().Expect(ctx, []domain.ItemID{*g.ItemID})
		}
		if g.CategoryID != nil && fields.has("category") {
			load.Categories().Expect(ctx, []domain.CategoryID{*g.CategoryID})
		}
	}
	return p, nil
}

type named = map[string]*domain.UserID

func attemptPeople(a *security.Attempt) named { return named{"user": a.UserID} }
func eventPeople(e *security.Event) named     { return named{"user": e.UserID, "actor": e.ActorID} }
func entryPeople(e *security.AuditEntry) named {
	return named{"actor": e.ActorID, "subject": e.SubjectID}
}
