package rows

import (
	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/security"
	"lyceum/domain/users"
	"lyceum/graph/loaders"
)

func userID(u *users.User) *domain.UserID { return &u.ID }

var userLinks = map[string]link{
	"roles": many("Role", func(l *loaders.Set) *loaders.Loader[domain.UserID, []*users.Role] { return l.Roles() }, userID),
	"securityStatus": one("SecurityStatus",
		func(l *loaders.Set) *loaders.Loader[domain.UserID, *security.Status] { return l.Status() }, userID),
	"activity": one("UserActivity",
		func(l *loaders.Set) *loaders.Loader[domain.UserID, *analytics.Activity] { return l.Activity() }, userID),
	"subscription": via("Subscription",
		func(l *loaders.Set) *loaders.Loader[domain.UserID, *plans.Holding] { return l.Holdings() }, userID,
		func(h *plans.Holding) *plans.Subscription { return &h.Subscription }),
	"subscriptions": children("SubscriptionConnection",
		func(l *loaders.Set) *loaders.Loader[loaders.ChildrenKey[domain.UserID], *domain.Page[*plans.Subscription]] {
			return l.OwnSubscriptions()
		}, userID),
	"payments": children("PaymentConnection",
		func(l *loaders.Set) *loaders.Loader[loaders.ChildrenKey[domain.UserID], *domain.Page[*plans.Payment]] {
			return l.Payments()
		}, userID),
	"apiTokens": children("ApiTokenConnection",
		func(l *loaders.Set) *loaders.Loader[loaders.ChildrenKey[domain.UserID], *domain.Page[*security.APIToken]] {
			return l.APITokens()
		}, userID),
	"consumption": children("ConsumptionConnection",
		func(l *loaders.Set) *loaders.Loader[loaders.ChildrenKey[domain.UserID], *domain.Page[*content.Consumption]] {
			return l.Consumption()
		}, userID),
	"progress": children("ProgressConnection",
		func(l *loaders.Set) *loaders.Loader[loaders.ChildrenKey[domain.UserID], *domain.Page[*content.Progress]] {
			return l.ProgressOf()
		}, userID),
}

var assignmentLinks = map[string]link{
	"user": user(func(a *users.RoleAssignment) *domain.UserID { return &a.UserID }),
	"role": one("Role", func(l *loaders.Set) *loaders.Loader[domain.RoleID, *users.Role] { return l.Role() },
		func(a *users.RoleAssignment) *domain.RoleID { return &a.RoleID }),
	"grantedBy": user(func(a *users.RoleAssignment) *domain.UserID { return a.GrantedBy }),
}

var verificationLinks = map[string]link{"user": user(func(v *users.Verification) *domain.UserID { return &v.UserID })}

// What stands in the logs, the sessions and the tokens points at people only.
var (
	sessionLinks = map[string]link{"user": user(func(s *security.Session) *domain.UserID { return &s.UserID })}
	attemptLinks = map[string]link{"user": user(func(a *security.Attempt) *domain.UserID { return a.UserID })}
	eventLinks   = map[string]link{
		"user":  user(func(e *security.Event) *domain.UserID { return e.UserID }),
		"actor": user(func(e *security.Event) *domain.UserID { return e.ActorID }),
	}
	entryLinks = map[string]link{
		"actor":   user(func(e *security.AuditEntry) *domain.UserID { return e.ActorID }),
		"subject": user(func(e *security.AuditEntry) *domain.UserID { return e.SubjectID }),
	}
	tokenLinks    = map[string]link{"user": user(func(t *security.APIToken) *domain.UserID { return &t.UserID })}
	refreshLinks  = map[string]link{"user": user(func(t *security.RefreshToken) *domain.UserID { return &t.UserID })}
	passwordLinks = map[string]link{"user": user(func(p *security.PasswordChange) *domain.UserID { return &p.UserID })}
)
