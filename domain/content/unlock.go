package content

import (
	"context"
	"time"

	"lyceum/domain"
)

// Unlock is when an item opens for a user who may open it otherwise.
type Unlock struct {
	UserID  domain.UserID
	ItemID  domain.ItemID
	OpensAt *time.Time // nil: it does not wait
}

// UnlockTx are the writes of unlock dates.
type UnlockTx interface {
	// SetUnlock writes when an item opens for a user, or that it does not wait. Errors: NOT_FOUND for an item that does not exist.
	SetUnlock(ctx context.Context, u Unlock) error
}

// SetUnlockCommand asks for another time.
type SetUnlockCommand struct {
	IdempotencyKey string `json:"-"`
	UserID         domain.UserID
	ItemID         domain.ItemID
	OpensAt        *time.Time // nil: at once
}

// SetUnlock says when an item opens for a user; the next read feels it. Needs access.grant.
// Errors: FORBIDDEN, NOT_FOUND, CONFLICT (IDEMPOTENCY_KEY_REUSED).
func (s Service) SetUnlock(ctx context.Context, viewer domain.Viewer, c SetUnlockCommand) (*Unlock, error) {
	if err := mayGrant(viewer); err != nil {
		return nil, err
	}
	var set *Unlock
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		set, err = domain.Once(ctx, tx, viewer.UserID, "setUnlock", c.IdempotencyKey, c, func() (*Unlock, error) {
			if has, err := tx.HasUser(ctx, c.UserID); err != nil {
				return nil, err
			} else if !has {
				return nil, noUser("userId")
			}
			u := &Unlock{UserID: c.UserID, ItemID: c.ItemID, OpensAt: c.OpensAt}
			return u, tx.SetUnlock(ctx, *u)
		})
		return err
	})
	return orNil(set, err)
}

// mayGrant is the guard of all that opens and closes items for others. Errors: FORBIDDEN.
func mayGrant(viewer domain.Viewer) error {
	if !viewer.May(domain.AccessGrant) {
		return domain.Errorf(domain.CodeForbidden, "this requires the permission access.grant")
	}
	return nil
}

func noUser(path string) error {
	return domain.Errorf(domain.CodeNotFound, "the user does not exist").At(path)
}
