package users

import (
	"context"
	"errors"

	"lyceum/domain"
)

// NewUser is who shall have an account.
type NewUser struct {
	Email, FirstName, LastName, Locale string
	Role                               *string // given with the account; nil for none
}

// CreateUserCommand makes an account for somebody.
type CreateUserCommand struct {
	IdempotencyKey string `json:"-"`

	Email, FirstName, LastName, Locale string
	Role                               *string
}

// InviteUsersCommand makes accounts for several.
type InviteUsersCommand struct {
	IdempotencyKey string `json:"-"`
	Mode           domain.BulkMode
	Users          []*NewUser
}

// Invited is the answer to one row: the user, or what is wrong with it.
type Invited struct {
	Index  int
	UserID domain.UserID
	Err    *domain.Error
}

// CreateUser makes a pending account and sends its user an invitation. Needs users.write, and roles.assign to give a role. Errors:
// FORBIDDEN, INVALID (EMAIL_INVALID, NAME_INVALID, LOCALE_INVALID), NOT_FOUND, REFUSED (MORE_RIGHTS), CONFLICT (EMAIL_TAKEN,
// IDEMPOTENCY_KEY_REUSED).
func (s Service) CreateUser(ctx context.Context, viewer domain.Viewer, c CreateUserCommand) (domain.UserID, error) {
	if err := allowed(viewer, domain.UsersWrite); err != nil {
		return domain.UserID{}, err
	}
	return s.once(ctx, viewer, "createUser", c.IdempotencyKey, c, func(tx Tx) (domain.UserID, error) {
		inviter, err := inviterOf(ctx, tx, viewer)
		if err != nil {
			return domain.UserID{}, err
		}
		return s.invite(ctx, tx, viewer, inviter, &NewUser{c.Email, c.FirstName, c.LastName, c.Locale, c.Role})
	})
}

// InviteUsers does what CreateUser does for several. Errors: FORBIDDEN, INVALID (EMPTY_LIST, TOO_MANY_ROWS), CONFLICT
// (IDEMPOTENCY_KEY_REUSED); those of the rows stand in the results.
func (s Service) InviteUsers(ctx context.Context, viewer domain.Viewer, c InviteUsersCommand) ([]Invited, error) {
	if err := allowed(viewer, domain.UsersWrite); err != nil {
		return nil, err
	}
	switch {
	case len(c.Users) == 0:
		return nil, domain.Errorf(domain.CodeInvalid, "at least one user must be given").Because("EMPTY_LIST").At("users")
	case len(c.Users) > domain.MaxBulk:
		return nil, domain.Errorf(domain.CodeInvalid, "at most %d users can be invited in one call", domain.MaxBulk).
			Because("TOO_MANY_ROWS").At("users")
	}
	var results []Invited
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		results, err = domain.Once(ctx, tx, viewer.UserID, "inviteUsers", c.IdempotencyKey, c, func() ([]Invited, error) {
			return s.inviteAll(ctx, tx, viewer, c.Mode, c.Users)
		})
		return err
	})
	if err != nil && !errors.Is(err, domain.ErrNothingDone) {
		return nil, err
	}
	return results, nil
}

// ImportUsers does what InviteUsers does, row by row, for a command of an operator's: no key, and no bound but the caller's.
func (s Service) ImportUsers(ctx context.Context, users []*NewUser) (results []Invited, err error) {
	operator := domain.Viewer{Permissions: domain.Permissions}
	err = s.Store.InTx(ctx, operator.Actor(), func(tx Tx) (err error) {
		results, err = s.inviteAll(ctx, tx, operator, domain.Each, users)
		return err
	})
	return results, err
}

func (s Service) inviteAll(ctx context.Context, tx Tx, viewer domain.Viewer, mode domain.BulkMode, users []*NewUser) ([]Invited, error) {
	inviter, err := inviterOf(ctx, tx, viewer)
	if err != nil {
		return nil, err
	}
	rows, err := domain.Bulk(ctx, tx, mode, users, func(n *NewUser) (domain.UserID, error) {
		return s.invite(ctx, tx, viewer, inviter, n)
	})
	if err != nil && !errors.Is(err, domain.ErrNothingDone) {
		return nil, err
	}
	results := make([]Invited, len(rows))
	for i, r := range rows {
		results[i] = Invited{Index: r.Index, UserID: r.Value, Err: r.Err}
	}
	return results, err
}

// inviterOf is who invites, as the mail says it.
func inviterOf(ctx context.Context, tx Tx, viewer domain.Viewer) (string, error) {
	if !viewer.SignedIn() {
		return nobodysName, nil
	}
	u, err := tx.LockUser(ctx, viewer.UserID)
	if err != nil {
		return "", err
	}
	return u.Name(), nil
}

func (s Service) invite(ctx context.Context, tx Tx, viewer domain.Viewer, inviter string, n *NewUser) (domain.UserID, error) {
	address, err := domain.ParseAddress(n.Email)
	if err != nil {
		return domain.UserID{}, err
	}
	u, err := withProfile(User{Email: address.Text, TimeZone: "UTC", AccountStatus: StatusPending},
		Profile{FirstName: &n.FirstName, LastName: &n.LastName, Locale: &n.Locale})
	if err != nil {
		return domain.UserID{}, err
	}
	if err := s.begin(ctx, tx, viewer, address, &u); err != nil {
		return domain.UserID{}, err
	}
	if n.Role != nil {
		if !viewer.May(domain.RolesAssign) {
			return domain.UserID{}, domain.Errorf(domain.CodeRefused, "giving a role requires the permission roles.assign").
				Because("MORE_RIGHTS").At("role")
		}
		if _, err := s.give(ctx, tx, viewer, u.ID, *n.Role, nil); err != nil {
			return domain.UserID{}, err
		}
	}
	if err := tx.AddUserEvent(ctx, by(viewer, "user_invited", u.ID)); err != nil {
		return domain.UserID{}, err
	}
	return u.ID, s.sendLink(ctx, tx, &u, invitationBy(&u, inviter))
}

// begin makes the pending account of an invitation. One that somebody has registered and not opened becomes the invitation's: a stranger
// must not keep an address from being invited. Its password opens nothing any more. Errors: CONFLICT (EMAIL_TAKEN), REFUSED (MORE_RIGHTS)
// when it was given roles that the viewer could not give.
func (s Service) begin(ctx context.Context, tx Tx, viewer domain.Viewer, address domain.Address, u *User) error {
	known, err := tx.Known(ctx, address.Key)
	if err != nil {
		return err
	}
	if known == nil {
		return s.add(ctx, tx, u)
	}
	if !neverProved(known) || !known.HasPassword {
		return emailTaken(nil)
	}
	if err := mayHandle(ctx, tx, viewer, known.ID); err != nil {
		return pointedAt(err, "email")
	}
	u.ID, u.Username, u.CreatedAt = known.ID, known.Username, known.CreatedAt
	if err := tx.SaveUser(ctx, u); err != nil {
		return err
	}
	return forgetUnproved(ctx, tx, known)
}
