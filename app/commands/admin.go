package commands

import (
	"errors"
	"fmt"

	"lyceum/app"
)

// admin makes an administrator out of LYCEUM_ADMIN_EMAIL, whatever administrators there are.
type admin struct{}

// Run makes the account or gives an existing one the role.
func (admin) Run(s *session) (err error) {
	c, d, err := s.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if c.AdminEmail == "" {
		return errors.New("say who: LYCEUM_ADMIN_EMAIL, and LYCEUM_ADMIN_PASSWORD unless one shall be made up")
	}
	a, err := app.New(s.ctx, c, d, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	made, err := a.EnsureAdmin(s.ctx)
	switch {
	case err != nil:
		return err
	case made == nil:
		fmt.Fprintf(s.out, "%s is an administrator\n", c.AdminEmail)
	default:
		fmt.Fprintf(s.out, "%s is an administrator, password %s (shown this once)\n", made.Email, made.Password)
	}
	return nil
}
