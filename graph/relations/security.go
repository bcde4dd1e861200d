package relations

import (
	"lyceum/domain"
	"lyceum/domain/security"
)

// Whom the logs, the sessions and the tokens are about.
var (
	SessionUser        = user(func(s *security.Session) *domain.UserID { return &s.UserID })
	LoginAttemptUser   = user(func(a *security.Attempt) *domain.UserID { return a.UserID })
	SecurityEventUser  = user(func(e *security.Event) *domain.UserID { return e.UserID })
	SecurityEventActor = user(func(e *security.Event) *domain.UserID { return e.ActorID })
	AuditEntryActor    = user(func(e *security.AuditEntry) *domain.UserID { return e.ActorID })
	AuditEntrySubject  = user(func(e *security.AuditEntry) *domain.UserID { return e.SubjectID })
	ApiTokenUser       = user(func(t *security.APIToken) *domain.UserID { return &t.UserID })
	RefreshTokenUser   = user(func(t *security.RefreshToken) *domain.UserID { return &t.UserID })
	PasswordChangeUser = user(func(c *security.PasswordChange) *domain.UserID { return &c.UserID })
)
