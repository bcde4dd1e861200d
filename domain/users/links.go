package users

import (
	"context"
	"slices"
	"time"

	"lyceum/domain"
)

// How long links can be used.
const (
	verifyLasts      = 24 * time.Hour
	resetLasts       = time.Hour
	invitationLasts  = 7 * 24 * time.Hour
	emailChangeLasts = 24 * time.Hour
	emailUndoLasts   = 72 * time.Hour
)

// mostRefusals is how many passwords a link may be refused for before it ends.
const mostRefusals = 10

// link is a link in a mail.
type link struct {
	purpose  VerificationPurpose
	to       string // the address that it proves, and to which it is sent
	template domain.MailTemplate
	action   domain.LinkAction
	lasts    time.Duration
	values   map[string]string // of the mail, beside the name

	registration *Registration // what the link opens the account with; nil for all others
}

// sendLink mails a link. One of the same purpose that can still be used is mailed once more: whoever asks for it again, perhaps a
// stranger, ends nothing and extends nothing. Ways back to an old address and registrations have a link each.
func (s Service) sendLink(ctx context.Context, tx Tx, u *User, l link) error {
	v, err := s.usable(ctx, tx, u, l)
	if err != nil {
		return err
	}
	cause := ""
	if v != nil {
		cause = "verification:" + v.ID.String() + ":" + s.IDs().String()
	} else {
		if v, err = s.newLink(ctx, tx, u, l); err != nil {
			return err
		}
		cause = "verification:" + v.ID.String()
	}
	m := mailTo(u, l.template, cause)
	m.To, m.Link = l.to, &domain.MailLink{Action: l.action, VerificationID: v.ID}
	for name, value := range l.values {
		m.Values[name] = value
	}
	return tx.SendMail(ctx, m)
}

// usable finds the link that was sent before; nil when there is none, or its token was made with another key.
func (s Service) usable(ctx context.Context, tx Tx, u *User, l link) (*Verification, error) {
	if l.purpose == UndoEmail || l.registration != nil {
		return nil, nil //nolint:nilnil // none is no error
	}
	v, err := tx.NewestPending(ctx, u.ID, l.purpose, l.to)
	if err != nil || v == nil {
		return nil, err
	}
	return tx.PendingVerification(ctx, domain.TokenHash(s.Links.Token(v.ID)), l.purpose)
}

func (s Service) newLink(ctx context.Context, tx Tx, u *User, l link) (*Verification, error) {
	if l.purpose != UndoEmail && l.registration == nil {
		if err := tx.VoidVerifications(ctx, u.ID, l.purpose); err != nil { // to another address, or with another key
			return nil, err
		}
	}
	now, id := s.Clock(), domain.VerificationID{UUID: s.IDs()}
	v := &Verification{ID: id, UserID: u.ID, Purpose: l.purpose, Target: l.to, CreatedAt: now, ExpiresAt: now.Add(l.lasts)}
	if err := tx.AddVerification(ctx, v, domain.TokenHash(s.Links.Token(id))); err != nil || l.registration == nil {
		return v, err
	}
	return v, tx.AddRegistration(ctx, id, l.registration)
}

// voidLinks lets all links of a user end that could change their account, but for the ways back to an old address: whoever took an
// account over must not be able to void them. A change of the address that waits to be worked off would become such a link: it ends too.
func voidLinks(ctx context.Context, tx Tx, id domain.UserID) error {
	if err := tx.DropRequests(ctx, id); err != nil {
		return err
	}
	return tx.VoidVerifications(ctx, id, ProveEmail, ProvePhone, ResetPassword, Invitation, ChangeEmail)
}

// tokenLength is that of domain.LinkKey.Token.
const tokenLength = 43

func tokenInvalid() error {
	return domain.Errorf(domain.CodeRefused, "this link was used already, has expired, or is not complete; ask for a new one").
		Because("TOKEN_INVALID").At("token")
}

// use uses a link up. Errors: REFUSED (TOKEN_INVALID), whatever is wrong with it.
func use(ctx context.Context, tx Tx, token string, purpose VerificationPurpose) (*Verification, error) {
	if len(token) != tokenLength {
		return nil, tokenInvalid()
	}
	v, err := tx.UseVerification(ctx, domain.TokenHash(token), purpose)
	if err == nil && v == nil {
		err = tokenInvalid()
	}
	return v, err
}

// whose locks the user of a link. Errors: REFUSED (TOKEN_INVALID) when their account is gone or has another status than these.
func whose(ctx context.Context, tx Tx, v *Verification, statuses ...AccountStatus) (*User, error) {
	u, err := tx.LockUser(ctx, v.UserID)
	if domain.CodeOf(err) == domain.CodeNotFound || err == nil && !slices.Contains(statuses, u.AccountStatus) {
		return nil, tokenInvalid()
	}
	return u, err
}

// VerifyEmailCommand is the token of a link.
type VerifyEmailCommand struct{ Token string }

// VerifyEmail opens a pending account, with what was chosen in the registration that the link comes from. One that was given roles since
// opens without a password: it was chosen by whoever registered, perhaps not by the reader of the link, who gets one to choose another.
// Errors: REFUSED (TOKEN_INVALID).
func (s Service) VerifyEmail(ctx context.Context, from domain.Request, c VerifyEmailCommand) (id domain.UserID, err error) {
	err = s.Store.InTx(ctx, from.Actor(), func(tx Tx) error {
		v, err := use(ctx, tx, c.Token, ProveEmail)
		if err != nil {
			return err
		}
		u, err := whose(ctx, tx, v, StatusPending)
		if err != nil {
			return err
		}
		id = u.ID
		known, err := accountOf(ctx, tx, u)
		if err != nil {
			return err
		}
		if err := asRegistered(ctx, tx, u, v); err != nil {
			return err
		}
		if err := s.open(ctx, tx, from, u, "email_verified"); err != nil || known == nil || !known.HasRoles {
			return err
		}
		if err := tx.SetPassword(ctx, u.ID, ""); err != nil {
			return err
		}
		return s.sendReset(ctx, tx, u)
	})
	return id, err
}

// asRegistered gives an account what was chosen in the registration that a link comes from; the account itself has that of the last one.
func asRegistered(ctx context.Context, tx Tx, u *User, v *Verification) error {
	r, err := tx.TakeRegistration(ctx, v.ID)
	if err != nil || r == nil {
		return err
	}
	u.Email, u.FirstName, u.LastName, u.Locale = v.Target, r.FirstName, r.LastName, r.Locale
	return tx.SetPassword(ctx, u.ID, r.PasswordHash)
}

// open makes a pending account an active one, whose address is proved.
func (s Service) open(ctx context.Context, tx Tx, from domain.Request, u *User, event string) error {
	now := s.Clock()
	u.AccountStatus, u.EmailVerifiedAt = StatusActive, &now
	if err := tx.SaveUser(ctx, u); err != nil {
		return err
	}
	if err := voidLinks(ctx, tx, u.ID); err != nil {
		return err
	}
	return tx.AddUserEvent(ctx, Event{Name: event, UserID: u.ID, ActorID: u.ID, From: from})
}
