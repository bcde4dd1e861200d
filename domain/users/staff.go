package users

import (
	"context"
	"strings"
	"unicode/utf8"

	"lyceum/domain"
)

const maxReason = 1000 // bytes

// SuspendUserCommand stops an account.
type SuspendUserCommand struct {
	IdempotencyKey string `json:"-"`
	UserID         domain.UserID
	Reason         string
}

// RestoreUserCommand opens an account that was stopped.
type RestoreUserCommand struct {
	IdempotencyKey string `json:"-"`
	UserID         domain.UserID
	Reason         string
}

// The commands of whoever looks after the security of others.
type (
	// UnlockUserCommand forgets the failed tries on an account.
	UnlockUserCommand struct{ UserID domain.UserID }
	// RevokeUserSessionsCommand ends the sessions of a user.
	RevokeUserSessionsCommand struct{ UserID domain.UserID }
	// ForgetDevicesCommand takes the trust from the devices of a user; nil is the viewer.
	ForgetDevicesCommand struct{ UserID *domain.UserID }
)

// readReason is a reason as it is told to the user.
func readReason(text string) (string, error) {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return notInText(r) && r != '\n' }) {
		return "", domain.Errorf(domain.CodeInvalid, "a reason must be text, without control characters").At("reason")
	}
	if text = strings.TrimSpace(text); text == "" {
		return "", domain.Errorf(domain.CodeInvalid, "a reason must be given, because the user is told it").At("reason")
	}
	if len(text) > maxReason {
		return "", domain.Errorf(domain.CodeInvalid, "a reason must have at most %d bytes", maxReason).Because("TOO_LONG").At("reason")
	}
	return text, nil
}

// SuspendUser stops an account: its sessions end, its links are void, its next request is a visitor's. Needs users.write. Errors:
// FORBIDDEN, INVALID (TOO_LONG), NOT_FOUND, REFUSED (YOURSELF, MORE_RIGHTS, LAST_ADMINISTRATOR, WRONG_STATUS), CONFLICT
// (IDEMPOTENCY_KEY_REUSED).
func (s Service) SuspendUser(ctx context.Context, viewer domain.Viewer, c SuspendUserCommand) (domain.UserID, error) {
	if err := allowed(viewer, domain.UsersWrite); err != nil {
		return domain.UserID{}, err
	}
	return s.once(ctx, viewer, "suspendUser", c.IdempotencyKey, c, func(tx Tx) (domain.UserID, error) {
		return c.UserID, s.suspend(ctx, tx, viewer, c)
	})
}

func (s Service) suspend(ctx context.Context, tx Tx, viewer domain.Viewer, c SuspendUserCommand) error {
	reason, err := readReason(c.Reason)
	if err != nil {
		return err
	}
	if viewer.Is(c.UserID) {
		return domain.Errorf(domain.CodeRefused, "you cannot suspend yourself").Because("YOURSELF").At("userId")
	}
	u, err := userFor(ctx, tx, viewer, c.UserID)
	if err != nil {
		return err
	}
	if u.AccountStatus != StatusActive && u.AccountStatus != StatusPending && u.AccountStatus != StatusLocked {
		return wrongStatus("this account is suspended or closed already")
	}
	if err := keepsAnAdmin(ctx, tx, u.ID); err != nil {
		return pointedAt(err, "userId")
	}
	u.AccountStatus = StatusSuspended
	if err := tx.SaveUser(ctx, u); err != nil {
		return err
	}
	if err := voidLinks(ctx, tx, u.ID); err != nil {
		return err
	}
	if err := turnOut(ctx, tx, u.ID, domain.SessionID{}); err != nil {
		return err
	}
	event := by(viewer, "account_suspended", u.ID)
	event.Warning = true
	if err := tx.AddUserEvent(ctx, event); err != nil {
		return err
	}
	return s.tellStatus(ctx, tx, u, mailSuspended, "suspended:", reason)
}

func wrongStatus(why string) error {
	return domain.Errorf(domain.CodeRefused, "%s", why).Because("WRONG_STATUS").At("userId")
}

// notClosed refuses a closed account, whose address may be another user's by now. Errors: REFUSED (WRONG_STATUS).
func notClosed(u *User) error {
	if u.AccountStatus == StatusClosed {
		return wrongStatus("this account is closed")
	}
	return nil
}

func (s Service) tellStatus(ctx context.Context, tx Tx, u *User, template domain.MailTemplate, cause, reason string) error {
	m := mailTo(u, template, cause+s.IDs().String())
	m.Values["reason"] = reason
	return tx.SendMail(ctx, m)
}

// restored is the status of an account that was suspended: whoever never proved the address nor signed in still has to prove it.
func restored(u *User) AccountStatus {
	if u.EmailVerifiedAt == nil && u.LastLoginAt == nil {
		return StatusPending
	}
	return StatusActive
}

