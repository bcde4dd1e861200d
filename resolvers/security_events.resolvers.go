package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *queryResolver) SecurityEvents(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.EventFilter, orderBy domain.TimeOrder) (*domain.Page[*security.Event], error) {
	return r.Reader.ListEvents(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *securityEventResolver) User(ctx context.Context, obj *security.Event) (*users.User, error) {
	return relations.SecurityEventUser.Of(ctx, obj)
}

func (r *securityEventResolver) Actor(ctx context.Context, obj *security.Event) (*users.User, error) {
	return relations.SecurityEventActor.Of(ctx, obj)
}

func (r *Resolver) SecurityEvent() graph.SecurityEventResolver { return &securityEventResolver{r} }

type securityEventResolver struct{ *Resolver }
