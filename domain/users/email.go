package users

import (
	"context"

	"lyceum/domain"
)

// ChangeEmailCommand asks for another address.
type ChangeEmailCommand struct {
	IdempotencyKey string `json:"-"`
	Password       string `json:"-"`
	NewEmail       string
}

// ConfirmEmailChangeCommand is the token of the link that proves a new address.
type ConfirmEmailChangeCommand struct{ Token string }

// ChangeEmail sends a link to a new address of the viewer's, for their password. Whether somebody has the address is not told: then
// its owner is. Errors: UNAUTHENTICATED, INVALID (EMAIL_INVALID), REFUSED (PASSWORD_WRONG, TOO_MANY_REQUESTS), CONFLICT
// (IDEMPOTENCY_KEY_REUSED), OVERLOADED.
func (s Service) ChangeEmail(ctx context.Context, viewer domain.Viewer, c ChangeEmailCommand) error {
	if err := signedIn(viewer); err != nil {
		return err
	}
	const name = "changeEmail"
	if _, done, err := s.recalled(ctx, viewer, name, c.IdempotencyKey, c); done || err != nil {
		return err
	}
	address, err := domain.ParseAddress(c.NewEmail)
	if err != nil {
		return pointedAt(err, "newEmail")
	}
	if err := s.Proof.Prove(ctx, viewer, c.Password); err != nil {
		return pointedAt(err, "password")
	}
	_, err = s.once(ctx, viewer, name, c.IdempotencyKey, c, func(tx Tx) (domain.UserID, error) {
		if err := tx.AddUserEvent(ctx, by(viewer, "email_change_requested", viewer.UserID)); err != nil {
			return viewer.UserID, err
		}
		if _, err := tx.LockUser(ctx, viewer.UserID); err != nil {
			return viewer.UserID, err
		}
		if err := stillIn(ctx, tx, viewer); err != nil { // a reset while the password was looked at
			return viewer.UserID, err
		}
		// Each new address gets one mail a minute; one user must not send them to ever new ones.
		if ok, err := tx.TakeTurn(ctx, "user:"+string(WantsNewEmail)+":"+viewer.UserID.String(), userLimit); err != nil || !ok {
			return viewer.UserID, tooMany(err)
		}
		r := AccountRequest{Kind: WantsNewEmail, Email: address.Text, UserID: &viewer.UserID}
		return viewer.UserID, s.askIn(ctx, tx, viewer.Request, r)
	})
	return err
}

func tooMany(err error) error {
	if err != nil {
		return err
	}
	return domain.Errorf(domain.CodeRefused, "you have asked for too many addresses; try again tomorrow").Because("TOO_MANY_REQUESTS")
}

// ConfirmEmailChange gives the viewer's account the address that a link proves. The old address is told, with a way back. A link that
// somebody else asked for is left as it is: it would give its reader's address to another account. Errors: UNAUTHENTICATED, REFUSED
// (TOKEN_INVALID), CONFLICT (EMAIL_TAKEN).
func (s Service) ConfirmEmailChange(ctx context.Context, viewer domain.Viewer, c ConfirmEmailChangeCommand) (id domain.UserID, err error) {
	if err := signedIn(viewer); err != nil {
		return id, err
	}
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		v, err := use(ctx, tx, c.Token, ChangeEmail)
		if err != nil {
			return err
		}
		if !viewer.Is(v.UserID) {
			return domain.Errorf(domain.CodeRefused, "this link is for another account; sign in to the one that asked for it").
				Because("TOKEN_INVALID").At("token")
		}
		u, err := whose(ctx, tx, v, StatusActive)
		if err != nil {
			return err
		}
		id = u.ID
		old := u.Email
		if err := s.moveTo(ctx, tx, viewer.Request, u, v.Target); err != nil {
			return err
		}
		event := by(viewer, "email_changed", u.ID)
		event.Warning = true
		if err := tx.AddUserEvent(ctx, event); err != nil {
			return err
		}
		return s.sendLink(ctx, tx, u, link{
			purpose: UndoEmail, to: old, template: mailEmailChanged, action: domain.LinkUndoEmailChange, lasts: emailUndoLasts,
			values: map[string]string{"newEmail": masked(u.Email)},
		})
	})
	return id, err
}

// moveTo gives a user another address, which is proved, and voids what was on its way. Errors: CONFLICT (EMAIL_TAKEN).
func (s Service) moveTo(ctx context.Context, tx Tx, from domain.Request, u *User, email string) error {
	if ok, err := s.vacate(ctx, tx, from, u, email); err != nil || !ok {
		return emailTaken(err)
	}
	now := s.Clock()
	u.Email, u.EmailVerifiedAt = email, &now
	if err := tx.SaveUser(ctx, u); err != nil {
		return err
	}
	return voidLinks(ctx, tx, u.ID)
}

// vacate reports whether a user who has proved an address can have it. An account that was begun with it and whose maker never proved it
// ends: anybody can begin one, and would otherwise keep the address from its reader.
func (s Service) vacate(ctx context.Context, tx Tx, from domain.Request, u *User, email string) (bool, error) {
	address, err := domain.ParseAddress(email)
	if err != nil {
		return false, err
	}
	known, err := tx.Known(ctx, address.Key)
	if err != nil || known == nil || known.ID == u.ID {
		return err == nil, err
	}
	if !neverProved(known) {
		return false, nil
	}
	for _, step := range []func() error{
		func() error { return voidLinks(ctx, tx, known.ID) },
		func() error { return tx.TakeRoles(ctx, known.ID) },
		func() error { return tx.EndSubscriptionsOf(ctx, known.ID, u.ID) },
		func() error { return tx.EndPending(ctx, known.ID) },
		func() error {
			return tx.AddUserEvent(ctx, Event{Name: "pending_account_ended", Warning: true, UserID: known.ID, ActorID: u.ID, From: from})
		},
	} {
		if err := step(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// neverProved reports whether nobody has ever shown that an account's address is theirs.
func neverProved(a *Account) bool {
	return a.AccountStatus == StatusPending && a.EmailVerifiedAt == nil && a.LastLoginAt == nil
}
