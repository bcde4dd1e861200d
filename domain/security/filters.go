package security

import (
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

// SessionOrder is an order of the list of sessions.
type SessionOrder string

// The orders of sessions.
const (
	NewestSessionFirst SessionOrder = "newest_first"
	RecentlySeenFirst  SessionOrder = "recently_seen_first"
)

// Filters narrow the lists; nil asks nothing. Since and Until are about the time of the row.
type (
	// AttemptFilter narrows the list of sign-in attempts.
	AttemptFilter struct {
		Status       *AttemptStatus
		Email        *string
		UserID       *domain.UserID
		IP           *string
		Since, Until *time.Time
	}
	// EventFilter narrows the list of security events.
	EventFilter struct {
		Severity     *Severity
		Name         *string
		UserID       *domain.UserID
		ActorID      *domain.UserID
		Since, Until *time.Time
	}
	// AuditFilter narrows the trail of changes.
	AuditFilter struct {
		Table        *string
		ActorID      *domain.UserID
		SubjectID    *domain.UserID
		RowID        *string
		Action       *AuditAction
		Since, Until *time.Time
	}
	// SessionFilter narrows the list of sessions.
	SessionFilter struct {
		UserID       *domain.UserID
		Active       *bool // still open
		IP           *string
		Since, Until *time.Time
	}
	// APITokenFilter narrows the list of programs' tokens.
	APITokenFilter struct {
		UserID *domain.UserID
		Active *bool
	}
	// RefreshTokenFilter narrows the list of links of chains.
	RefreshTokenFilter struct {
		UserID   *domain.UserID
		FamilyID *uuid.UUID
		Active   *bool
	}
	// PasswordChangeFilter narrows the list of changes of passwords.
	PasswordChangeFilter struct {
		UserID       *domain.UserID
		Since, Until *time.Time
	}
)
