package commands

import (
	"errors"
	"fmt"

	"lyceum/app"
)

// migrate brings the schema up to date and ends.
type migrate struct {
	creates
	Adopt bool `help:"Take 001 to 003 as run: psql ran them here."`
}

// Run says which files it ran.
func (m migrate) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	d, err := m.open(s, c)
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
