package resolvers

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph/loaders"
)

func userID(u *users.User) *domain.UserID { return &u.ID }

// viewerOf reads the viewer herself and announces what is asked of her.
func viewerOf(ctx context.Context, id domain.UserID, set ast.SelectionSet) (*users.User, error) {
	user, err := loaders.From(ctx).Users().Now(ctx, id)
	if err != nil || user == nil {
		return nil, err
	}
	return user, expectUsers(ctx, aheadOf(ctx).ownFields(set), []*users.User{user})
}

func expectUsers(ctx context.Context, fields asked, people []*users.User) error {
	load := loaders.From(ctx)
	expect(ctx, fields, "roles", load.Roles, people, userID)
	expect(ctx, fields, "securityStatus", load.Status, people, userID)
	expect(ctx, fields, "activity", load.Activity, people, userID)
	if err := expectBelow(ctx, fields, "subscription", load.Holdings, people, userID, expectHoldings); err != nil {
		return err
	}
	if err := expectChildren(ctx, fields, "subscriptions", load.OwnSubscriptions, people, userID, expectSubscriptions); err != nil {
		return err
	}
	if err := expectChildren(ctx, fields, "payments", load.Payments, people, userID, expectPayments); err != nil {
		return err
	}
	if err := expectChildren(ctx, fields, "apiTokens", load.APITokens, people, userID, expectTokens); err != nil {
		return err
	}
	if err := expectChildren(ctx, fields, "progress", load.ProgressOf, people, userID, expectProgress); err != nil {
		return err
	}
	return expectChildren(ctx, fields, "consumption", load.Consumption, people, userID, expectConsumption)
}

func expectHoldings(ctx context.Context, fields asked, holdings []*plans.Holding) error {
	list := make([]*plans.Subscription, len(holdings))
	for i, h := range holdings {
		list[i] = &h.Subscription
	}
	return expectSubscriptions(ctx, fields, list)
}

func expectAssignments(ctx context.Context, fields asked, list []*users.RoleAssignment) error {
	load := loaders.From(ctx)
	expect(ctx, fields, "user", load.Users, list, func(a *users.RoleAssignment) *domain.UserID { return &a.UserID })
	expect(ctx, fields, "grantedBy", load.Users, list, func(a *users.RoleAssignment) *domain.UserID { return a.GrantedBy })
	expect(ctx, fields, "role", load.Role, list, func(a *users.RoleAssignment) *domain.RoleID { return &a.RoleID })
	return nil
}

func expectVerifications(ctx context.Context, fields asked, list []*users.Verification) error {
	return expectBelow(ctx, fields, "user", loaders.From(ctx).Users, list, func(v *users.Verification) *domain.UserID { return &v.UserID }, expectUsers)
}

func expectAttempts(ctx context.Context, fields asked, list []*security.Attempt) error {
	return expectBelow(ctx, fields, "user", loaders.From(ctx).Users, list, func(a *security.Attempt) *domain.UserID { return a.UserID }, expectUsers)
}

func expectEvents(ctx context.Context, fields asked, list []*security.Event) error {
	expect(ctx, fields, "actor", loaders.From(ctx).Users, list, func(e *security.Event) *domain.UserID { return e.ActorID })
	return expectBelow(ctx, fields, "user", loaders.From(ctx).Users, list, func(e *security.Event) *domain.UserID { return e.UserID }, expectUsers)
}

func expectEntries(ctx context.Context, fields asked, list []*security.AuditEntry) error {
	expect(ctx, fields, "actor", loaders.From(ctx).Users, list, func(e *security.AuditEntry) *domain.UserID { return e.ActorID })
	expect(ctx, fields, "subject", loaders.From(ctx).Users, list, func(e *security.AuditEntry) *domain.UserID { return e.SubjectID })
	return nil
}

func expectSessions(ctx context.Context, fields asked, list []*security.Session) error {
	return expectBelow(ctx, fields, "user", loaders.From(ctx).Users, list, func(s *security.Session) *domain.UserID { return &s.UserID }, expectUsers)
}

func expectTokens(ctx context.Context, fields asked, list []*security.APIToken) error {
	return expectBelow(ctx, fields, "user", loaders.From(ctx).Users, list, func(t *security.APIToken) *domain.UserID { return &t.UserID }, expectUsers)
}

func expectRefreshTokens(ctx context.Context, fields asked, list []*security.RefreshToken) error {
	return expectBelow(ctx, fields, "user", loaders.From(ctx).Users, list, func(t *security.RefreshToken) *domain.UserID { return &t.UserID }, expectUsers)
}

func expectPasswordChanges(ctx context.Context, fields asked, list []*security.PasswordChange) error {
	return expectBelow(ctx, fields, "user", loaders.From(ctx).Users, list, func(p *security.PasswordChange) *domain.UserID { return &p.UserID }, expectUsers)
}
