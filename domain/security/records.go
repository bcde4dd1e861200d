package security

import (
	"encoding/json"
	"time"

	"lyceum/domain"
)

// Status is the security overview of a user, from the view user_security_status.
type Status struct {
	UserID            domain.UserID `db:"user_id"`
	EmailVerified     bool          `db:"email_verified"`
	PhoneVerified     bool          `db:"phone_verified"`
	TwoFactorEnabled  bool          `db:"two_factor_enabled"`
	PasswordChangedAt *time.Time    `db:"password_changed_at"`
	LastLoginAt       *time.Time    `db:"last_login_at"`
	ActiveSessions    int64         `db:"active_sessions"`
	ActiveAPITokens   int64         `db:"live_api_tokens"`
	FailedLogins24h   int64         `db:"failed_logins_24h"`
}

// Session is one signed-in browser or client.
type Session struct {
	ID         domain.SessionID `db:"id"`
	UserID     domain.UserID    `db:"user_id"`
	IP         *string          `db:"ip_address"`
	UserAgent  string           `db:"user_agent"`
	CreatedAt  time.Time        `db:"created_at"`
	LastSeenAt time.Time        `db:"last_seen_at"`
	ExpiresAt  time.Time        `db:"expires_at"`
	IsActive   bool             `db:"is_active"`
	EndedAt    *time.Time       `db:"ended_at"`
	EndReason  *EndReason       `db:"end_reason"`
}

// EndReason says why a session ended.
type EndReason string

// The reasons, as in user_sessions_end_reason_known.
const (
	EndedSignedOut EndReason = "signed_out"
	EndedRevoked   EndReason = "revoked"
	EndedExpired   EndReason = "expired"
	EndedRenewed   EndReason = "renewed"
)

// LiveSession is a session as a request finds it: its data, and the rights of its user as they are now.
type LiveSession struct {
	ID     domain.SessionID `db:"id"`
	UserID domain.UserID    `db:"user_id"`
	Data   []byte           `db:"data"`
	Stale  bool             `db:"stale"` // not noted as seen for a minute
	Rights `db:"-"`
}

// Rights are what a user may do.
type Rights struct {
	Roles       []string
	Permissions []domain.Permission
}

// AttemptStatus is how a try to sign in ended.
type AttemptStatus string

// The statuses that are logged, as in login_attempts_status_known.
const (
	AttemptSuccess   AttemptStatus = "success"
	AttemptFailed    AttemptStatus = "failed"
	AttemptThrottled AttemptStatus = "throttled"
)

// Attempt is a logged try to sign in.
type Attempt struct {
	Number    int64          `db:"id"`
	CreatedAt time.Time      `db:"created_at"`
	UserID    *domain.UserID `db:"user_id"`
	Email     *string        `db:"email"`
	Status    AttemptStatus  `db:"status"`
	Reason    string         `db:"reason"`
	IP        *string        `db:"ip_address"`
	UserAgent *string        `db:"user_agent"`
}

// ID is the attempt's id.
func (a *Attempt) ID() domain.AttemptID {
	return domain.AttemptID{UUID: domain.LogUUID(a.CreatedAt, a.Number)}
}

// Severity grades an event.
type Severity string

// The severities, as in security_audit_log_severity_known.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Erring   Severity = "error"
	Critical Severity = "critical"
)

// Event is an entry of the security event log.
type Event struct {
	Number    int64             `db:"id"`
	CreatedAt time.Time         `db:"created_at"`
	Name      string            `db:"event"`
	Severity  Severity          `db:"severity"`
	UserID    *domain.UserID    `db:"user_id"`
	ActorID   *domain.UserID    `db:"actor_id"`
	SessionID *domain.SessionID `db:"session_id"`
	RequestID *string           `db:"request_id"`
	IP        *string           `db:"ip_address"`
}

// ID is the event's id.
func (e *Event) ID() domain.EventID {
	return domain.EventID{UUID: domain.LogUUID(e.CreatedAt, e.Number)}
}

// AuditEntry is a change of one row.
type AuditEntry struct {
	Number    int64           `db:"id"`
	CreatedAt time.Time       `db:"created_at"`
	Table     string          `db:"table_name"`
	RowID     string          `db:"row_id"`
	Action    AuditAction     `db:"action"`
	ActorID   *domain.UserID  `db:"actor_id"`
	SubjectID *domain.UserID  `db:"subject_id"`
	RequestID *string         `db:"request_id"`
	OldValues json.RawMessage `db:"old_values"`
	NewValues json.RawMessage `db:"new_values"`

	SessionID *domain.SessionID `db:"session_id"`
	IPAddress *string           `db:"ip_address"`
	UserAgent *string           `db:"user_agent"`
}

// ID is the entry's id.
func (e *AuditEntry) ID() domain.AuditID {
	return domain.AuditID{UUID: domain.LogUUID(e.CreatedAt, e.Number)}
}

// AuditAction is what was done to a row.
type AuditAction string

// The actions, as in audit_trail_action_known.
const (
	RowInserted AuditAction = "insert"
	RowUpdated  AuditAction = "update"
	RowDeleted  AuditAction = "delete"
)

// AuditProblem is a row of verify_audit: the first thing that is wrong, or rows that no seal names yet.
type AuditProblem struct {
	Log     string `db:"log"`
	RowID   int64  `db:"row_id"`
	SealID  *int64 `db:"seal_id"`
	Problem string `db:"problem"`
}
