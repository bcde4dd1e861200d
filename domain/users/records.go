package users

import (
	"errors"
	"time"

	"lyceum/domain"
)

// RoleAssignment is a role in the hands of a user.
type RoleAssignment struct {
	UserID    domain.UserID  `db:"user_id"`
	RoleID    domain.RoleID  `db:"role_id"`
	GrantedBy *domain.UserID `db:"granted_by"`
	GrantedAt time.Time      `db:"granted_at"`
	ExpiresAt *time.Time     `db:"expires_at"`
}

// UserRole is a role in the hands of a user.
type UserRole struct {
	UserID domain.UserID `db:"user_id"`
	Role
}

// Verification is a message that was sent to prove an address; its secret is known as a hash only.
type Verification struct {
	ID             domain.VerificationID `db:"id"`
	UserID         domain.UserID         `db:"user_id"`
	Purpose        VerificationPurpose   `db:"purpose"`
	Target         string                `db:"target"`
	FailedAttempts int32                 `db:"tries"`
	CreatedAt      time.Time             `db:"created_at"`
	ExpiresAt      time.Time             `db:"expires_at"`
	UsedAt         *time.Time            `db:"used_at"`
}

// Registration is what somebody chose who registered: it becomes the account's when their own link is followed.
type Registration struct {
	PasswordHash string `db:"password_hash"`
	FirstName    string `db:"first_name"`
	LastName     string `db:"last_name"`
	Locale       string `db:"locale"`
}

// VerificationPurpose is what a verification proves.
type VerificationPurpose string

// The purposes, as in user_verifications_purpose_known.
const (
	ProveEmail    VerificationPurpose = "email"
	ProvePhone    VerificationPurpose = "phone"
	ResetPassword VerificationPurpose = "password_reset"
	Invitation    VerificationPurpose = "invitation"
	ChangeEmail   VerificationPurpose = "email_change"
	UndoEmail     VerificationPurpose = "email_undo"
)

// FirstAdmin is what became of the wish for a first administrator.
type FirstAdmin int

// The outcomes of that wish.
const (
	AdminNotNeeded FirstAdmin = iota // somebody is an administrator and can sign in
	AdminMade
	AdminNotGiven // nobody is, but the address has an account: what was taken from it is not given back
)

// AdminPassword is what an administrator who is made gets a password for.
type AdminPassword int

// The wishes for a password.
const (
	PasswordIfNew      AdminPassword = iota // an existing account keeps its own
	PasswordForNewOnly                      // an existing account is refused: somebody gave a password that it would not get
	PasswordReset                           // an existing account gets it too, and its sessions end
)

// ErrAccountExists means that an account that was to be made with a password is there already.
var ErrAccountExists = errors.New("the account exists already")

// AdminAccount is an existing account that was asked to be an administrator's.
type AdminAccount struct {
	Status      string `db:"account_status"`
	HasPassword bool   `db:"has_password"`
	WasAdmin    bool   `db:"was_admin"` // already, so that nothing was changed
}

// Filters narrow the lists; nil asks nothing.
type (
	// RoleAssignmentFilter narrows the list of roles in the hands of users.
	RoleAssignmentFilter struct {
		UserID *domain.UserID
		Role   *string
		Active *bool
	}
	// VerificationFilter narrows the list of verifications.
	VerificationFilter struct {
		UserID       *domain.UserID
		Purpose      *VerificationPurpose
		Pending      *bool // can still be used
		Since, Until *time.Time
	}
)
