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

func (r *auditEntryResolver) Actor(ctx context.Context, obj *security.AuditEntry) (*users.User, error) {
	return relations.AuditEntryActor.Of(ctx, obj)
}

func (r *auditEntryResolver) Subject(ctx context.Context, obj *security.AuditEntry) (*users.User, error) {
	return relations.AuditEntrySubject.Of(ctx, obj)
}

func (r *loginAttemptResolver) User(ctx context.Context, obj *security.Attempt) (*users.User, error) {
	return relations.LoginAttemptUser.Of(ctx, obj)
}

func (r *mutationResolver) SignIn(ctx context.Context, input security.SignInCommand) (*model.SignInPayload, error) {
	from, done, err := r.Gate.SigningIn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	id, err := r.Security.SignIn(ctx, from, input)
	if mend, err := toMend(err, securityError); err != nil || len(mend) > 0 {
		return &model.SignInPayload{UserErrors: mend}, err
	}
	if err := r.Gate.Begin(ctx, id); err != nil {
		return nil, err
	}
	user, err := loaders.Users.Load(ctx, loaders.From(ctx), id)
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

func (r *mutationResolver) RevokeSession(ctx context.Context, input security.RevokeSessionCommand) (*model.RevokeSessionPayload, error) {
	session, err := r.Security.RevokeSession(ctx, domain.ViewerFrom(ctx), input)
	mend, err := toMend(err, securityError)
	return &model.RevokeSessionPayload{Session: session, UserErrors: mend}, err
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

func (r *queryResolver) LoginAttempts(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.AttemptFilter, orderBy domain.TimeOrder) (*domain.Page[*security.Attempt], error) {
	return r.Reader.ListAttempts(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *queryResolver) SecurityEvents(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.EventFilter, orderBy domain.TimeOrder) (*domain.Page[*security.Event], error) {
	return r.Reader.ListEvents(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *queryResolver) AuditLog(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.AuditFilter, orderBy domain.TimeOrder) (*domain.Page[*security.AuditEntry], error) {
	return r.Reader.ListAudit(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
}

func (r *securityEventResolver) User(ctx context.Context, obj *security.Event) (*users.User, error) {
	return relations.SecurityEventUser.Of(ctx, obj)
}

func (r *securityEventResolver) Actor(ctx context.Context, obj *security.Event) (*users.User, error) {
	return relations.SecurityEventActor.Of(ctx, obj)
}

func (r *sessionResolver) IsCurrent(ctx context.Context, obj *security.Session) (bool, error) {
	return obj.ID == domain.ViewerFrom(ctx).SessionID, nil
}

func (r *userResolver) SecurityStatus(ctx context.Context, obj *users.User) (*security.Status, error) {
	return relations.UserSecurityStatus.Of(ctx, obj)
}

func (r *Resolver) AuditEntry() graph.AuditEntryResolver { return &auditEntryResolver{r} }

func (r *Resolver) LoginAttempt() graph.LoginAttemptResolver { return &loginAttemptResolver{r} }

func (r *Resolver) SecurityEvent() graph.SecurityEventResolver { return &securityEventResolver{r} }

func (r *Resolver) Session() graph.SessionResolver { return &sessionResolver{r} }

type (
	auditEntryResolver    struct{ *Resolver }
	loginAttemptResolver  struct{ *Resolver }
	securityEventResolver struct{ *Resolver }
	sessionResolver       struct{ *Resolver }
)
