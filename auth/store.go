package auth

import (
	"context"
	"errors"
	"time"

	"lyceum/domain"
	"lyceum/domain/security"
)

// store lets scs keep its sessions in user_sessions. scs calls the methods with a context; the others exist for its
// interface only.
type store struct {
	sessions Sessions
	lifetime time.Duration
}

var errNoContext = errors.New("sessions need a context")

// FindCtx implements scs.CtxStore and leaves the session where the middleware finds it.
func (s *store) FindCtx(ctx context.Context, tokenHash string) ([]byte, bool, error) {
	found, err := s.sessions.FindSession(ctx, tokenHash)
	if err != nil || found == nil {
		return nil, false, err
	}
	if k := admissionOf(ctx); k != nil {
		k.session, k.tokenHash = found, tokenHash
	}
	return found.Data, true, nil
}

// CommitCtx implements scs.CtxStore. Whose session it is comes from the request, never from inside scs: it holds its
// lock here.
func (s *store) CommitCtx(ctx context.Context, tokenHash string, data []byte, expiry time.Time) error {
	k := admissionOf(ctx)
	if k == nil {
		return errNoContext
	}
	user := k.user
	if user == domain.Anonymous && k.session != nil {
		user = k.session.UserID
	}
	if user == domain.Anonymous {
		return nil // nothing is kept for visitors
	}
	// The database judges the end by its own clock: it is told how long, not until when.
	return s.sessions.SaveSession(ctx, user, tokenHash, data, min(time.Until(expiry), s.lifetime), k.signedIn, k.request)
}

// DeleteCtx implements scs.CtxStore.
func (s *store) DeleteCtx(ctx context.Context, tokenHash string) error {
	return s.sessions.EndSession(ctx, tokenHash)
}

// sessionWait is what reading or writing a session may take. It stands before the operation, which has a deadline of its own.
const sessionWait = 3 * time.Second

// bounded lets no wait for a session outlast sessionWait.
type bounded struct{ Sessions }

func (b bounded) FindSession(ctx context.Context, tokenHash string) (*security.LiveSession, error) {
	ctx, cancel := context.WithTimeout(ctx, sessionWait)
	defer cancel()
	return b.Sessions.FindSession(ctx, tokenHash)
}

func (b bounded) SessionLasts(ctx context.Context, tokenHash string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, sessionWait)
	defer cancel()
	return b.Sessions.SessionLasts(ctx, tokenHash)
}

func (b bounded) Rights(ctx context.Context, user domain.UserID) (*security.Rights, error) {
	ctx, cancel := context.WithTimeout(ctx, sessionWait)
	defer cancel()
	return b.Sessions.Rights(ctx, user)
}

func (b bounded) SaveSession(ctx context.Context, user domain.UserID, tokenHash string, data []byte, lasts time.Duration,
	signedIn *security.SignedIn, from domain.Request,
) error {
	ctx, cancel := context.WithTimeout(ctx, sessionWait)
	defer cancel()
	return b.Sessions.SaveSession(ctx, user, tokenHash, data, lasts, signedIn, from)
}

func (b bounded) EndSession(ctx context.Context, tokenHash string) error {
	ctx, cancel := context.WithTimeout(ctx, sessionWait)
	defer cancel()
	return b.Sessions.EndSession(ctx, tokenHash)
}

func (s *store) Find(string) ([]byte, bool, error)      { return nil, false, errNoContext }
func (s *store) Commit(string, []byte, time.Time) error { return errNoContext }
func (s *store) Delete(string) error                    { return errNoContext }
