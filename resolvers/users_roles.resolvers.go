package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
)

func (r *queryResolver) RoleAssignments(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *users.RoleAssignmentFilter, orderBy domain.TimeOrder) (*domain.Page[*users.RoleAssignment], error) {
	page, err := r.Reader.ListRoleAssignments(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	return pageOf(ctx, page, err)
}

func (r *roleAssignmentResolver) User(ctx context.Context, obj *users.RoleAssignment) (*users.User, error) {
	return loaders.From(ctx).Users().Load(ctx, obj.UserID)
}

func (r *roleAssignmentResolver) Role(ctx context.Context, obj *users.RoleAssignment) (*users.Role, error) {
	return loaders.From(ctx).Role().Load(ctx, obj.RoleID)
}

func (r *roleAssignmentResolver) GrantedBy(ctx context.Context, obj *users.RoleAssignment) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.GrantedBy)
}

func (r *Resolver) RoleAssignment() graph.RoleAssignmentResolver { return &roleAssignmentResolver{r} }

type roleAssignmentResolver struct{ *Resolver }
