package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *mutationResolver) AssignRole(ctx context.Context, input users.AssignRoleCommand) (*model.AssignRolePayload, error) {
	assignment, err := r.Users.AssignRole(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, usersError)
	return &model.AssignRolePayload{Assignment: assignment, UserErrors: inputErrors}, err
}

func (r *mutationResolver) WithdrawRole(ctx context.Context, input users.WithdrawRoleCommand) (*model.WithdrawRolePayload, error) {
	id, err := r.Users.WithdrawRole(ctx, domain.ViewerFrom(ctx), input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.WithdrawRolePayload{User: user, UserErrors: inputErrors}, err
}

func (r *queryResolver) Roles(ctx context.Context) ([]*users.Role, error) {
	return r.Reader.Roles(ctx)
}

func (r *queryResolver) RoleAssignments(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *users.RoleAssignmentFilter, orderBy domain.TimeOrder) (*domain.Page[*users.RoleAssignment], error) {
	return r.Reader.ListRoleAssignments(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *roleAssignmentResolver) User(ctx context.Context, obj *users.RoleAssignment) (*users.User, error) {
	return relations.RoleAssignmentUser.Of(ctx, obj)
}

func (r *roleAssignmentResolver) Role(ctx context.Context, obj *users.RoleAssignment) (*users.Role, error) {
	return relations.RoleAssignmentRole.Of(ctx, obj)
}

func (r *roleAssignmentResolver) GrantedBy(ctx context.Context, obj *users.RoleAssignment) (*users.User, error) {
	return relations.RoleAssignmentGrantedBy.Of(ctx, obj)
}

func (r *Resolver) RoleAssignment() graph.RoleAssignmentResolver { return &roleAssignmentResolver{r} }

type roleAssignmentResolver struct{ *Resolver }
