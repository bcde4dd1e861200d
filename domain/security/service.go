package security

import (
	"cmp"
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"lyceum/domain"
)

// Store is what the service needs of the database.
type Store interface {
	InTx(ctx context.Context, actor domain.Actor, fn func(Tx) error) error
}

// Tx is one transaction.
type Tx interface {
	// TrackAttempt calls track_login_attempt.
	TrackAttempt(ctx context.Context, a AttemptRecord) (Verdict, error)
	// Credentials reads what a sign-in is judged by; nil when there is no such account.
	Credentials(ctx context.Context, email string) (*Credentials, error)
	// CredentialsOf is Credentials of a user, with the address of the account; nil when there is no such account.
	CredentialsOf(ctx context.Context, id domain.UserID) (*Credentials, error)
	// RenewHash replaces the hash of an account's password by another of the same password, if it is still the old one.
	RenewHash(ctx context.Context, id domain.UserID, old, fresh string) error
	// AddEvent appends to the event log.
	AddEvent(ctx context.Context, e NewEvent) error
	// EndSession ends a session of this user and reports whether it had not ended before. Errors: NOT_FOUND.
	EndSession(ctx context.Context, id domain.SessionID, owner domain.UserID) (s *Session, ended bool, err error)
	// EndOtherSessions ends all active sessions of a user but one and says how many.
	EndOtherSessions(ctx context.Context, owner domain.UserID, but domain.SessionID) (int64, error)
}

// Passwords hashes and compares, with a limit on how many at a time. Errors: OVERLOADED.
type Passwords interface {
	// Matches compares in the time that one hash takes, also when hash is empty.
	Matches(ctx context.Context, hash, password string) (bool, error)
	// Renewed makes a hash anew that is weaker or dearer than new ones are; empty when it is as they are.
	Renewed(ctx context.Context, hash, password string) (string, error)
}

// AttemptRecord is one call of track_login_attempt.
type AttemptRecord struct {
	Email  string
	Status string // started, failed, success or proved
	From   domain.Request
	Reason string // for the log only
}

// Verdict says whether a try may be judged, and if not, when the next may.
type Verdict struct {
	Allowed bool       `db:"allowed"`
	RetryAt *time.Time `db:"retry_at"`
}

// Credentials are what a sign-in is judged by.
type Credentials struct {
	UserID           domain.UserID `db:"id"`
	Email            string        `db:"email"` // of CredentialsOf alone
	PasswordHash     *string       `db:"password_hash"`
	Active           bool          `db:"active"`
	TwoFactorEnabled bool          `db:"two_factor_enabled"`
	PasswordSetAt    *time.Time    `db:"password_set_at"` // nil for one that was never changed
}

// NewEvent is an event to be logged.
type NewEvent struct {
	Name      string
	Severity  Severity
	UserID    domain.UserID // whom it is about; the visitor's id for nobody
	ActorID   domain.UserID
	SessionID domain.SessionID
	From      domain.Request
}

// Service lets users in and out.
type Service struct {
	Store     Store
	Passwords Passwords
}

// SignInCommand is an email and a password, as typed.
type SignInCommand struct{ Email, Password string }

// SignedIn is who proved to be a user, and by which of their passwords: one that was set meanwhile ends what the old one began.
type SignedIn struct {
	UserID        domain.UserID
	PasswordSetAt *time.Time
}

// RevokeSessionCommand names a session to end.
type RevokeSessionCommand struct{ SessionID domain.SessionID }

