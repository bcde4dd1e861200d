package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *contentItemResolver) Learners(ctx context.Context, obj *content.Item, first *int32, after *string, last *int32, before *string, filter *content.ProgressFilter, orderBy content.ProgressOrder) (*domain.Page[*content.Progress], error) {
	page := domain.PageArgs{First: first, After: after, Last: last, Before: before}
	if filter != nil || orderBy != content.RecentlyUpdatedFirst {
		return r.Reader.Learners(ctx, obj.ID, or(filter), orderBy, page)
	}
	return relations.ContentItemLearners.Page(ctx, obj, page)
}

func (r *mutationResolver) ReportProgress(ctx context.Context, input content.Report) (*model.ReportProgressPayload, error) {
	progress, err := r.Content.ReportProgress(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, contentError)
	return &model.ReportProgressPayload{Progress: progress, UserErrors: inputErrors}, err
}

func (r *progressResolver) Item(ctx context.Context, obj *content.Progress) (*content.Item, error) {
	return relations.ProgressItem.Of(ctx, obj)
}

func (r *progressResolver) User(ctx context.Context, obj *content.Progress) (*users.User, error) {
	return relations.ProgressUser.Of(ctx, obj)
}

func (r *userResolver) Progress(ctx context.Context, obj *users.User, first *int32, after *string, last *int32, before *string, filter *content.ProgressFilter, orderBy content.ProgressOrder) (*domain.Page[*content.Progress], error) {
	page := domain.PageArgs{First: first, After: after, Last: last, Before: before}
	if filter != nil || orderBy != content.RecentlyUpdatedFirst {
		return r.Reader.ProgressOf(ctx, obj.ID, or(filter), orderBy, page)
	}
	return relations.UserProgress.Page(ctx, obj, page)
}

func (r *Resolver) Progress() graph.ProgressResolver { return &progressResolver{r} }

type progressResolver struct{ *Resolver }
