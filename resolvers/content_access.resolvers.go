package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/graph"
	"lyceum/graph/loaders"
	"lyceum/graph/relations"
)

func (r *accessRemedyResolver) Plan(ctx context.Context, obj *content.Remedy) (*plans.Plan, error) {
	return relations.AccessRemedyPlan.Of(ctx, obj)
}

func (r *accessRemedyResolver) Prerequisites(ctx context.Context, obj *content.Remedy) ([]*content.Item, error) {
	return relations.AccessRemedyPrerequisites.Of(ctx, obj)
}

func (r *contentAccessResolver) Remedy(ctx context.Context, obj *content.Access) (*content.Remedy, error) {
	return relations.ContentAccessRemedy.Of(ctx, obj)
}

func (r *contentItemResolver) Prerequisites(ctx context.Context, obj *content.Item) ([]*content.Item, error) {
	return relations.ContentItemPrerequisites.Of(ctx, obj)
}

func (r *contentItemResolver) AccessOf(ctx context.Context, obj *content.Item, userID domain.GlobalID) (*content.Access, error) {
	user, err := domain.AsID[domain.UserID](userID)
	if err != nil {
		return nil, err
	}
	return loaders.AccessOf.Load(ctx, loaders.From(ctx), content.AccessKey{User: user, Item: obj.ID})
}

func (r *Resolver) AccessRemedy() graph.AccessRemedyResolver { return &accessRemedyResolver{r} }

func (r *Resolver) ContentAccess() graph.ContentAccessResolver { return &contentAccessResolver{r} }

type (
	accessRemedyResolver  struct{ *Resolver }
	contentAccessResolver struct{ *Resolver }
)
