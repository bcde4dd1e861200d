package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
	"lyceum/graph/relations"
)

func (r *consumptionResolver) User(ctx context.Context, obj *content.Consumption) (*users.User, error) {
	return relations.ConsumptionUser.Of(ctx, obj)
}

func (r *consumptionResolver) Item(ctx context.Context, obj *content.Consumption) (*content.Item, error) {
	return relations.ConsumptionItem.Of(ctx, obj)
}

func (r *contentItemResolver) Prerequisites(ctx context.Context, obj *content.Item) ([]*content.Item, error) {
	return relations.ContentItemPrerequisites.Of(ctx, obj)
}

func (r *contentItemResolver) Learners(ctx context.Context, obj *content.Item, first *int32, after *string, last *int32, before *string, filter *content.ProgressFilter, orderBy content.ProgressOrder) (*domain.Page[*content.Progress], error) {
	page := domain.PageArgs{First: first, After: after, Last: last, Before: before}
	if filter != nil || orderBy != content.RecentlyUpdatedFirst {
		return r.Reader.Learners(ctx, obj.ID, or(filter), orderBy, page)
	}
	return relations.ContentItemLearners.Page(ctx, obj, page)
}

func (r *contentItemResolver) AccessOf(ctx context.Context, obj *content.Item, userID domain.GlobalID) (*content.Access, error) {
	user, err := domain.AsID[domain.UserID](userID)
	if err != nil {
		return nil, err
	}
	return loaders.AccessOf.Load(ctx, loaders.From(ctx), content.AccessKey{User: user, Item: obj.ID})
}

func (r *progressResolver) User(ctx context.Context, obj *content.Progress) (*users.User, error) {
	return relations.ProgressUser.Of(ctx, obj)
}

func (r *queryResolver) ContentConsumption(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *content.ConsumptionFilter, orderBy domain.TimeOrder) (*domain.Page[*content.Consumption], error) {
	return r.Reader.ListConsumption(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userResolver) Consumption(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string) (*domain.Page[*content.Consumption], error) {
	return relations.UserConsumption.Page(ctx, obj, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *userResolver) Progress(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string, filter *content.ProgressFilter, orderBy content.ProgressOrder) (*domain.Page[*content.Progress], error) {
	page := domain.PageArgs{First: first, After: after, Last: last, Before: before}
	if filter != nil || orderBy != content.RecentlyUpdatedFirst {
		return r.Reader.ProgressOf(ctx, obj.ID, or(filter), orderBy, page)
	}
	return relations.UserProgress.Page(ctx, obj, page)
}

func (r *Resolver) Consumption() graph.ConsumptionResolver { return &consumptionResolver{r} }

type consumptionResolver struct{ *Resolver }