// SignIn judges an email and a password. An unknown account, a wrong password, an account that is not active and a
// throttled try all get the same error after the same work. Errors: REFUSED (INVALID_CREDENTIALS), INVALID, OVERLOADED, UNAVAILABLE.
func (s Service) SignIn(ctx context.Context, from domain.Request, c SignInCommand) (SignedIn, error) {
	email, password := strings.TrimSpace(c.Email), c.Password
	if address, err := domain.ParseAddress(email); err == nil {
		email = address.Key // what is no address is nobody's, and is judged all the same
	}
	if !utf8.ValidString(email+password) || strings.ContainsRune(email+password, 0) || email == "" || len(email) > 254 ||
		len(password) > 1024 {
		return SignedIn{}, domain.Errorf(domain.CodeInvalid, "an email address and a password are required").
			Because("INVALID_INPUT").At("email")
	}
	var verdict Verdict
	var known *Credentials
	// The try is counted and committed before the password is looked at, so that parallel guesses cannot slip by.
	err := s.Store.InTx(ctx, from.Actor(), func(tx Tx) (err error) {
		if verdict, err = tx.TrackAttempt(ctx, AttemptRecord{Email: email, Status: "started", From: from}); err != nil {
			return err
		}
		known, err = tx.Credentials(ctx, email)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	hash := ""
	if known != nil && known.PasswordHash != nil && verdict.Allowed {
		hash = *known.PasswordHash
	}
	matches, unjudged := s.Passwords.Matches(ctx, hash, password)
	reason := judge(verdict, known, matches)
	if unjudged != nil {
		reason = "not_judged"
	}
	// What was counted is also logged, even if the client has gone away meanwhile.
	ctx, cancel := closing(ctx)
	defer cancel()
	fresh := ""
	if reason == "" {
		fresh, _ = s.Passwords.Renewed(ctx, hash, password) // who may come in is not kept out by it; it is tried again next time
	}
	err = s.Store.InTx(ctx, from.Actor(), func(tx Tx) error {
		if fresh != "" {
			if err := tx.RenewHash(ctx, known.UserID, hash, fresh); err != nil {
				return err
			}
		}
		return closeAttempt(ctx, tx, from, email, known, reason)
	})
	if err = cmp.Or(unjudged, err); err != nil {
		return SignedIn{}, err
	}
	if reason != "" {
		return SignedIn{}, domain.Errorf(domain.CodeRefused,
			"email or password is wrong, or there were too many tries: check both, or wait a while").Because("INVALID_CREDENTIALS")
	}
	return SignedIn{UserID: known.UserID, PasswordSetAt: known.PasswordSetAt}, nil
}

// closing is the context in which a try is closed: it outlives the request's, but not its deadline by much.
func closing(ctx context.Context) (context.Context, context.CancelFunc) {
	wait := closeWait
	if end, limited := ctx.Deadline(); limited {
		wait = min(wait, max(time.Until(end), 0)+closeMargin)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), wait)
}

// What closing a try may take, and how far beyond the deadline of its request.
const (
	closeWait   = 3 * time.Second
	closeMargin = 250 * time.Millisecond
)

// judge is the rule: why a try fails; empty lets it in. The answer is for the log, never for the client.
func judge(v Verdict, c *Credentials, passwordMatches bool) string {
	switch {
	case !v.Allowed:
		return "throttled"
	case c == nil:
		return "unknown_account"
	case !passwordMatches:
		return "wrong_password"
	case !c.Active:
		return "account_inactive"
	case c.TwoFactorEnabled:
		return "second_factor_unavailable" // nothing can enable it yet; never let a half-proven person in
	default:
		return ""
	}
}

func closeAttempt(ctx context.Context, tx Tx, from domain.Request, email string, known *Credentials, reason string) error {
	event := NewEvent{Name: "sign_in", Severity: Info, From: from}
	record := AttemptRecord{Email: email, Status: "success", From: from}
	if known != nil {
		event.UserID, event.ActorID = known.UserID, known.UserID
	}
	switch reason {
	case "":
	case "throttled": // logged when it was refused
		event.Name, event.Severity, event.ActorID = "sign_in_throttled", Warning, domain.Anonymous
		return tx.AddEvent(ctx, event)
	default:
		event.Name, event.Severity, event.ActorID = "sign_in_failed", Warning, domain.Anonymous
		record.Status, record.Reason = "failed", reason
	}
	if _, err := tx.TrackAttempt(ctx, record); err != nil {
		return err
	}
	return tx.AddEvent(ctx, event)
}

// SignedOut remembers that a viewer left; auth ends the session itself.
func (s Service) SignedOut(ctx context.Context, viewer domain.Viewer) error {
	return s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		return tx.AddEvent(ctx, NewEvent{
			Name: "sign_out", Severity: Info, UserID: viewer.UserID, ActorID: viewer.UserID, SessionID: viewer.SessionID, From: viewer.Request,
		})
	})
}

// RevokeSession ends one of the viewer's sessions, wherever it is; one that has ended before is answered as it ended.
// Errors: UNAUTHENTICATED, NOT_FOUND.
func (s Service) RevokeSession(ctx context.Context, viewer domain.Viewer, c RevokeSessionCommand) (*Session, error) {
	if !viewer.SignedIn() {
		return nil, domain.Errorf(domain.CodeUnauthenticated, "you must be signed in")
	}
	var session *Session
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		var ended bool
		if session, ended, err = tx.EndSession(ctx, c.SessionID, viewer.UserID); err != nil || !ended {
			return err
		}
		return tx.AddEvent(ctx, NewEvent{
			Name: "session_revoked", Severity: Info, UserID: viewer.UserID, ActorID: viewer.UserID, SessionID: c.SessionID, From: viewer.Request,
		})
	})
	return session, err
}

// RevokeOtherSessions ends all of the viewer's sessions but this one and says how many there were.
func (s Service) RevokeOtherSessions(ctx context.Context, viewer domain.Viewer) (int64, error) {
	var ended int64
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		if ended, err = tx.EndOtherSessions(ctx, viewer.UserID, viewer.SessionID); err != nil || ended == 0 {
			return err
		}
		return tx.AddEvent(ctx, NewEvent{
			Name: "other_sessions_revoked", Severity: Info, UserID: viewer.UserID, ActorID: viewer.UserID, SessionID: viewer.SessionID,
			From: viewer.Request,
		})
	})
	return ended, err
}
