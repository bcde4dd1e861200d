package users

import (
	"context"
	"slices"

	"lyceum/domain"
)

// covers reports whether somebody with these permissions holds all of those.
func covers(mine, theirs []domain.Permission) bool {
	return !slices.ContainsFunc(theirs, func(p domain.Permission) bool { return !slices.Contains(mine, p) })
}

// mayHandle lets nobody stop, open or throw out who may do more than they. Errors: REFUSED (MORE_RIGHTS).
func mayHandle(ctx context.Context, tx Tx, viewer domain.Viewer, id domain.UserID) error {
	if viewer.Is(id) {
		return nil
	}
	theirs, err := tx.PermissionsOf(ctx, id)
	if err == nil && !covers(viewer.Permissions, theirs) {
		err = domain.Errorf(domain.CodeRefused, "this user has permissions that you lack").Because("MORE_RIGHTS").At("userId")
	}
	return err
}

// keepsAnAdmin refuses what would leave the school without an administrator who can sign in and stays one. HoldRoles comes first: two
// administrators could otherwise remove each other. Errors: REFUSED (LAST_ADMINISTRATOR).
func keepsAnAdmin(ctx context.Context, tx Tx, id domain.UserID) error {
	is, others, err := tx.IsAdmin(ctx, id)
	if err == nil && is && !others {
		err = domain.Errorf(domain.CodeRefused, "this is the last administrator; make another one first").Because("LAST_ADMINISTRATOR")
	}
	return err
}

// stillIn refuses whoever was signed out since the request began: a password that was reset meanwhile, or an account that was suspended,
// ends what is under way too. It comes after the lock that the other side takes. Errors: UNAUTHENTICATED.
func stillIn(ctx context.Context, tx Tx, viewer domain.Viewer) error {
	active, err := tx.SessionActive(ctx, viewer.SessionID, viewer.UserID)
	if err == nil && !active {
		err = domain.Errorf(domain.CodeUnauthenticated, "your session has ended; sign in again")
	}
	return err
}

// holdRoles holds who may do what until the transaction ends, and refuses a viewer from whom something was taken since the request
// began: its first part may have waited long enough for somebody to stop them. Errors: UNAUTHENTICATED, FORBIDDEN.
func holdRoles(ctx context.Context, tx Tx, viewer domain.Viewer) error {
	if err := tx.HoldRoles(ctx); err != nil {
		return err
	}
	if !viewer.SignedIn() { // the program itself
		return nil
	}
	if err := stillIn(ctx, tx, viewer); err != nil {
		return err
	}
	now, err := tx.PermissionsOf(ctx, viewer.UserID)
	if err == nil && !covers(now, viewer.Permissions) {
		err = domain.Errorf(domain.CodeForbidden, "your permissions have changed")
	}
	return err
}

// userFor locks the user whom staff handle, after who may do what is held. Errors: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, REFUSED
// (MORE_RIGHTS).
func userFor(ctx context.Context, tx Tx, viewer domain.Viewer, id domain.UserID) (*User, error) {
	if err := holdRoles(ctx, tx, viewer); err != nil {
		return nil, err
	}
	u, err := tx.LockUser(ctx, id)
	if err != nil {
		return nil, pointedAt(err, "userId")
	}
	return u, mayHandle(ctx, tx, viewer, id)
}
