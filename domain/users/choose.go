package users

import (
	"context"
	"time"

	"lyceum/domain"
)

// ResetPasswordCommand is the token of a link and a new password.
type ResetPasswordCommand struct{ Token, Password string }

// AcceptInvitationCommand is the token of an invitation with what its reader chooses.
type AcceptInvitationCommand struct{ Token, Password, FirstName, LastName string }

// ChangePasswordCommand asks for another password.
type ChangePasswordCommand struct {
	IdempotencyKey  string `json:"-"`
	CurrentPassword string `json:"-"` // never hashed by anything faster than bcrypt
	NewPassword     string `json:"-"`
}

// ResetPassword gives the account of a link a new password and ends its sessions. Who follows the link has proved the address, which
// opens an account that was registered and not opened yet.
// Errors: REFUSED (TOKEN_INVALID), INVALID (PASSWORD_…), OVERLOADED.
func (s Service) ResetPassword(ctx context.Context, from domain.Request, c ResetPasswordCommand) (id domain.UserID, err error) {
	hash, err := s.chosen(ctx, from, c.Token, ResetPassword, c.Password, Profile{})
	if err != nil {
		return id, err
	}
	err = s.Store.InTx(ctx, from.Actor(), func(tx Tx) error {
		v, err := use(ctx, tx, c.Token, ResetPassword)
		if err != nil {
			return err
		}
		u, err := whose(ctx, tx, v, StatusActive, StatusPending)
		if err != nil {
			return err
		}
		id = u.ID
		if u.EmailVerifiedAt == nil || u.AccountStatus == StatusPending {
			if err := s.open(ctx, tx, from, u, "email_verified"); err != nil {
				return err
			}
		}
		if _, err := tx.ClearThrottles(ctx, u.Email); err != nil { // whoever forgot has tried often
			return err
		}
		return s.setPassword(ctx, tx, u, hash, domain.SessionID{}, Event{Name: "password_reset", UserID: u.ID, ActorID: u.ID, From: from})
	})
	return id, err
}

// AcceptInvitation opens an account that staff have made, with a password of its user's. Errors: REFUSED (TOKEN_INVALID), INVALID
// (PASSWORD_…, NAME_INVALID), OVERLOADED.
func (s Service) AcceptInvitation(ctx context.Context, from domain.Request, c AcceptInvitationCommand) (id domain.UserID, err error) {
	names := Profile{FirstName: &c.FirstName, LastName: &c.LastName}
	hash, err := s.chosen(ctx, from, c.Token, Invitation, c.Password, names)
	if err != nil {
		return id, err
	}
	err = s.Store.InTx(ctx, from.Actor(), func(tx Tx) error {
		v, err := use(ctx, tx, c.Token, Invitation)
		if err != nil {
			return err
		}
		u, err := whose(ctx, tx, v, StatusPending)
		if err != nil {
			return err
		}
		if *u, err = withProfile(*u, names); err != nil {
			return err
		}
		id = u.ID
		if err := tx.SetPassword(ctx, u.ID, hash); err != nil {
			return err
		}
		return s.open(ctx, tx, from, u, "invitation_accepted")
	})
	return id, err
}

// chosen is the hash of a password that somebody chose by a link, which is only looked at: the work for a hash is too slow for a
// transaction, so that the link is used up afterwards.
func (s Service) chosen(ctx context.Context, from domain.Request, token string, purpose VerificationPurpose, password string, names Profile,
) (string, error) {
	if len(token) != tokenLength {
		return "", tokenInvalid()
	}
	var about User
	var past []string
	var v *Verification
	err := s.Store.InTx(ctx, from.Actor(), func(tx Tx) (err error) {
		v, err = tx.PendingVerification(ctx, domain.TokenHash(token), purpose)
		if err != nil {
			return err
		}
		if v == nil {
			return tokenInvalid()
		}
		u, err := tx.LockUser(ctx, v.UserID)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return tokenInvalid()
		}
		if err != nil {
			return err
		}
		if about, err = withProfile(*u, names); err != nil {
			return err
		}
		past, err = tx.PastHashes(ctx, u.ID, remembered)
		return err
	})
	if err != nil {
		return "", err
	}
	hash, err := s.hashed(ctx, "password", password, past, described(&about)...)
	if domain.CodeOf(err) == domain.CodeInvalid { // the answer tells of old passwords: a link is good for some tries only
		refused := err
		if err := s.Store.InTx(ctx, from.Actor(), func(tx Tx) error { return tx.CountRefusal(ctx, v.ID, mostRefusals) }); err != nil {
			return "", err
		}
		return "", refused
	}
	return hash, err
}

// ChangePassword gives the viewer another password, for the one that they have, and ends their other sessions. Errors: UNAUTHENTICATED,
// REFUSED (PASSWORD_WRONG), INVALID (PASSWORD_…), CONFLICT (IDEMPOTENCY_KEY_REUSED), OVERLOADED.
func (s Service) ChangePassword(ctx context.Context, viewer domain.Viewer, c ChangePasswordCommand) (domain.UserID, error) {
	if err := signedIn(viewer); err != nil {
		return domain.UserID{}, err
	}
	const name = "changePassword"
	if id, done, err := s.recalled(ctx, viewer, name, c.IdempotencyKey, c); done || err != nil {
		return id, err
	}
	if err := s.Proof.Prove(ctx, viewer, c.CurrentPassword); err != nil {
		return domain.UserID{}, pointedAt(err, "currentPassword")
	}
	var about *User
	var past []string
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		if about, err = tx.LockUser(ctx, viewer.UserID); err != nil {
			return err
		}
		past, err = tx.PastHashes(ctx, viewer.UserID, remembered)
		return err
	})
	if err != nil {
		return domain.UserID{}, err
	}
	hash, err := s.hashed(ctx, "newPassword", c.NewPassword, past, described(about)...)
	if err != nil {
		return domain.UserID{}, err
	}
	return s.once(ctx, viewer, name, c.IdempotencyKey, c, func(tx Tx) (domain.UserID, error) {
		u, err := tx.LockUser(ctx, viewer.UserID)
		if err != nil {
			return domain.UserID{}, err
		}
		if err := stillIn(ctx, tx, viewer); err != nil { // a reset while the new password was hashed
			return domain.UserID{}, err
		}
		return u.ID, s.setPassword(ctx, tx, u, hash, viewer.SessionID, by(viewer, "password_changed", u.ID))
	})
}

// setPassword writes a new password, ends all sessions but one, voids what was on its way, and tells the user.
func (s Service) setPassword(ctx context.Context, tx Tx, u *User, hash string, but domain.SessionID, event Event) error {
	if err := tx.SetPassword(ctx, u.ID, hash); err != nil {
		return err
	}
	if err := voidLinks(ctx, tx, u.ID); err != nil {
		return err
	}
	if err := turnOut(ctx, tx, u.ID, but); err != nil {
		return err
	}
	if err := tx.AddUserEvent(ctx, event); err != nil {
		return err
	}
	now := s.Clock()
	m := mailTo(u, mailPassword, "password:"+u.ID.String()+":"+now.UTC().Format(time.RFC3339Nano))
	m.Values["at"] = now.UTC().Format(time.RFC3339)
	return tx.SendMail(ctx, m)
}

// turnOut ends what keeps a user signed in, but for one session.
func turnOut(ctx context.Context, tx Tx, id domain.UserID, but domain.SessionID) error {
	if _, err := tx.EndOtherSessions(ctx, id, but); err != nil {
		return err
	}
	return tx.RevokeTokens(ctx, id)
}
