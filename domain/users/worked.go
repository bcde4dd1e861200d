package users

import (
	"context"

	"lyceum/domain"
)

// HandleAccountRequest works a request off: it looks whose the address is, makes what is to be made, and sends the mail. One that
// was worked off already, or comes too soon after another, does nothing. A request whose work fails stays and is tried again.
func (s Service) HandleAccountRequest(ctx context.Context, id domain.AccountRequestID) error {
	return s.Store.InTx(ctx, domain.Actor{}, func(tx Tx) error {
		r, err := tx.TakeRequest(ctx, id)
		if err != nil || r == nil {
			return err
		}
		address, err := domain.ParseAddress(r.Email)
		if err != nil {
			return err
		}
		if ok, err := tx.TakeTurn(ctx, addressPlace(r.Kind, address.Key), addressLimit); err != nil || !ok {
			return err
		}
		known, err := tx.Known(ctx, address.Key)
		if err != nil {
			return err
		}
		switch r.Kind {
		case WantsAccount:
			return s.registered(ctx, tx, r, known)
		case WantsVerification:
			return s.verifiedAgain(ctx, tx, r, known)
		case WantsReset:
			return s.resetWanted(ctx, tx, r, known)
		case WantsNewEmail:
			return s.newEmailWanted(ctx, tx, r, known)
		}
		return nil
	})
}

// registered makes the account, or makes a pending one anew: the link of each registration opens it with what was chosen there. An account
// that waits for its invitation is left alone, since whoever invited it may have given it roles; so is one that was given them later.
func (s Service) registered(ctx context.Context, tx Tx, r *AccountRequest, known *Account) error {
	switch {
	case known == nil:
		u := &User{Email: r.Email, FirstName: r.FirstName, LastName: r.LastName, Locale: r.Locale, TimeZone: "UTC", AccountStatus: StatusPending}
		if err := s.add(ctx, tx, u); err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, u.ID, *r.PasswordHash); err != nil {
			return err
		}
		return s.greet(ctx, tx, r, u, "registered")
	case onlyRegistered(known):
		u := known.User
		u.Email, u.FirstName, u.LastName, u.Locale = r.Email, r.FirstName, r.LastName, r.Locale
		if err := tx.SaveUser(ctx, &u); err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, u.ID, *r.PasswordHash); err != nil {
			return err
		}
		return s.greet(ctx, tx, r, &u, "registered_again")
	case known.AccountStatus == StatusPending:
		return s.inviteAgain(ctx, tx, r, known)
	}
	if err := tx.AddUserEvent(ctx, Event{Name: "registration_of_known_address", Warning: true, UserID: known.ID, From: r.from()}); err != nil {
		return err
	}
	return tx.SendMail(ctx, mailTo(&known.User, mailKnown, "request:"+r.ID.String()))
}

// greet sends the link that proves the address of a pending account.
func (s Service) greet(ctx context.Context, tx Tx, r *AccountRequest, u *User, event string) error {
	if err := tx.AddUserEvent(ctx, Event{Name: event, UserID: u.ID, From: r.from()}); err != nil {
		return err
	}
	l := verificationOf(u)
	if r.Kind == WantsAccount {
		l.registration = &Registration{PasswordHash: *r.PasswordHash, FirstName: r.FirstName, LastName: r.LastName, Locale: r.Locale}
	}
	return s.sendLink(ctx, tx, u, l)
}

// onlyRegistered reports whether an account is no more than what somebody has registered: nobody proved its address or was let in, and
// nobody gave it anything.
func onlyRegistered(a *Account) bool { return neverProved(a) && a.HasPassword && !a.HasRoles }

// inviteAgain sends the link to choose a password for a pending account. One that it has was chosen by whoever registered, who is
// perhaps not the reader of the link: it opens nothing any more.
func (s Service) inviteAgain(ctx context.Context, tx Tx, r *AccountRequest, known *Account) error {
	u := &known.User
	if err := forgetUnproved(ctx, tx, known); err != nil {
		return err
	}
	if err := tx.AddUserEvent(ctx, Event{Name: "invitation_sent_again", UserID: u.ID, From: r.from()}); err != nil {
		return err
	}
	return s.sendLink(ctx, tx, u, invitationBy(u, nobodysName))
}

// forgetUnproved takes the password from a pending account, and the link that would open the account with it.
func forgetUnproved(ctx context.Context, tx Tx, known *Account) error {
	if !known.HasPassword {
		return nil
	}
	if err := voidLinks(ctx, tx, known.ID); err != nil {
		return err
	}
	return tx.SetPassword(ctx, known.ID, "")
}

// verifiedAgain sends a pending account its link once more; every other account and every unknown address gets nothing.
func (s Service) verifiedAgain(ctx context.Context, tx Tx, r *AccountRequest, known *Account) error {
	switch {
	case known == nil || known.AccountStatus != StatusPending:
		return nil
	case onlyRegistered(known):
		return s.greet(ctx, tx, r, &known.User, "verification_sent_again")
	default:
		return s.inviteAgain(ctx, tx, r, known)
	}
}

// resetWanted sends an active account the link to choose a password, whether it has one or not. A registered one that is not open yet gets
// it as well, and is opened by it: its owner may not know who registered it last. An invited one gets its invitation again.
func (s Service) resetWanted(ctx context.Context, tx Tx, r *AccountRequest, known *Account) error {
	if known == nil || known.AccountStatus != StatusActive && !onlyRegistered(known) {
		return s.verifiedAgain(ctx, tx, r, known)
	}
	if err := tx.AddUserEvent(ctx, Event{Name: "password_reset_requested", UserID: known.ID, From: r.from()}); err != nil {
		return err
	}
	return s.sendReset(ctx, tx, &known.User)
}

func (s Service) sendReset(ctx context.Context, tx Tx, u *User) error {
	return s.sendLink(ctx, tx, u, link{purpose: ResetPassword, to: u.Email, template: mailReset, action: domain.LinkReset, lasts: resetLasts})
}

// newEmailWanted sends the link that proves the new address of an account, or tells the owner of a known address.
func (s Service) newEmailWanted(ctx context.Context, tx Tx, r *AccountRequest, known *Account) error {
	u, err := tx.LockUser(ctx, *r.UserID)
	if domain.CodeOf(err) == domain.CodeNotFound || err == nil && u.AccountStatus != StatusActive {
		return nil
	}
	if err != nil {
		return err
	}
	if known != nil && known.ID != u.ID {
		if known.AccountStatus == StatusPending {
			return s.verifiedAgain(ctx, tx, r, known)
		}
		return tx.SendMail(ctx, mailTo(&known.User, mailKnown, "request:"+r.ID.String()))
	}
	return s.sendLink(ctx, tx, u, link{
		purpose: ChangeEmail, to: r.Email, template: mailConfirmEmail, action: domain.LinkEmailChange, lasts: emailChangeLasts,
	})
}
