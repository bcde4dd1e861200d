package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
	"lyceum/graph/model"
	"lyceum/graph/relations"
	"lyceum/graph/rows"
)

func (r *contentItemResolver) Popularity(ctx context.Context, obj *content.Item) (*analytics.Popularity, error) {
	return relations.ContentItemPopularity.Of(ctx, obj)
}

func (r *contentPopularityResolver) Item(ctx context.Context, obj *analytics.Popularity) (*content.Item, error) {
	return relations.ContentPopularityItem.Of(ctx, obj)
}

func (r *mutationResolver) RefreshAnalytics(ctx context.Context) (*model.RefreshAnalyticsPayload, error) {
	if err := r.Analytics.Refresh(ctx, domain.ViewerFrom(ctx)); err != nil {
		return nil, err
	}
	return &model.RefreshAnalyticsPayload{Queued: true}, nil
}

func (r *queryResolver) SubscriptionMetrics(ctx context.Context) ([]*analytics.SubscriptionMetrics, error) {
	return loaders.From(ctx).PlanMetrics(ctx)
}

func (r *queryResolver) ContentPopularity(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *analytics.PopularityFilter, orderBy analytics.PopularityOrder) (*domain.Page[*analytics.Popularity], error) {
	load, drafts := loaders.From(ctx), content.SeesDrafts(domain.ViewerFrom(ctx))
	args := domain.PageArgs{First: first, After: after, Last: last, Before: before}
	if rows.Selects(ctx, "item") {
		return load.FiguresPage(ctx, or(filter), orderBy, args, drafts)
	}
	return load.Reader.ListPopularity(ctx, or(filter), orderBy, args, drafts)
}

func (r *subscriptionMetricsResolver) Plan(ctx context.Context, obj *analytics.SubscriptionMetrics) (*plans.Plan, error) {
	return relations.SubscriptionMetricsPlan.Of(ctx, obj)
}

func (r *userResolver) Activity(ctx context.Context, obj *users.User) (*analytics.Activity, error) {
	return relations.UserActivity.Of(ctx, obj)
}

func (r *Resolver) ContentPopularity() graph.ContentPopularityResolver {
	return &contentPopularityResolver{r}
}

func (r *Resolver) SubscriptionMetrics() graph.SubscriptionMetricsResolver {
	return &subscriptionMetricsResolver{r}
}

type (
	contentPopularityResolver   struct{ *Resolver }
	subscriptionMetricsResolver struct{ *Resolver }
)
