package users

import (
	"strings"

	"lyceum/domain"
)

// The templates of mails about accounts.
const (
	mailVerify       domain.MailTemplate = "users.verify_email"
	mailKnown        domain.MailTemplate = "users.already_registered"
	mailInvitation   domain.MailTemplate = "users.invitation"
	mailReset        domain.MailTemplate = "users.reset_password"
	mailPassword     domain.MailTemplate = "users.password_changed"
	mailConfirmEmail domain.MailTemplate = "users.confirm_new_email"
	mailEmailChanged domain.MailTemplate = "users.email_changed"
	mailClosed       domain.MailTemplate = "users.account_closed"
	mailSuspended    domain.MailTemplate = "users.account_suspended"
	mailRestored     domain.MailTemplate = "users.account_restored"
)

// mailTo is a mail to a user at their address, in their language.
func mailTo(u *User, template domain.MailTemplate, cause string) domain.Mail {
	return domain.Mail{
		Cause: cause, Template: template, To: u.Email, UserID: u.ID, Locale: u.Locale, Values: map[string]string{"name": u.Name()},
	}
}

// nobodysName invites where it is not known who did.
const nobodysName = "Lyceum"

// verificationOf is the link that opens what a user has registered.
func verificationOf(u *User) link {
	return link{purpose: ProveEmail, to: u.Email, template: mailVerify, action: domain.LinkVerify, lasts: verifyLasts}
}

// invitationBy is the link with which an invited user chooses a password.
func invitationBy(u *User, inviter string) link {
	return link{
		purpose: Invitation, to: u.Email, template: mailInvitation, action: domain.LinkInvitation, lasts: invitationLasts,
		values: map[string]string{"inviter": inviter},
	}
}

// masked is an address of which its owner recognises the beginning and others learn little: "a…@example.org".
func masked(address string) string {
	local, host, _ := strings.Cut(address, "@")
	for _, r := range local {
		return string(r) + "…@" + host
	}
	return address
}
