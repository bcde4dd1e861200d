package commands

import (
	"errors"
	"fmt"

	"lyceum/app"
)

// creates is the flag of commands that may begin with nothing.
type creates struct {
	Create bool `help:"Make the data folder, and the built-in database in it, if there is none yet. Without it a command speaks only to what the server has made."`
}

// open says which database the settings mean, and finds it. Only what create asks for is made.
func (s *session) open(c *app.Config, create bool) (*app.Database, error) {
	fmt.Fprintln(s.err, "lyceum: using", c.Where())
	return app.OpenDatabase(s.ctx, c, s.log, create)
}

// open is the session's, with the flag in the refusal.
func (f creates) open(s *session, c *app.Config) (*app.Database, error) {
	d, err := s.open(c, f.Create)
	return d, f.hint(err)
}

func (f creates) hint(err error) error {
	if errors.Is(err, app.ErrNoData) {
		return fmt.Errorf("%w; or add --create to make a new one", err)
	}
	return err
}
