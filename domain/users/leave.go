package users

import (
	"context"

	"lyceum/domain"
)

// CloseAccountCommand asks for the end of the viewer's account.
type CloseAccountCommand struct {
	IdempotencyKey string `json:"-"`
	Password       string `json:"-"`
}

// CloseAccount ends the viewer's account, for their password: sessions, roles, seats and subscriptions end with it, and its address can
// be registered anew. Errors: UNAUTHENTICATED, REFUSED (PASSWORD_WRONG, LAST_ADMINISTRATOR), CONFLICT (IDEMPOTENCY_KEY_REUSED),
// OVERLOADED.
func (s Service) CloseAccount(ctx context.Context, viewer domain.Viewer, c CloseAccountCommand) (domain.UserID, error) {
	if err := signedIn(viewer); err != nil {
		return domain.UserID{}, err
	}
	const name = "closeAccount"
	if id, done, err := s.recalled(ctx, viewer, name, c.IdempotencyKey, c); done || err != nil {
		return id, err
	}
	if err := s.Proof.Prove(ctx, viewer, c.Password); err != nil {
		return domain.UserID{}, pointedAt(err, "password")
	}
	return s.once(ctx, viewer, name, c.IdempotencyKey, c, func(tx Tx) (domain.UserID, error) {
		return viewer.UserID, s.leave(ctx, tx, viewer)
	})
}

func (s Service) leave(ctx context.Context, tx Tx, viewer domain.Viewer) error {
	if err := holdRoles(ctx, tx, viewer); err != nil {
		return err
	}
	u, err := tx.LockUser(ctx, viewer.UserID)
	if err != nil {
		return err
	}
	if err := stillIn(ctx, tx, viewer); err != nil { // a reset while this waited for the user
		return err
	}
	if err := keepsAnAdmin(ctx, tx, u.ID); err != nil {
		return err
	}
	u.AccountStatus = StatusClosed
	for _, step := range []func() error{
		func() error { return tx.SaveUser(ctx, u) },
		func() error { return tx.TakeRoles(ctx, u.ID) },
		func() error { return voidLinks(ctx, tx, u.ID) },
		func() error { return tx.VoidVerifications(ctx, u.ID, UndoEmail) },
		func() error { return turnOut(ctx, tx, u.ID, domain.SessionID{}) },
		func() error { return tx.EndSubscriptionsOf(ctx, u.ID, viewer.UserID) },
		func() error { return tx.AddUserEvent(ctx, by(viewer, "account_closed", u.ID)) },
		func() error { return tx.SendMail(ctx, mailTo(u, mailClosed, "closed:"+u.ID.String())) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
