package resolvers

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph"
	"lyceum/graph/loaders"
	"lyceum/graph/model"
)

func (r *auditEntryResolver) Actor(ctx context.Context, obj *security.AuditEntry) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.ActorID)
}

func (r *auditEntryResolver) Subject(ctx context.Context, obj *security.AuditEntry) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.SubjectID)
}

func (r *loginAttemptResolver) User(ctx context.Context, obj *security.Attempt) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.UserID)
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
	user, err := loaders.From(ctx).Users().Load(ctx, id)
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
	sessions, err := r.Reader.SessionsOf(ctx, domain.ViewerFrom(ctx).UserID)
	return listOf(ctx, sessions, err)
}

func (r *queryResolver) LoginAttempts(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.AttemptFilter, orderBy domain.TimeOrder) (*domain.Page[*security.Attempt], error) {
	page, err := r.Reader.ListAttempts(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	return pageOf(ctx, page, err)
}

func (r *queryResolver) SecurityEvents(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.EventFilter, orderBy domain.TimeOrder) (*domain.Page[*security.Event], error) {
	page, err := r.Reader.ListEvents(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	return pageOf(ctx, page, err)
}

func (r *queryResolver) AuditLog(ctx context.Context, first *int32, after *string, last *int32, before *string, filter *security.AuditFilter, orderBy domain.TimeOrder) (*domain.Page[*security.AuditEntry], error) {
	page, err := r.Reader.ListAudit(ctx, or(filter), orderBy, domain.PageArgs{First: first, After: after, Last: last, Before: before})
	return pageOf(ctx, page, err)
}

func (r *securityEventResolver) User(ctx context.Context, obj *security.Event) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.UserID)
}

func (r *securityEventResolver) Actor(ctx context.Context, obj *security.Event) (*users.User, error) {
	return optional(ctx, loaders.From(ctx).Users, obj.ActorID)
}

func (r *sessionResolver) IsCurrent(ctx context.Context, obj *security.Session) (bool, error) {
	return obj.ID == domain.ViewerFrom(ctx).SessionID, nil
}

func (r *userResolver) SecurityStatus(ctx context.Context, obj *users.User) (*security.Status, error) {
	return loaders.From(ctx).Status().Load(ctx, obj.ID)
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
