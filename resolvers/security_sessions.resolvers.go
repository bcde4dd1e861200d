package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/model"
	"lyceum/graph/relations"
)

func (r *mutationResolver) RevokeSession(ctx context.Context, input security.RevokeSessionCommand) (*model.RevokeSessionPayload, error) {
	session, err := r.Security.RevokeSession(ctx, domain.ViewerFrom(ctx), input)
	inputErrors, err := userErrors(err, securityError)
	return &model.RevokeSessionPayload{Session: session, UserErrors: inputErrors}, err
}

func (r *mutationResolver) RevokeOtherSessions(ctx context.Context) (*model.RevokeOtherSessionsPayload, error) {
	ended, err := r.Security.RevokeOtherSessions(ctx, domain.ViewerFrom(ctx))
	if err != nil {
		return nil, err
	}
	return &model.RevokeOtherSessionsPayload{Ended: ended}, nil
}

func (r *queryResolver) Sessions(ctx context.Context) ([]*security.Session, error) {
	return r.Reader.SessionsOf(ctx, domain.ViewerFrom(ctx).UserID)
}

func (r *queryResolver) UserSessions(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.SessionFilter, orderBy security.SessionOrder) (*domain.Page[*security.Session], error) {
	return r.Reader.ListSessions(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *sessionResolver) IsCurrent(ctx context.Context, obj *security.Session) (bool, error) {
	return obj.ID == domain.ViewerFrom(ctx).SessionID, nil
}

func (r *sessionResolver) User(ctx context.Context, obj *security.Session) (*users.User, error) {
	return relations.SessionUser.Of(ctx, obj)
}

func (r *Resolver) Session() graph.SessionResolver { return &sessionResolver{r} }

type sessionResolver struct{ *Resolver }
