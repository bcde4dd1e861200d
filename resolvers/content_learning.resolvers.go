package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
)

func (r *consumptionResolver) User(ctx context.Context, obj *content.Consumption) (*users.User, error) {
	return loaders.From(ctx).Users().Load(ctx, obj.UserID)
}

func (r *consumptionResolver) Item(ctx context.Context, obj *content.Consumption) (*content.Item, error) {
	return loaders.From(ctx).Items().Load(ctx, obj.ItemID)
}

func (r *contentItemResolver) Prerequisites(ctx context.Context, obj *content.Item) ([]*content.Item, error) {
	return loaders.From(ctx).Prerequisites().Load(ctx, obj.ID)
}

func (r *contentItemResolver) Learners(ctx context.Context, obj *content.Item, first *int32, after *string, last *int32, before *string, filter *content.ProgressFilter, orderBy content.ProgressOrder) (*domain.Page[*content.Progress], error) {
	return childPage(ctx, loaders.From(ctx).Learners, of(obj.ID), func() (*domain.Page[*content.Progress], error) {
		return r.Reader.Learners(ctx, obj.ID, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	})
}

func (r *contentItemResolver) AccessOf(ctx context.Context, obj *content.Item, userID domain.GlobalID) (*content.Access, error) {
	user, err := domain.AsID[domain.UserID](userID)
	if err != nil {
		return nil, err
	}
	return loaders.From(ctx).AccessOf().Load(ctx, content.AccessKey{User: user, Item: obj.ID})
}

func (r *progressResolver) User(ctx context.Context, obj *content.Progress) (*users.User, error) {
	return loaders.From(ctx).Users().Load(ctx, obj.UserID)
}

func (r *queryResolver) ContentConsumption(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *content.ConsumptionFilter, orderBy domain.TimeOrder) (*domain.Page[*content.Consumption], error) {
	page, err := r.Reader.ListConsumption(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	return pageOf(ctx, page, err)
}

func (r *userResolver) Consumption(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string) (*domain.Page[*content.Consumption], error) {
	return childPage(ctx, loaders.From(ctx).Consumption, of(obj.ID), func() (*domain.Page[*content.Consumption], error) {
		return r.Reader.ListConsumption(ctx, content.ConsumptionFilter{UserID: &obj.ID}, domain.NewestFirst, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	})
}

func (r *userResolver) Progress(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string, filter *content.ProgressFilter, orderBy content.ProgressOrder) (*domain.Page[*content.Progress], error) {
	return childPage(ctx, loaders.From(ctx).ProgressOf, of(obj.ID), func() (*domain.Page[*content.Progress], error) {
		return r.Reader.ProgressOf(ctx, obj.ID, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	})
}

func (r *Resolver) Consumption() graph.ConsumptionResolver { return &consumptionResolver{r} }

type consumptionResolver struct{ *Resolver }
