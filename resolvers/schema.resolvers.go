package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/graph"
	"lyceum/graph/bind"
)

func (r *queryResolver) Node(ctx context.Context, id domain.GlobalID) (bind.Node, error) {
	return r.nodeOf(ctx, id)
}

func (r *queryResolver) Nodes(ctx context.Context, ids []*domain.GlobalID) ([]bind.Node, error) {
	if len(ids) > domain.MaxPage {
		return nil, domain.Errorf(domain.CodeInvalid, "at most %d ids are allowed at a time", domain.MaxPage).At("ids")
	}
	return r.nodesOf(ctx, ids)
}

func (r *Resolver) Mutation() graph.MutationResolver { return &mutationResolver{r} }

func (r *Resolver) Query() graph.QueryResolver { return &queryResolver{r} }

type (
	mutationResolver struct{ *Resolver }
	queryResolver    struct{ *Resolver }
)
