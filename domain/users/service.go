package users

import (
	"context"

	"lyceum/domain"
)

// Store is what the service needs of the database.
type Store interface {
	InTx(ctx context.Context, actor domain.Actor, fn func(Tx) error) error
}

// Passwords hashes and compares, with a limit on how many at a time. Errors: OVERLOADED.
type Passwords interface {
	// NewHash makes the hash that is stored.
	NewHash(ctx context.Context, password string) (string, error)
	// Matches compares in the time that one hash takes, also when hash is empty.
	Matches(ctx context.Context, hash, password string) (bool, error)
	// InTurn runs work that is as slow as a hash, in its turn.
	InTurn(ctx context.Context, work func()) error
}

// Proof asks a signed-in user for their password once more, counted and throttled like a sign-in.
type Proof interface {
	// Prove returns nil when it is the password of the viewer's account. Errors: REFUSED (PASSWORD_WRONG), OVERLOADED.
	Prove(ctx context.Context, viewer domain.Viewer, password string) error
}

// Service changes users: it lets them register, be invited, change and leave, and gives them roles.
type Service struct {
	Store     Store
	Clock     domain.Clock
	IDs       domain.IDs
	Passwords Passwords
	Proof     Proof
	Links     domain.LinkKey
}

// signedIn refuses visitors.
func signedIn(viewer domain.Viewer) error {
	if !viewer.SignedIn() {
		return domain.Errorf(domain.CodeUnauthenticated, "you must be signed in")
	}
	return nil
}

// allowed refuses who lacks a permission.
func allowed(viewer domain.Viewer, p domain.Permission) error {
	if !viewer.May(p) {
		return domain.Errorf(domain.CodeForbidden, "this requires the permission %s", p)
	}
	return nil
}

// once runs a mutation of a signed-in user once for its key, and answers with the id of whom it was about.
func (s Service) once(ctx context.Context, viewer domain.Viewer, mutation, key string, body any, run func(Tx) (domain.UserID, error),
) (id domain.UserID, err error) {
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		id, err = domain.Once(ctx, tx, viewer.UserID, mutation, key, body, func() (domain.UserID, error) { return run(tx) })
		return err
	})
	return id, err
}

// recalled finds what an earlier run of once has answered.
func (s Service) recalled(ctx context.Context, viewer domain.Viewer, mutation, key string, body any,
) (id domain.UserID, done bool, err error) {
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		id, done, err = domain.Recall[domain.UserID](ctx, tx, viewer.UserID, mutation, key, body)
		return err
	})
	return id, done, err
}
