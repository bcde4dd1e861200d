package users

import (
	"context"
	"time"

	"lyceum/domain"
)

// UndoEmailChangeCommand is the token of the link that takes a change back.
type UndoEmailChangeCommand struct{ Token string }

// UndoEmailChange gives an account back to its old address and ends all sessions. Whoever changed the address knew the password, so
// that it opens nothing any more, and the old address gets a link to choose another. Ways back that were made after this one are void;
// an older one leads further back and stays. When another account has proved the old address meanwhile, the account is locked all the
// same: neither the password nor the address that it has now opens it. The link stays, to be followed once the address is free. Errors:
// REFUSED (TOKEN_INVALID), CONFLICT (EMAIL_TAKEN).
func (s Service) UndoEmailChange(ctx context.Context, from domain.Request, c UndoEmailChangeCommand) (id domain.UserID, err error) {
	free := true
	err = s.Store.InTx(ctx, from.Actor(), func(tx Tx) error {
		v, u, err := wayBack(ctx, tx, c.Token)
		if err != nil {
			return err
		}
		id = u.ID
		if err := tx.SetPassword(ctx, u.ID, ""); err != nil {
			return err
		}
		if err := turnOut(ctx, tx, u.ID, domain.SessionID{}); err != nil {
			return err
		}
		if _, err := tx.ForgetDevices(ctx, u.Email); err != nil {
			return err
		}
		if err := tx.VoidUndoneSince(ctx, u.ID, v.CreatedAt.Add(time.Microsecond)); err != nil { // this one is used up or stays
			return err
		}
		if free, err = s.vacate(ctx, tx, from, u, v.Target); err != nil {
			return err
		}
		if !free {
			return s.lock(ctx, tx, from, u)
		}
		if _, err := use(ctx, tx, c.Token, UndoEmail); err != nil {
			return err
		}
		return s.backTo(ctx, tx, from, u, v.Target)
	})
	if err == nil && !free {
		err = domain.Errorf(domain.CodeConflict, "the account is locked, but another account has its old email address; close that one and "+
			"follow this link again").Because("EMAIL_TAKEN").At("token")
	}
	return id, err
}

// wayBack finds the way back to an old address, and locks its user: an active one, or one whom a way back has locked, which are those
// without a password. Errors: REFUSED (TOKEN_INVALID).
func wayBack(ctx context.Context, tx Tx, token string) (*Verification, *User, error) {
	if len(token) != tokenLength {
		return nil, nil, tokenInvalid()
	}
	v, err := tx.PendingVerification(ctx, domain.TokenHash(token), UndoEmail)
	if err != nil {
		return nil, nil, err
	}
	if v == nil {
		return nil, nil, tokenInvalid()
	}
	u, err := tx.LockUser(ctx, v.UserID)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil, nil, tokenInvalid()
	}
	if err != nil || u.AccountStatus == StatusActive {
		return v, u, err
	}
	known, err := accountOf(ctx, tx, u)
	if err == nil && (known == nil || known.AccountStatus != StatusLocked || known.HasPassword) {
		err = tokenInvalid()
	}
	return v, u, err
}

// lock closes an account to everybody until its way back is free, or staff open it.
func (s Service) lock(ctx context.Context, tx Tx, from domain.Request, u *User) error {
	if u.AccountStatus == StatusLocked {
		return nil
	}
	u.AccountStatus = StatusLocked
	if err := tx.SaveUser(ctx, u); err != nil {
		return err
	}
	if err := voidLinks(ctx, tx, u.ID); err != nil {
		return err
	}
	return tx.AddUserEvent(ctx, Event{Name: "account_locked", Warning: true, UserID: u.ID, ActorID: u.ID, From: from})
}

func (s Service) backTo(ctx context.Context, tx Tx, from domain.Request, u *User, email string) error {
	u.AccountStatus = StatusActive
	if err := s.moveTo(ctx, tx, from, u, email); err != nil {
		return err
	}
	if _, err := tx.ForgetDevices(ctx, u.Email); err != nil {
		return err
	}
	event := Event{Name: "email_change_undone", Warning: true, UserID: u.ID, ActorID: u.ID, From: from}
	if err := tx.AddUserEvent(ctx, event); err != nil {
		return err
	}
	return s.sendReset(ctx, tx, u)
}
