package users

import (
	"context"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"lyceum/domain"
)

// Store is what the service needs of the database.
type Store interface {
	InTx(ctx context.Context, actor domain.Actor, fn func(Tx) error) error
}

// Tx is one transaction.
type Tx interface {
	// LockUser reads a user and locks the row to the end of the transaction. Errors: NOT_FOUND.
	LockUser(ctx context.Context, id domain.UserID) (*User, error)
	// SaveProfile writes username and names. Errors: CONFLICT (USERNAME_TAKEN).
	SaveProfile(ctx context.Context, u *User) error
}

// Service changes users.
type Service struct{ Store Store }

// Profile is what users may change of their own account; nil leaves a value as it is.
type Profile struct {
	Username, FirstName, LastName *string
}

const maxName = 100 // characters

var usernameForm = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{1,38}$`)

// UpdateProfile changes the viewer's own profile. Errors: INVALID, CONFLICT (USERNAME_TAKEN), UNAUTHENTICATED.
func (s Service) UpdateProfile(ctx context.Context, viewer domain.Viewer, p Profile) (*User, error) {
	if !viewer.SignedIn() {
		return nil, domain.Errorf(domain.CodeUnauthenticated, "you must be signed in")
	}
	var saved *User
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		u, err := tx.LockUser(ctx, viewer.UserID)
		if err != nil {
			return err
		}
		changed, err := withProfile(*u, p)
		if err != nil {
			return err
		}
		saved = &changed
		return tx.SaveProfile(ctx, saved)
	})
	if err != nil {
		return nil, err
	}
	return saved, nil
}

// withProfile is the rule: what a profile may hold.
func withProfile(u User, p Profile) (User, error) {
	if p.Username != nil {
		if !usernameForm.MatchString(*p.Username) {
			return u, domain.Errorf(domain.CodeInvalid,
				"a username must have 2 to 39 letters, digits, dots, dashes or underscores, and begin with a letter or digit").
				Because("USERNAME_INVALID").At("username")
		}
		u.Username = *p.Username
	}
	for _, name := range []struct {
		path string
		from *string
		to   *string
	}{{"firstName", p.FirstName, &u.FirstName}, {"lastName", p.LastName, &u.LastName}} {
		if name.from == nil {
			continue
		}
		text := strings.TrimSpace(*name.from)
		if utf8.RuneCountInString(text) > maxName || strings.ContainsFunc(text, unicode.IsControl) {
			return u, domain.Errorf(domain.CodeInvalid, "a name must have at most %d characters and no control characters", maxName).
				Because("NAME_INVALID").At(name.path)
		}
		*name.to = text
	}
	return u, nil
}
