package commands

import (
	"errors"
	"fmt"
)

// migrate brings the schema up to date and ends.
type migrate struct {
	Adopt bool `help:"Take 001 to 003 as run: psql ran them here."`
}

// Run says which files it ran.
func (m migrate) Run(s *session) (err error) {
	c, d, err := s.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	run := d.Migrate
	if m.Adopt {
		run = d.Adopt
	}
	ran, err := run(s.ctx, c)
	for _, name := range ran {
		fmt.Fprintln(s.out, "ran", name)
	}
	if err == nil {
		fmt.Fprintln(s.out, "the database is up to date")
	}
	return err
}
