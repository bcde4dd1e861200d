package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
	"lyceum/graph/relations"
	"lyceum/graph/rows"
)

func (r *queryResolver) Viewer(ctx context.Context) (*users.User, error) {
	viewer := domain.ViewerFrom(ctx)
	if !viewer.SignedIn() {
		return nil, nil
	}
	if rows.Selects(ctx, "subscription") {
		if err := loaders.From(ctx).ReadHolders(ctx, []domain.UserID{viewer.UserID}); err != nil {
			return nil, err
		}
	}
	return loaders.Users.LoadNow(ctx, loaders.From(ctx), viewer.UserID)
}

func (r *queryResolver) Users(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *users.Filter, orderBy users.Order) (*domain.Page[*users.User], error) {
	load, args := loaders.From(ctx), domain.PageArgs{First: first, After: after, Last: last, Before: before}
	if rows.Selects(ctx, "subscription") && domain.ViewerFrom(ctx).May(domain.BillingRead) {
		return load.UsersPage(ctx, or(filter), orderBy, args)
	}
	return load.Reader.ListUsers(ctx, or(filter), orderBy, args)
}

func (r *userResolver) Roles(ctx context.Context, obj *users.User) ([]*users.Role, error) {
	return relations.UserRoles.Of(ctx, obj)
}

func (r *Resolver) User() graph.UserResolver { return &userResolver{r} }

type userResolver struct{ *Resolver }
