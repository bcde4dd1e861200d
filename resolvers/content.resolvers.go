package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *accessRemedyResolver) Plan(ctx context.Context, obj *content.Remedy) (*plans.Plan, error) {
	return relations.AccessRemedyPlan.Of(ctx, obj)
}

func (r *accessRemedyResolver) Prerequisites(ctx context.Context, obj *content.Remedy) ([]*content.Item, error) {
	return relations.AccessRemedyPrerequisites.Of(ctx, obj)
}

func (r *categoryResolver) Parent(ctx context.Context, obj *content.Category) (*content.Category, error) {
	return relations.CategoryParent.Of(ctx, obj)
}

func (r *categoryResolver) Children(ctx context.Context, obj *content.Category) ([]*content.Category, error) {
	return relations.CategoryChildren.Of(ctx, obj)
}

func (r *categoryResolver) Path(ctx context.Context, obj *content.Category) ([]*content.Category, error) {
	return relations.CategoryPath.Of(ctx, obj)
}

func (r *categoryResolver) Items(ctx context.Context, obj *content.Category, first *int32, after *string, last *int32, before *string, below bool) (*domain.Page[*content.Item], error) {
	return relations.CategoryItems.PageWith(ctx, obj, relations.Args{Below: below},
		domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *contentAccessResolver) Remedy(ctx context.Context, obj *content.Access) (*content.Remedy, error) {
	return relations.ContentAccessRemedy.Of(ctx, obj)
}

func (r *contentItemResolver) Category(ctx context.Context, obj *content.Item) (*content.Category, error) {
	return relations.ContentItemCategory.Of(ctx, obj)
}

func (r *contentItemResolver) Author(ctx context.Context, obj *content.Item) (*users.User, error) {
	return relations.ContentItemAuthor.Of(ctx, obj)
}

func (r *contentItemResolver) Body(ctx context.Context, obj *content.Item) (*string, error) {
	body, err := relations.ContentItemBody.Of(ctx, obj)
	if err != nil || body == nil {
		return nil, err
	}
	return r.linked(ctx, body)
}

func (r *contentItemResolver) BodyHTML(ctx context.Context, obj *content.Item) (*string, error) {
	body, err := relations.ContentItemBodyHTML.Of(ctx, obj)
	if err != nil || body == nil {
		return nil, err
	}
	return r.rendered(ctx, body)
}

func (r *contentItemResolver) Access(ctx context.Context, obj *content.Item) (*content.Access, error) {
	return relations.ContentItemAccess.Of(ctx, obj)
}

func (r *contentItemResolver) MyProgress(ctx context.Context, obj *content.Item) (*content.Progress, error) {
	return relations.ContentItemMyProgress.Of(ctx, obj)
}

func (r *mutationResolver) ReportProgress(ctx context.Context, input content.Report) (*model.ReportProgressPayload, error) {
	progress, err := r.Content.ReportProgress(ctx, domain.ViewerFrom(ctx), input)
	mend, err := toMend(err, contentError)
	return &model.ReportProgressPayload{Progress: progress, UserErrors: mend}, err
}

func (r *progressResolver) Item(ctx context.Context, obj *content.Progress) (*content.Item, error) {
	return relations.ProgressItem.Of(ctx, obj)
}

func (r *queryResolver) Categories(ctx context.Context) ([]*content.Category, error) {
	return r.Reader.TopCategories(ctx, content.SeesDrafts(domain.ViewerFrom(ctx)))
}

func (r *queryResolver) Category(ctx context.Context, id *domain.GlobalID, slug *string) (*content.Category, error) {
	if err := oneOf(id, slug); err != nil {
		return nil, err
	}
	if slug != nil {
		return r.Reader.CategoryBySlug(ctx, *slug, content.SeesDrafts(domain.ViewerFrom(ctx)))
	}
	return byID(ctx, loaders.Categories, *id)
}

func (r *queryResolver) ContentItem(ctx context.Context, id *domain.GlobalID, slug *string) (*content.Item, error) {
	if err := oneOf(id, slug); err != nil {
		return nil, err
	}
	if slug != nil {
		return loaders.From(ctx).Reader.KnownItemBySlug(ctx, domain.ViewerFrom(ctx).UserID, *slug)
	}
	return byID(ctx, loaders.Items, *id)
}

func (r *queryResolver) ContentItems(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *content.ItemFilter, orderBy content.ItemOrder) (*domain.Page[*content.Item], error) {
	return loaders.From(ctx).ItemsPage(ctx, domain.ViewerFrom(ctx).UserID, or(filter), orderBy,
		domain.PageArgs{First: first, After: after, Last: last, Before: before}, joinsOf(ctx))
}

func (r *queryResolver) Search(ctx context.Context, query string, first *int32, after *string, accessible bool) (*content.HitPage, error) {
	return loaders.From(ctx).HitsPage(ctx, domain.ViewerFrom(ctx).UserID, query, accessible, domain.PageArgs{First: first, After: after},
		joinsOf(ctx))
}

func (r *Resolver) AccessRemedy() graph.AccessRemedyResolver { return &accessRemedyResolver{r} }

func (r *Resolver) Category() graph.CategoryResolver { return &categoryResolver{r} }

func (r *Resolver) ContentAccess() graph.ContentAccessResolver { return &contentAccessResolver{r} }

func (r *Resolver) ContentItem() graph.ContentItemResolver { return &contentItemResolver{r} }

func (r *Resolver) Progress() graph.ProgressResolver { return &progressResolver{r} }

type (
	accessRemedyResolver  struct{ *Resolver }
	categoryResolver      struct{ *Resolver }
	contentAccessResolver struct{ *Resolver }
	contentItemResolver   struct{ *Resolver }
	progressResolver      struct{ *Resolver }
)
