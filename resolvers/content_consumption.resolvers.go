package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/relations"
)

func (r *consumptionResolver) User(ctx context.Context, obj *content.Consumption) (*users.User, error) {
	return relations.ConsumptionUser.Of(ctx, obj)
}

func (r *consumptionResolver) Item(ctx context.Context, obj *content.Consumption) (*content.Item, error) {
	return relations.ConsumptionItem.Of(ctx, obj)
}

func (r *queryResolver) ContentConsumption(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *content.ConsumptionFilter, orderBy domain.TimeOrder) (*domain.Page[*content.Consumption], error) {
	return r.Reader.ListConsumption(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userResolver) Consumption(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string) (*domain.Page[*content.Consumption], error) {
	return relations.UserConsumption.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) Consumption() graph.ConsumptionResolver { return &consumptionResolver{r} }

type consumptionResolver struct{ *Resolver }
