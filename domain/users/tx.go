package users

import (
	"context"
	"time"

	"lyceum/domain"
)

// Tx is one transaction.
type Tx interface {
	domain.MailTx
	domain.OnceTx
	domain.RecallTx
	domain.BulkTx
	accountTx
	linkTx
	roleTx
	requestTx
	securityTx

	// EndSubscriptionsOf ends what a user holds, at once: their own subscriptions, and their seats in those of others.
	EndSubscriptionsOf(ctx context.Context, id, actor domain.UserID) error
}

// accountTx is about the rows of users.
type accountTx interface {
	// LockUser reads a user and locks the row to the end of the transaction. Errors: NOT_FOUND.
	LockUser(ctx context.Context, id domain.UserID) (*User, error)
	// Known reads and locks the account of an address by its key; nil when nobody has it. Closed ones have none.
	Known(ctx context.Context, key string) (*Account, error)
	// AddUser makes an account. ok is false when its address or its username was taken meanwhile.
	AddUser(ctx context.Context, u *User) (ok bool, err error)
	// SaveUser writes all but the password. Errors: CONFLICT (USERNAME_TAKEN, EMAIL_TAKEN).
	SaveUser(ctx context.Context, u *User) error
	// EndPending deletes an account that nobody has opened, as the clean-up does: its address and its name are free again.
	EndPending(ctx context.Context, id domain.UserID) error
	// TakenUsernames returns those of the names that somebody has.
	TakenUsernames(ctx context.Context, names []string) ([]string, error)
	// SetPassword makes a hash that of the account's password and remembers it; an empty one leaves the account without.
	SetPassword(ctx context.Context, id domain.UserID, hash string) error
	// PastHashes reads the hashes of an account's last passwords, the present one among them.
	PastHashes(ctx context.Context, id domain.UserID, most int) ([]string, error)
}

// linkTx is about links that prove something.
type linkTx interface {
	// AddVerification stores what a link proves, under the hash of its token.
	AddVerification(ctx context.Context, v *Verification, tokenHash []byte) error
	// AddRegistration keeps what somebody chose with the link that they are sent.
	AddRegistration(ctx context.Context, id domain.VerificationID, r *Registration) error
	// TakeRegistration empties a link of what was chosen with it and returns that; nil when there is nothing.
	TakeRegistration(ctx context.Context, id domain.VerificationID) (*Registration, error)
	// NewestPending finds the newest link of a user for a purpose and an address that can still be used; nil when there is none.
	NewestPending(ctx context.Context, id domain.UserID, purpose VerificationPurpose, target string) (*Verification, error)
	// VoidVerifications lets the unused links of a user for these purposes end now.
	VoidVerifications(ctx context.Context, id domain.UserID, purposes ...VerificationPurpose) error
	// VoidUndoneSince lets links that take back a change of the address end now, as far as they were made at an instant or later.
	VoidUndoneSince(ctx context.Context, id domain.UserID, at time.Time) error
	// PendingVerification finds a link that can still be used; nil when there is none.
	PendingVerification(ctx context.Context, tokenHash []byte, purpose VerificationPurpose) (*Verification, error)
	// CountRefusal counts a refusal of what somebody chose by a link, and lets the link end with the last of so many.
	CountRefusal(ctx context.Context, id domain.VerificationID, most int) error
	// UseVerification uses a link up and returns it; nil when it cannot be used, or was used meanwhile.
	UseVerification(ctx context.Context, tokenHash []byte, purpose VerificationPurpose) (*Verification, error)
}

// roleTx is about roles in the hands of users.
type roleTx interface {
	// SessionActive reports whether a session of this user has not ended.
	SessionActive(ctx context.Context, id domain.SessionID, owner domain.UserID) (bool, error)
	// HoldRoles lets one transaction at a time take roles away, or stop who holds them.
	HoldRoles(ctx context.Context) error
	// RoleByName finds a role. Errors: NOT_FOUND.
	RoleByName(ctx context.Context, name string) (*Role, error)
	// PermissionsOf reads what a user may do.
	PermissionsOf(ctx context.Context, id domain.UserID) ([]domain.Permission, error)
	// PermissionsEnd is when the first of these permissions ends for a user who holds them now; nil when none does.
	PermissionsEnd(ctx context.Context, id domain.UserID, permissions []domain.Permission) (*time.Time, error)
	// IsAdmin reports whether a user is an administrator now, and whether there is another one who can sign in and stays one.
	IsAdmin(ctx context.Context, id domain.UserID) (is, others bool, err error)
	// GiveRole assigns a role, or changes the end of an assignment.
	GiveRole(ctx context.Context, a *RoleAssignment) error
	// TakeRole withdraws a role and reports whether the user had it.
	TakeRole(ctx context.Context, id domain.UserID, role domain.RoleID) (bool, error)
	// TakeRoles withdraws all roles of a user.
	TakeRoles(ctx context.Context, id domain.UserID) error
}

// requestTx is about what is asked for by an address.
type requestTx interface {
	// AddRequest stores a request and has it worked off once the transaction is committed. Errors: OVERLOADED when too many wait.
	AddRequest(ctx context.Context, r *AccountRequest) error
	// TakeRequest deletes a request and returns it; nil when it was worked off already.
	TakeRequest(ctx context.Context, id domain.AccountRequestID) (*AccountRequest, error)
	// DropRequests deletes what a user has asked for and was not worked off.
	DropRequests(ctx context.Context, id domain.UserID) error
	// TakeTurn counts a place's turn and reports whether it is within the limit.
	TakeTurn(ctx context.Context, place string, l Limit) (bool, error)
}

// securityTx is what users need of security.
type securityTx interface {
	// AddUserEvent appends to the event log.
	AddUserEvent(ctx context.Context, e Event) error
	// EndOtherSessions ends all active sessions of a user but one and says how many.
	EndOtherSessions(ctx context.Context, owner domain.UserID, but domain.SessionID) (int64, error)
	// RevokeTokens revokes the tokens of a user's programs and those that keep clients signed in.
	RevokeTokens(ctx context.Context, owner domain.UserID) error
	// ClearThrottles forgets the failed tries on an account and says of how many places.
	ClearThrottles(ctx context.Context, email string) (int64, error)
	// ForgetDevices takes the trust from the devices that have signed in to an account and says from how many.
	ForgetDevices(ctx context.Context, email string) (int64, error)
}

// Account is a user with what the graph does not show.
type Account struct {
	User
	HasPassword bool `db:"has_password"`
	HasRoles    bool `db:"has_roles"` // in force or not
}

// Event is what is logged of somebody's account.
type Event struct {
	Name      string
	Warning   bool          // else it is for information
	UserID    domain.UserID // whom it is about
	ActorID   domain.UserID
	SessionID domain.SessionID
	From      domain.Request
}

// by is an event that a viewer causes.
func by(viewer domain.Viewer, name string, about domain.UserID) Event {
	return Event{Name: name, UserID: about, ActorID: viewer.UserID, SessionID: viewer.SessionID, From: viewer.Request}
}
