package security

import (
	"context"

	"lyceum/domain"
)

// longestPassword is what is compared at most, in bytes.
const longestPassword = 1024

// Prove asks a signed-in user for their password once more. It is counted and throttled like a sign-in, and the same work: whoever
// found an open session must not guess here what they cannot guess there. Errors: UNAUTHENTICATED, REFUSED (PASSWORD_WRONG), OVERLOADED,
// UNAVAILABLE.
func (s Service) Prove(ctx context.Context, viewer domain.Viewer, password string) error {
	if !viewer.SignedIn() {
		return domain.Errorf(domain.CodeUnauthenticated, "you must be signed in")
	}
	wrong := domain.Errorf(domain.CodeRefused, "the password is wrong, or there were too many tries: check it, or wait a while").
		Because("PASSWORD_WRONG")
	if len(password) > longestPassword {
		return wrong
	}
	var verdict Verdict
	var known *Credentials
	// Counted and committed before the password is looked at, as in SignIn.
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		if known, err = tx.CredentialsOf(ctx, viewer.UserID); err != nil {
			return err
		}
		if known == nil {
			return domain.Errorf(domain.CodeUnauthenticated, "your session has ended; sign in again")
		}
		verdict, err = tx.TrackAttempt(ctx, AttemptRecord{Email: known.Email, Status: "started", From: viewer.Request})
		return err
	})
	if err != nil {
		return err
	}
	hash := ""
	if known.PasswordHash != nil && verdict.Allowed {
		hash = *known.PasswordHash
	}
	matches, unjudged := s.Passwords.Matches(ctx, hash, password)
	ctx, cancel := closing(ctx)
	defer cancel()
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		return closeProof(ctx, tx, viewer, known, verdict.Allowed, matches && unjudged == nil)
	})
	switch {
	case unjudged != nil:
		return unjudged
	case err != nil:
		return err
	case !matches:
		return wrong
	}
	return nil
}

func closeProof(ctx context.Context, tx Tx, viewer domain.Viewer, known *Credentials, allowed, matches bool) error {
	event := NewEvent{
		Name: "password_refused", Severity: Warning, UserID: viewer.UserID, ActorID: viewer.UserID, SessionID: viewer.SessionID,
		From: viewer.Request,
	}
	record := AttemptRecord{Email: known.Email, Status: "failed", From: viewer.Request, Reason: "password_asked_again"}
	switch {
	case matches:
		record.Status, record.Reason = "proved", ""
	case !allowed: // logged when it was refused
		return tx.AddEvent(ctx, event)
	default:
		if err := tx.AddEvent(ctx, event); err != nil {
			return err
		}
	}
	_, err := tx.TrackAttempt(ctx, record)
	return err
}
