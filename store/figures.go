package store

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	analyticsql "lyceum/store/analytics"
	contentsql "lyceum/store/content"
	plansql "lyceum/store/plans"
	"lyceum/store/sqlkit"
)

// PlanMetrics are the figures of a plan with the plan.
type PlanMetrics struct {
	analytics.SubscriptionMetrics
	Plan *plans.Plan `db:"plan"`
}

var metricsOfPlans = sqlkit.Select(analyticsql.MetricsColumns.And(plansql.PlanColumns.Under("plan")), `
	from subscription_metrics m join subscription_plans p on p.id = m.plan_id order by p.position, p.id`)

// SubscriptionMetrics reads a row for each plan, in the order of the price list.
func (r Reader) SubscriptionMetrics(ctx context.Context) ([]*PlanMetrics, error) {
	return sqlkit.Rows[*PlanMetrics](ctx, r.db, metricsOfPlans.For(r.projection))
}

// ofPublished leaves out the figures of what is not published.
const ofPublished = ` and exists (select from content_items i where i.id = p.content_id and ` + contentsql.Published + `)`

var (
	popularityList = sqlkit.NewList(sqlkit.ListOf[analytics.Popularity, analytics.PopularityOrder, analytics.PopularityFilter]{
		Name: "popularity", Columns: analyticsql.PopularityColumns, From: ` from content_popularity p where true`,
		Orders: analyticsql.PopularityOrders,
		Filters: sqlkit.Filters[analytics.PopularityFilter]{
			sqlkit.Where(`p.content_id in (select i.id from content_items i where `+contentsql.InBranch+`)`,
				func(f analytics.PopularityFilter) *domain.CategoryID { return f.CategoryID }),
		},
	})
	publishedPopularityList = popularityList.Also(ofPublished)
)

// ListPopularity reads a page of how items are used, drafts only if asked.
func (r Reader) ListPopularity(ctx context.Context, f analytics.PopularityFilter, by analytics.PopularityOrder, page domain.PageArgs,
	drafts bool,
) (*domain.Page[*analytics.Popularity], error) {
	l := publishedPopularityList
	if drafts {
		l = popularityList
	}
	return l.Page(ctx, r.db, r.projection, by, page, f)
}

// ItemFigures are an item's figures with the item, if it is published, and its category.
type ItemFigures struct {
	analytics.Popularity
	Item     *content.Item     `db:"item"`
	Category *content.Category `db:"category"`
}

// Figures are the figures alone.
func (f *ItemFigures) Figures() *analytics.Popularity { return &f.Popularity }

const fromFigures = ` from content_popularity p
		left join content_items i on i.id = p.content_id and ` + contentsql.Published + `
		left join content_categories k on k.id = i.category_id and k.deleted_at is null where true`

var (
	figuresColumns = analyticsql.PopularityColumns.And(contentsql.ItemColumns.Under("item"), contentsql.CategoryColumns.Under("category"))
	figuresList    = sqlkit.Joined(popularityList, figuresColumns, fromFigures, (*ItemFigures).Figures)
	// publishedFiguresList has the items for the condition.
	publishedFiguresList = sqlkit.Joined(publishedPopularityList, figuresColumns, fromFigures+` and i.id is not null`,
		(*ItemFigures).Figures)
)

// ListFigures is ListPopularity with the published items and their categories.
func (r Reader) ListFigures(ctx context.Context, f analytics.PopularityFilter, by analytics.PopularityOrder, page domain.PageArgs,
	drafts bool,
) (*domain.Page[*ItemFigures], error) {
	l := publishedFiguresList
	if drafts {
		l = figuresList
	}
	return l.Page(ctx, r.db, r.projection, by, page, f)
}
