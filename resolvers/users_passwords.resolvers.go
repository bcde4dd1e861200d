package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph/model"
)

func (r *mutationResolver) RequestPasswordReset(ctx context.Context, input users.RequestPasswordResetCommand) (*model.RequestPasswordResetPayload, error) {
	from := domain.ViewerFrom(ctx).Request
	inputErrors, err := userErrors(r.Users.RequestPasswordReset(ctx, from, input), usersError)
	return &model.RequestPasswordResetPayload{Accepted: len(inputErrors) == 0, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ResetPassword(ctx context.Context, input users.ResetPasswordCommand) (*model.ResetPasswordPayload, error) {
	done, err := r.Gate.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	id, err := r.Users.ResetPassword(ctx, domain.ViewerFrom(ctx).Request, input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.ResetPasswordPayload{User: user, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ChangePassword(ctx context.Context, input users.ChangePasswordCommand) (*model.ChangePasswordPayload, error) {
	done, err := r.Gate.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	id, err := r.Users.ChangePassword(ctx, domain.ViewerFrom(ctx), input)
	if err == nil {
		err = r.Gate.Renew(ctx)
	}
	user, inputErrors, err := about(ctx, id, err)
	return &model.ChangePasswordPayload{User: user, UserErrors: inputErrors}, err
}
