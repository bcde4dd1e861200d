package commands

import (
	"errors"
	"fmt"

	"lyceum/app"
	"lyceum/domain/users"
)

// admin makes an administrator out of LYCEUM_ADMIN_EMAIL, whatever administrators there are.
type admin struct {
	creates
	ResetPassword bool `help:"Give an existing account a new password, LYCEUM_ADMIN_PASSWORD or one that is made up, and end its sessions."`
}

// Run makes the account or gives an existing one the role, and says what it did and what not.
func (a admin) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	if c.AdminEmail == "" {
		return errors.New("say who: LYCEUM_ADMIN_EMAIL, and LYCEUM_ADMIN_PASSWORD unless one shall be made up")
	}
	d, err := a.open(s, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Complete(c, false); err != nil {
		return a.hint(err)
	}
	if _, err := d.Migrate(s.ctx, c); err != nil {
		return err
	}
	found, password, err := app.MakeAdmin(s.ctx, c, d, a.ResetPassword)
	switch {
	case errors.Is(err, users.ErrAccountExists):
		return fmt.Errorf("%s has an account already, and its password is not LYCEUM_ADMIN_PASSWORD's to change: add --reset-password to "+
			"change it, or leave LYCEUM_ADMIN_PASSWORD out to give the account the role alone; nothing was changed", c.AdminEmail)
	case err != nil:
		return err
	case found != nil:
		s.tellFound(c, found)
		a.tellPassword(s, c, found, password)
	case c.AdminPassword != "":
		fmt.Fprintf(s.out, "%s is an administrator: the account was made, with the password of LYCEUM_ADMIN_PASSWORD\n", c.AdminEmail)
	default:
		fmt.Fprintf(s.out, "%s is an administrator: the account was made, password %s (shown this once)\n", c.AdminEmail, password)
	}
	return nil
}

func (s *session) tellFound(c *app.Config, found *users.AdminAccount) {
	if found.WasAdmin {
		fmt.Fprintf(s.out, "%s was an administrator already\n", c.AdminEmail)
	} else {
		fmt.Fprintf(s.out, "%s is an administrator: the role was given to the existing account\n", c.AdminEmail)
	}
	if found.Status != "active" {
		fmt.Fprintf(s.out, "the account is %s, so that nobody can sign in with it\n", found.Status)
	}
}

// tellPassword says what became of the password of an existing account.
func (a admin) tellPassword(s *session, c *app.Config, found *users.AdminAccount, password string) {
	switch {
	case a.ResetPassword && c.AdminPassword != "":
		fmt.Fprintln(s.out, "the password is that of LYCEUM_ADMIN_PASSWORD now, and all sessions of the account have ended")
	case a.ResetPassword:
		fmt.Fprintf(s.out, "the password is %s now (shown this once), and all sessions of the account have ended\n", password)
	case found.HasPassword:
		fmt.Fprintln(s.out, "the password was not changed")
	default:
		fmt.Fprintln(s.out, "the account has no password, so that nobody can sign in with it: --reset-password gives it one")
	}
}
