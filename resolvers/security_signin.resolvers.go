package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *loginAttemptResolver) User(ctx context.Context, obj *security.Attempt) (*users.User, error) {
	return relations.LoginAttemptUser.Of(ctx, obj)
}

func (r *mutationResolver) SignIn(ctx context.Context, input security.SignInCommand) (*model.SignInPayload, error) {
	from, done, err := r.Gate.SigningIn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	who, err := r.Security.SignIn(ctx, from, input)
	if inputErrors, err := userErrors(err, securityError); err != nil || len(inputErrors) > 0 {
		return &model.SignInPayload{UserErrors: inputErrors}, err
	}
	if err := r.Gate.Begin(ctx, who); err != nil {
		return nil, err
	}
	user, err := loaders.Users.Load(ctx, loaders.From(ctx), who.UserID)
	return &model.SignInPayload{Viewer: user, UserErrors: []*model.SecurityError{}}, err
}

func (r *mutationResolver) SignOut(ctx context.Context) (*model.SignOutPayload, error) {
	viewer := domain.ViewerFrom(ctx)
	if !viewer.SignedIn() {
		return &model.SignOutPayload{}, r.Gate.Forget(ctx)
	}
	if err := r.Gate.End(ctx); err != nil {
		return nil, err
	}
	return &model.SignOutPayload{SignedOut: true}, r.Security.SignedOut(ctx, viewer)
}

func (r *queryResolver) LoginAttempts(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.AttemptFilter, orderBy domain.TimeOrder) (*domain.Page[*security.Attempt], error) {
	return r.Reader.ListAttempts(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) LoginAttempt() graph.LoginAttemptResolver { return &loginAttemptResolver{r} }

type loginAttemptResolver struct{ *Resolver }
