package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph/model"
)

func (r *mutationResolver) ChangeEmail(ctx context.Context, input users.ChangeEmailCommand) (*model.ChangeEmailPayload, error) {
	done, err := r.Gate.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	err = r.Users.ChangeEmail(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, usersError)
	return &model.ChangeEmailPayload{Accepted: len(inputErrors) == 0, UserErrors: inputErrors}, err
}

func (r *mutationResolver) ConfirmEmailChange(ctx context.Context, input users.ConfirmEmailChangeCommand) (*model.ConfirmEmailChangePayload, error) {
	id, err := r.Users.ConfirmEmailChange(ctx, domain.ViewerFrom(ctx), input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.ConfirmEmailChangePayload{User: user, UserErrors: inputErrors}, err
}

func (r *mutationResolver) UndoEmailChange(ctx context.Context, input users.UndoEmailChangeCommand) (*model.UndoEmailChangePayload, error) {
	id, err := r.Users.UndoEmailChange(ctx, domain.ViewerFrom(ctx).Request, input)
	user, inputErrors, err := about(ctx, id, err)
	return &model.UndoEmailChangePayload{User: user, UserErrors: inputErrors}, err
}

func (r *mutationResolver) CloseAccount(ctx context.Context, input users.CloseAccountCommand) (*model.CloseAccountPayload, error) {
	done, err := r.Gate.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	_, err = r.Users.CloseAccount(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, usersError)
	if err == nil && len(inputErrors) == 0 {
		err = r.Gate.End(ctx)
	}
	return &model.CloseAccountPayload{Closed: len(inputErrors) == 0, UserErrors: inputErrors}, err
}
