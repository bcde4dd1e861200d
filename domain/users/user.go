package users

import (
	"time"

	"lyceum/domain"
)

// User is an account of a user. It is never deleted, only marked as deleted.
type User struct {
	ID            domain.UserID `db:"id"`
	Email         string        `db:"email"`
	Username      string        `db:"username"`
	FirstName     string        `db:"first_name"`
	LastName      string        `db:"last_name"`
	AccountStatus AccountStatus `db:"account_status"`
	CreatedAt     time.Time     `db:"created_at"`
	LastLoginAt   *time.Time    `db:"last_login_at"`

	Phone           *string    `db:"phone"`     // in the form of E.164
	Locale          string     `db:"locale"`    // BCP 47, such as "de-CH"
	TimeZone        string     `db:"time_zone"` // a name of the IANA database
	EmailVerifiedAt *time.Time `db:"email_verified_at"`
}

// EmailVerified reports whether the user has proved that they read mail at their address.
// Columns: email_verified_at.
func (u *User) EmailVerified() bool { return u.EmailVerifiedAt != nil }

// Name is what a mail calls them by.
func (u *User) Name() string {
	if u.FirstName != "" {
		return u.FirstName
	}
	return u.Username
}

// AccountStatus says whether a user may sign in; only an active one may.
type AccountStatus string

// The account statuses, as in users_account_status_known.
const (
	StatusPending   AccountStatus = "pending"
	StatusActive    AccountStatus = "active"
	StatusSuspended AccountStatus = "suspended"
	StatusLocked    AccountStatus = "locked"
	StatusClosed    AccountStatus = "closed"
)

// Role is a named set of permissions.
type Role struct {
	ID             domain.RoleID                  `db:"id"`
	Name           string                         `db:"name"`
	Description    string                         `db:"description"`
	PermissionList domain.List[domain.Permission] `db:"permissions"`
}

// Permissions are what holders of the role may do.
func (r *Role) Permissions() []domain.Permission { return r.PermissionList }

// Order is an order of the list of users.
type Order string

// The orders.
const (
	NewestFirst      Order = "newest_first"
	OldestFirst      Order = "oldest_first"
	ByUsername       Order = "by_username"
	RecentLoginFirst Order = "recent_login_first"
)

// Filter narrows the list of users; nil asks nothing.
type Filter struct {
	Status           *AccountStatus
	Search           *string // a prefix of username or email
	Role             *string // held now, by name
	EmailVerified    *bool
	TwoFactorEnabled *bool
	Since, Until     *time.Time // of the account's making
}
