package commands

import (
	"errors"
	"fmt"

	"lyceum/app"
	demoschool "lyceum/db/demo"
)

// demo fills an empty school.
type demo struct{}

// Run refuses a school that has people, and production.
func (demo) Run(s *session) (err error) {
	c, d, err := s.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if c.Production() {
		return errors.New("the demo's passwords are known to everyone; it is not loaded in production")
	}
	if _, err := d.Migrate(s.ctx, c); err != nil {
		return err
	}
	if err := app.LoadDemo(s.ctx, d); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "the demo school is loaded; everyone's password is %s\n", demoschool.Password)
	return nil
}