// letIn sends the user of a pending account a link to open it: that of their registration, or an invitation when the account is more than
// a registration.
func (s Service) letIn(ctx context.Context, tx Tx, viewer domain.Viewer, u *User) error {
	if u.AccountStatus != StatusPending {
		return nil
	}
	known, err := accountOf(ctx, tx, u)
	if err != nil || known == nil {
		return err
	}
	if onlyRegistered(known) {
		return s.sendLink(ctx, tx, u, verificationOf(u))
	}
	if err := forgetUnproved(ctx, tx, known); err != nil {
		return err
	}
	inviter, err := inviterOf(ctx, tx, viewer)
	if err != nil {
		return err
	}
	return s.sendLink(ctx, tx, u, invitationBy(u, inviter))
}

// RestoreUser opens a suspended account; who never proved the address nor signed in gets a link that does. Needs users.write.
// Errors: FORBIDDEN, INVALID (TOO_LONG), NOT_FOUND, REFUSED (MORE_RIGHTS, WRONG_STATUS), CONFLICT (IDEMPOTENCY_KEY_REUSED).
func (s Service) RestoreUser(ctx context.Context, viewer domain.Viewer, c RestoreUserCommand) (domain.UserID, error) {
	if err := allowed(viewer, domain.UsersWrite); err != nil {
		return domain.UserID{}, err
	}
	return s.once(ctx, viewer, "restoreUser", c.IdempotencyKey, c, func(tx Tx) (domain.UserID, error) {
		reason, err := readReason(c.Reason)
		if err != nil {
			return c.UserID, err
		}
		u, err := userFor(ctx, tx, viewer, c.UserID)
		if err != nil {
			return c.UserID, err
		}
		if u.AccountStatus != StatusSuspended {
			return c.UserID, wrongStatus("this account is not suspended")
		}
		u.AccountStatus = restored(u)
		if err := tx.SaveUser(ctx, u); err != nil {
			return c.UserID, err
		}
		if err := tx.AddUserEvent(ctx, by(viewer, "account_restored", u.ID)); err != nil {
			return c.UserID, err
		}
		if err := s.tellStatus(ctx, tx, u, mailRestored, "restored:", reason); err != nil {
			return c.UserID, err
		}
		return c.UserID, s.letIn(ctx, tx, viewer, u)
	})
}

// UnlockUser forgets the failed tries on an account, and opens one that a rule has locked. Needs security.write. Errors: FORBIDDEN,
// NOT_FOUND, REFUSED (MORE_RIGHTS, WRONG_STATUS).
func (s Service) UnlockUser(ctx context.Context, viewer domain.Viewer, c UnlockUserCommand) (domain.UserID, error) {
	if err := allowed(viewer, domain.SecurityWrite); err != nil {
		return domain.UserID{}, err
	}
	return c.UserID, s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		u, err := userFor(ctx, tx, viewer, c.UserID)
		if err != nil {
			return err
		}
		if err := notClosed(u); err != nil {
			return err
		}
		cleared, err := tx.ClearThrottles(ctx, u.Email)
		if err != nil {
			return err
		}
		if u.AccountStatus == StatusLocked {
			u.AccountStatus = StatusActive
			if err := tx.SaveUser(ctx, u); err != nil {
				return err
			}
		} else if cleared == 0 {
			return nil
		}
		return tx.AddUserEvent(ctx, by(viewer, "account_unlocked", u.ID))
	})
}

// RevokeUserSessions ends all sessions of a user and says how many there were; of the viewer's own all but this one. Needs
// security.write. Errors: FORBIDDEN, NOT_FOUND, REFUSED (MORE_RIGHTS).
func (s Service) RevokeUserSessions(ctx context.Context, viewer domain.Viewer, c RevokeUserSessionsCommand) (ended int64, err error) {
	if err := allowed(viewer, domain.SecurityWrite); err != nil {
		return 0, err
	}
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		u, err := userFor(ctx, tx, viewer, c.UserID)
		if err != nil {
			return err
		}
		var but domain.SessionID
		if viewer.Is(u.ID) {
			but = viewer.SessionID
		}
		if ended, err = tx.EndOtherSessions(ctx, u.ID, but); err != nil || ended == 0 {
			return err
		}
		return tx.AddUserEvent(ctx, by(viewer, "user_sessions_revoked", u.ID))
	})
	return ended, err
}

// ForgetDevices takes the trust from the devices that have signed in to an account: failed tries from them count like a stranger's
// again. Needs security.write, unless it is the viewer's own. Errors: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, REFUSED (MORE_RIGHTS,
// WRONG_STATUS).
func (s Service) ForgetDevices(ctx context.Context, viewer domain.Viewer, c ForgetDevicesCommand) (id domain.UserID, err error) {
	if err := signedIn(viewer); err != nil {
		return id, err
	}
	if id = viewer.UserID; c.UserID != nil {
		id = *c.UserID
	}
	if !viewer.Is(id) {
		if err := allowed(viewer, domain.SecurityWrite); err != nil {
			return id, err
		}
	}
	return id, s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		u, err := userFor(ctx, tx, viewer, id)
		if err != nil {
			return err
		}
		if err := notClosed(u); err != nil {
			return err
		}
		if n, err := tx.ForgetDevices(ctx, u.Email); err != nil || n == 0 {
			return err
		}
		return tx.AddUserEvent(ctx, by(viewer, "devices_forgotten", u.ID))
	})
}
