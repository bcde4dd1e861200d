package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph/model"
)

func (r *mutationResolver) CreateUser(ctx context.Context, input users.CreateUserCommand) (*model.CreateUserPayload, error) {
	id, err := r.Users.CreateUser(ctx, domain.ViewerFrom(ctx), input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.CreateUserPayload{User: user, UserErrors: inputErrors}, err
}

func (r *mutationResolver) InviteUsers(ctx context.Context, input users.InviteUsersCommand) (*model.InviteUsersPayload, error) {
	rows, err := r.Users.InviteUsers(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, usersError)
	if err != nil {
		return nil, err
	}
	results, err := invited(ctx, rows)
	return &model.InviteUsersPayload{Results: results, UserErrors: inputErrors}, err
}

func (r *mutationResolver) AcceptInvitation(ctx context.Context, input users.AcceptInvitationCommand) (*model.AcceptInvitationPayload, error) {
	done, err := r.Gate.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	id, err := r.Users.AcceptInvitation(ctx, domain.ViewerFrom(ctx).Request, input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.AcceptInvitationPayload{User: user, UserErrors: inputErrors}, err
}
