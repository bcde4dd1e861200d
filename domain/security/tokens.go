package security

import (
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

// APIToken is a key with which a program reads the graph; its secret is known as a hash only.
type APIToken struct {
	ID         domain.TokenID      `db:"id"`
	UserID     domain.UserID       `db:"user_id"`
	Name       string              `db:"name"`
	Prefix     string              `db:"prefix"`
	ScopeList  domain.List[string] `db:"scopes"`
	LastUsedAt *time.Time          `db:"last_used_at"`
	LastUsedIP *string             `db:"last_used_ip"`
	CreatedAt  time.Time           `db:"created_at"`
	ExpiresAt  *time.Time          `db:"expires_at"`
	RevokedAt  *time.Time          `db:"revoked_at"`
}

// Scopes are what the token may do.
func (t *APIToken) Scopes() []string { return t.ScopeList }

// RefreshToken is a link in a chain of tokens that keep a client signed in; its secret is known as a hash only.
type RefreshToken struct {
	ID        domain.RefreshTokenID `db:"id"`
	UserID    domain.UserID         `db:"user_id"`
	FamilyID  uuid.UUID             `db:"family_id"`
	CreatedAt time.Time             `db:"created_at"`
	ExpiresAt time.Time             `db:"expires_at"`
	UsedAt    *time.Time            `db:"used_at"`
	RevokedAt *time.Time            `db:"revoked_at"`
}

// PasswordChange is when a user set a password.
type PasswordChange struct {
	ID        domain.PasswordChangeID `db:"id"`
	UserID    domain.UserID           `db:"user_id"`
	CreatedAt time.Time               `db:"created_at"`
}
