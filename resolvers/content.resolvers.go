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
)

func (r *accessRemedyResolver) Plan(ctx context.Context, obj *content.Remedy) (*plans.Plan, error) {
	return optional(ctx, loaders.From(ctx).Plans, obj.PlanID)
}

func (r *accessRemedyResolver) Prerequisites(ctx context.Context, obj *content.Remedy) ([]*content.Item, error) {
	return loaders.From(ctx).Items().All(ctx, obj.PrerequisiteIDs)
}

func (r *categoryResolver) Parent(ctx context.Context, obj *content.Category) (*content.Category, error) {
	return optional(ctx, loaders.From(ctx).Categories, obj.ParentID)
}

func (r *categoryResolver) Children(ctx context.Context, obj *content.Category) ([]*content.Category, error) {
	return loaders.From(ctx).Children().Load(ctx, obj.ID)
}

func (r *categoryResolver) Path(ctx context.Context, obj *content.Category) ([]*content.Category, error) {
	return loaders.From(ctx).Paths().Load(ctx, obj.ID)
}

func (r *categoryResolver) Items(ctx context.Context, obj *content.Category, first *int32, after *string, last *int32, before *string, below bool) (*domain.Page[*content.Item], error) {
	key := func(size int32) loaders.CategoryItemsKey {
		return loaders.CategoryItemsKey{Branch: obj.ID, Below: below, Size: size}
	}
	return childPage(ctx, loaders.From(ctx).CategoryItems, key, func() (*domain.Page[*content.Item], error) {
		return loaders.From(ctx).Reader.CategoryItems(ctx, obj.ID, below, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	})
}

func (r *contentAccessResolver) Remedy(ctx context.Context, obj *content.Access) (*content.Remedy, error) {
	if obj.HasAccess {
		return nil, nil
	}
	facts, err := loaders.From(ctx).LockFacts().Load(ctx, obj.ItemID)
	if err != nil || facts == nil {
		return nil, err
	}
	return obj.Remedy(*facts), nil
}

func (r *contentItemResolver) Category(ctx context.Context, obj *content.Item) (*content.Category, error) {
	return loaders.From(ctx).Categories().Load(ctx, obj.CategoryID)
}

func (r *contentItemResolver) Author(ctx context.Context, obj *content.Item) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.AuthorID)
}

func (r *contentItemResolver) Body(ctx context.Context, obj *content.Item) (*string, error) {
	body, err := loaders.From(ctx).Bodies().Load(ctx, obj.ID)
	if err != nil || body == nil {
		return nil, err
	}
	return r.linked(ctx, body)
}

func (r *contentItemResolver) BodyHTML(ctx context.Context, obj *content.Item) (*string, error) {
	body, err := loaders.From(ctx).Bodies().Load(ctx, obj.ID)
	if err != nil || body == nil {
		return nil, err
	}
	return r.rendered(ctx, body)
}

func (r *contentItemResolver) Access(ctx context.Context, obj *content.Item) (*content.Access, error) {
	return loaders.From(ctx).Access().Load(ctx, obj.ID)
}

func (r *contentItemResolver) MyProgress(ctx context.Context, obj *content.Item) (*content.Progress, error) {
	return loaders.From(ctx).Progress().Load(ctx, obj.ID)
}

func (r *mutationResolver) ReportProgress(ctx context.Context, input content.Report) (*model.ReportProgressPayload, error) {
	progress, err := r.Content.ReportProgress(ctx, domain.ViewerFrom(ctx), input)
	mend, err := toMend(err, contentError)
	return &model.ReportProgressPayload{Progress: progress, UserErrors: mend}, err
}

func (r *progressResolver) Item(ctx context.Context, obj *content.Progress) (*content.Item, error) {
	return loaders.From(ctx).Items().Load(ctx, obj.ItemID)
}

