package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph/model"
)

func (r *mutationResolver) Register(ctx context.Context, input users.RegisterCommand) (*model.RegisterPayload, error) {
	done, err := r.Gate.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	from := domain.ViewerFrom(ctx).Request
	inputErrors, err := userErrors(r.Users.Register(ctx, from, input), usersError)
	return &model.RegisterPayload{Accepted: len(inputErrors) == 0, UserErrors: inputErrors}, err
}

func (r *mutationResolver) VerifyEmail(ctx context.Context, input users.VerifyEmailCommand) (*model.VerifyEmailPayload, error) {
	id, err := r.Users.VerifyEmail(ctx, domain.ViewerFrom(ctx).Request, input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.VerifyEmailPayload{User: user, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ResendVerification(ctx context.Context, input users.ResendVerificationCommand) (*model.ResendVerificationPayload, error) {
	from := domain.ViewerFrom(ctx).Request
	inputErrors, err := userErrors(r.Users.ResendVerification(ctx, from, input), usersError)
	return &model.ResendVerificationPayload{Accepted: len(inputErrors) == 0, UserErrors: inputErrors}, err
}
