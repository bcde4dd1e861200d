package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph/model"
)

func (r *mutationResolver) SuspendUser(ctx context.Context, input users.SuspendUserCommand) (*model.SuspendUserPayload, error) {
	id, err := r.Users.SuspendUser(ctx, domain.ViewerFrom(ctx), input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.SuspendUserPayload{User: user, UserErrors: inputErrors}, err
}

func (r *mutationResolver) RestoreUser(ctx context.Context, input users.RestoreUserCommand) (*model.RestoreUserPayload, error) {
	id, err := r.Users.RestoreUser(ctx, domain.ViewerFrom(ctx), input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.RestoreUserPayload{User: user, UserErrors: inputErrors}, err
}

func (r *mutationResolver) UnlockUser(ctx context.Context, input users.UnlockUserCommand) (*model.UnlockUserPayload, error) {
	id, err := r.Users.UnlockUser(ctx, domain.ViewerFrom(ctx), input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.UnlockUserPayload{User: user, UserErrors: inputErrors}, err
}

func (r *mutationResolver) RevokeUserSessions(ctx context.Context, input users.RevokeUserSessionsCommand) (*model.RevokeUserSessionsPayload, error) {
	ended, err := r.Users.RevokeUserSessions(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, usersError)
	return &model.RevokeUserSessionsPayload{Ended: ended, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ForgetDevices(ctx context.Context, input users.ForgetDevicesCommand) (*model.ForgetDevicesPayload, error) {
	id, err := r.Users.ForgetDevices(ctx, domain.ViewerFrom(ctx), input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.ForgetDevicesPayload{User: user, UserErrors: inputErrors}, err
}
