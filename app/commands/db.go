package commands

import (
	"errors"
	"fmt"
	"time"
)

// dbURL groups what helps other tools.
type dbURL struct {
	URL printURL `cmd:"" name:"url" help:"Print a connection URL, e.g. psql \"$(lyceum db url)\". While the built-in server is not running it is started, until Ctrl-C."`
}

type printURL struct {
	App bool `help:"As the serving role instead of the owner."`
}

// Run prints the URL. A built-in server that is not running is kept up for whoever reads it.
func (p printURL) Run(s *session) (err error) {
	_, d, err := s.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	shown := d.OwnerURL
	if p.App {
		shown = d.AppURL
	}
	fmt.Fprintln(s.out, shown)
	if !d.StartedHere() {
		return nil
	}
	s.log.Info("the built-in PostgreSQL runs until Ctrl-C")
	for s.ctx.Err() == nil {
		time.Sleep(100 * time.Millisecond)
	}
	return nil
}
