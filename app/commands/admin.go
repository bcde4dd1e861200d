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
	found, password, err := app.MakeAdmin(s.ctx, c, d)
	switch {
	case err != nil:
		return err
	case found != nil:
		s.tellFound(c, found)
	case c.AdminPassword != "":
		fmt.Fprintf(s.out, "%s is an administrator: the account was made, with the password of LYCEUM_ADMIN_PASSWORD\n", c.AdminEmail)
	default:
		fmt.Fprintf(s.out, "%s is an administrator: the account was made, password %s (shown this once)\n", c.AdminEmail, password)
	}
	return nil
}

func (s *session) tellFound(c *app.Config, found *users.AdminAccount) {
	if found.WasAdmin {
		fmt.Fprintf(s.out, "%s was an administrator already: nothing was changed\n", c.AdminEmail)
	} else {
		fmt.Fprintf(s.out, "%s is an administrator: the role was given to the existing account\n", c.AdminEmail)
	}
	if c.AdminPassword != "" {
		fmt.Fprintln(s.out, "the password was not changed: LYCEUM_ADMIN_PASSWORD is for new accounts only")
	}
	if found.Status != "active" {
		fmt.Fprintf(s.out, "the account is %s, so that nobody can sign in with it\n", found.Status)
	}
	if !found.HasPassword {
		fmt.Fprintln(s.out, "the account has no password, so that nobody can sign in with it")
	}
}