func (r *queryResolver) Categories(ctx context.Context) ([]*content.Category, error) {
	top, err := r.Reader.TopCategories(ctx, content.SeesDrafts(domain.ViewerFrom(ctx)))
	return listOf(ctx, top, err)
}

func (r *queryResolver) Category(ctx context.Context, id *domain.GlobalID, slug *string) (*content.Category, error) {
	if err := oneOf(id, slug); err != nil {
		return nil, err
	}
	if slug != nil {
		branch, err := r.Reader.CategoryBySlug(ctx, *slug, content.SeesDrafts(domain.ViewerFrom(ctx)))
		return rowOf(ctx, branch, err)
	}
	branch, err := byID(ctx, loaders.From(ctx).Categories, *id)
	return rowOf(ctx, branch, err)
}

func (r *queryResolver) ContentItem(ctx context.Context, id *domain.GlobalID, slug *string) (*content.Item, error) {
	if err := oneOf(id, slug); err != nil {
		return nil, err
	}
	if slug != nil {
		item, err := loaders.From(ctx).Reader.KnownItemBySlug(ctx, domain.ViewerFrom(ctx).UserID, *slug)
		return rowOf(ctx, item, err)
	}
	item, err := byID(ctx, loaders.From(ctx).Items, *id)
	return rowOf(ctx, item, err)
}

func (r *queryResolver) ContentItems(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *content.ItemFilter, orderBy content.ItemOrder) (*domain.Page[*content.Item], error) {
	page, err := loaders.From(ctx).ItemsPage(ctx, domain.ViewerFrom(ctx).UserID, or(filter), orderBy,
		domain.PageArgs{First: first, After: after, Last: last, Before: before}, joinsOf(ctx))
	return pageOf(ctx, page, err)
}

func (r *queryResolver) Search(ctx context.Context, query string, first *int32, after *string, accessible bool) (*domain.Page[*content.Hit], error) {
	page, err := loaders.From(ctx).HitsPage(ctx, domain.ViewerFrom(ctx).UserID, query, accessible, domain.PageArgs{First: first, After: after}, joinsOf(ctx))
	return pageOf(ctx, page, err)
}

func (r *searchConnectionResolver) Nodes(ctx context.Context, obj *domain.Page[*content.Hit]) ([]*content.Item, error) {
	items := make([]*content.Item, len(obj.Edges))
	for i, edge := range obj.Edges {
		items[i] = &edge.Node.Item
	}
	return items, nil
}

func (r *searchEdgeResolver) Node(ctx context.Context, obj *domain.Edge[*content.Hit]) (*content.Item, error) {
	return &obj.Node.Item, nil
}

func (r *searchEdgeResolver) Rank(ctx context.Context, obj *domain.Edge[*content.Hit]) (float64, error) {
	return obj.Node.Rank, nil
}

func (r *Resolver) AccessRemedy() graph.AccessRemedyResolver { return &accessRemedyResolver{r} }

func (r *Resolver) Category() graph.CategoryResolver { return &categoryResolver{r} }

func (r *Resolver) ContentAccess() graph.ContentAccessResolver { return &contentAccessResolver{r} }

func (r *Resolver) ContentItem() graph.ContentItemResolver { return &contentItemResolver{r} }

func (r *Resolver) Progress() graph.ProgressResolver { return &progressResolver{r} }

func (r *Resolver) SearchConnection() graph.SearchConnectionResolver {
	return &searchConnectionResolver{r}
}

func (r *Resolver) SearchEdge() graph.SearchEdgeResolver { return &searchEdgeResolver{r} }

type (
	accessRemedyResolver     struct{ *Resolver }
	categoryResolver         struct{ *Resolver }
	contentAccessResolver    struct{ *Resolver }
	contentItemResolver      struct{ *Resolver }
	progressResolver         struct{ *Resolver }
	searchConnectionResolver struct{ *Resolver }
	searchEdgeResolver       struct{ *Resolver }
)
