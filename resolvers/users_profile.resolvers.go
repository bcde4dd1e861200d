package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph/model"
)

func (r *mutationResolver) UpdateProfile(ctx context.Context, input users.Profile) (*model.UpdateProfilePayload, error) {
	user, err := r.Users.UpdateProfile(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, usersError)
	return &model.UpdateProfilePayload{User: user, UserErrors: inputErrors}, err
}
