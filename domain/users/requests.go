package users

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"lyceum/domain"
)

// AccountRequest is what somebody asked for by an address: it looks at no account before it is worked off, so that neither the
// answer nor its time tells who has one.
type AccountRequest struct {
	ID           domain.AccountRequestID `db:"id"`
	Kind         RequestKind             `db:"kind"`
	Email        string                  `db:"email"`
	UserID       *domain.UserID          `db:"user_id"` // who asks, for a change of their address
	FirstName    string                  `db:"first_name"`
	LastName     string                  `db:"last_name"`
	Locale       string                  `db:"locale"`
	PasswordHash *string                 `db:"password_hash"`
	RequestID    string                  `db:"request_id"`
	IP           string                  `db:"ip_address"`
	UserAgent    string                  `db:"user_agent"`
}

// from is where the request came from.
func (r *AccountRequest) from() domain.Request {
	return domain.Request{ID: r.RequestID, IP: r.IP, UserAgent: r.UserAgent}
}

// RequestKind is what is asked for.
type RequestKind string

// The kinds, as in account_requests_kind_known.
const (
	WantsAccount      RequestKind = "registration"
	WantsVerification RequestKind = "verification"
	WantsReset        RequestKind = "password_reset"
	WantsNewEmail     RequestKind = "email_change"
)

// Limit is how often a place may ask.
type Limit struct {
	Every time.Duration // one each
	Most  int           // in Per
	Per   time.Duration
}

// The limits. What an address is sent is judged when the request is worked off, without a word to whoever asked: a link to open an
// account, a link to choose a password, and a link for another address each once a minute and 20 times a day. A network may be a
// whole school's, which registers in one lesson: it may ask 1,000 times an hour for each, and is then told. A flood from many networks
// ends at the number of requests that may wait, in the store.
var (
	addressLimit = Limit{Every: time.Minute, Most: 20, Per: 24 * time.Hour}
	userLimit    = Limit{Most: 10, Per: 24 * time.Hour} // of addresses to move to
	networkLimit = Limit{Most: 1000, Per: time.Hour}
)

// addressPlace is where the requests of a kind for an address are counted: a digest, since the address may be nobody's.
func addressPlace(kind RequestKind, key string) string {
	if kind == WantsVerification {
		kind = WantsAccount // the same mail
	}
	sum := sha256.Sum256([]byte(key))
	return string(kind) + ":" + hex.EncodeToString(sum[:])
}

// networkPlace is where the requests of a kind of a network are counted. An IPv6 customer commands a /64.
func networkPlace(kind RequestKind, ip string) string {
	if a, err := netip.ParseAddr(ip); err == nil && a.Is6() {
		if network, err := a.Prefix(64); err == nil {
			ip = network.String()
		}
	}
	return "net:" + string(kind) + ":" + ip
}

// RegisterCommand asks for an account.
type RegisterCommand struct {
	Email, Password, FirstName, LastName, Locale string
}

// ResendVerificationCommand asks for the link that proves an address once more.
type ResendVerificationCommand struct{ Email string }

// RequestPasswordResetCommand asks for a link with which a new password can be chosen.
type RequestPasswordResetCommand struct{ Email string }

// Register asks for an account; who has the address gets a mail, whatever account there is. The password is hashed always, once it is
// the network's turn: a flood must not cost hashes.
// Errors: INVALID (EMAIL_INVALID, NAME_INVALID, LOCALE_INVALID, PASSWORD_…), REFUSED (TOO_MANY_REQUESTS), OVERLOADED.
func (s Service) Register(ctx context.Context, from domain.Request, c RegisterCommand) error {
	address, err := domain.ParseAddress(c.Email)
	if err != nil {
		return err
	}
	u, err := withProfile(User{Email: address.Text}, Profile{FirstName: &c.FirstName, LastName: &c.LastName, Locale: &c.Locale})
	if err != nil {
		return err
	}
	if err := s.Store.InTx(ctx, from.Actor(), func(tx Tx) error { return takeNetworkTurn(ctx, tx, from, WantsAccount) }); err != nil {
		return err
	}
	hash, err := s.hashed(ctx, "password", c.Password, nil, described(&u)...)
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, from.Actor(), func(tx Tx) error {
		return s.store(ctx, tx, from, AccountRequest{
			Kind: WantsAccount, Email: address.Text, FirstName: u.FirstName, LastName: u.LastName, Locale: u.Locale, PasswordHash: &hash,
		})
	})
}

// ResendVerification asks for the link of a pending account once more. Errors: INVALID (EMAIL_INVALID), REFUSED (TOO_MANY_REQUESTS),
// OVERLOADED.
func (s Service) ResendVerification(ctx context.Context, from domain.Request, c ResendVerificationCommand) error {
	address, err := domain.ParseAddress(c.Email)
	if err != nil {
		return err
	}
	return s.ask(ctx, from, AccountRequest{Kind: WantsVerification, Email: address.Text})
}

// RequestPasswordReset asks for a link with which a new password can be chosen. Errors: INVALID (EMAIL_INVALID), REFUSED
// (TOO_MANY_REQUESTS), OVERLOADED.
func (s Service) RequestPasswordReset(ctx context.Context, from domain.Request, c RequestPasswordResetCommand) error {
	address, err := domain.ParseAddress(c.Email)
	if err != nil {
		return err
	}
	return s.ask(ctx, from, AccountRequest{Kind: WantsReset, Email: address.Text})
}

// ask stores a request of a visitor's.
func (s Service) ask(ctx context.Context, from domain.Request, r AccountRequest) error {
	return s.Store.InTx(ctx, from.Actor(), func(tx Tx) error { return s.askIn(ctx, tx, from, r) })
}

// askIn stores a request within a transaction, when it is the network's turn.
func (s Service) askIn(ctx context.Context, tx Tx, from domain.Request, r AccountRequest) error {
	if err := takeNetworkTurn(ctx, tx, from, r.Kind); err != nil {
		return err
	}
	return s.store(ctx, tx, from, r)
}

// takeNetworkTurn counts a request of a network. Errors: REFUSED (TOO_MANY_REQUESTS).
func takeNetworkTurn(ctx context.Context, tx Tx, from domain.Request, kind RequestKind) error {
	ok, err := tx.TakeTurn(ctx, networkPlace(kind, from.IP), networkLimit)
	if err == nil && !ok {
		err = domain.Errorf(domain.CodeRefused, "there were too many such requests from your network; try again in an hour").
			Because("TOO_MANY_REQUESTS")
	}
	return err
}

func (s Service) store(ctx context.Context, tx Tx, from domain.Request, r AccountRequest) error {
	if r.Locale == "" {
		r.Locale = "en"
	}
	r.ID, r.RequestID, r.IP, r.UserAgent = domain.AccountRequestID{UUID: s.IDs()}, from.ID, from.IP, from.UserAgent
	return tx.AddRequest(ctx, &r)
}
