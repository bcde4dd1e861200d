package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/users"
	"lyceum/graph/loaders"
	"lyceum/graph/model"
)

// about answers a mutation about a user: them, or what is wrong with the input.
func about(ctx context.Context, id domain.UserID, err error) (*users.User, []*model.UsersError, error) {
	inputErrors, err := userErrors(err, usersError)
	if err != nil || len(inputErrors) > 0 {
		return nil, inputErrors, err
	}
	user, err := loaders.Users.LoadNow(ctx, loaders.From(ctx), id)
	return user, inputErrors, err
}

// invited answers each row of an invitation.
func invited(ctx context.Context, rows []users.Invited) ([]*model.InviteUsersResult, error) {
	results := make([]*model.InviteUsersResult, len(rows))
	ids := make([]domain.UserID, 0, len(rows))
	for i, row := range rows {
		results[i] = &model.InviteUsersResult{Index: int32(row.Index), UserErrors: []*model.UsersError{}} //nolint:gosec // 100 rows at most
		if row.Err != nil {
			results[i].UserErrors = append(results[i].UserErrors, usersError(row.Err))
		}
		if row.UserID != domain.Anonymous {
			ids = append(ids, row.UserID)
		}
	}
	loaders.Users.Prefetch(ctx, loaders.From(ctx), ids)
	for i, row := range rows {
		if row.UserID == domain.Anonymous {
			continue
		}
		user, err := loaders.Users.Load(ctx, loaders.From(ctx), row.UserID)
		if err != nil {
			return nil, err
		}
		results[i].User = user
	}
	return results, nil
}
