package commands

import (
	"errors"
	"fmt"
	"time"

	"lyceum/app"
)

// dbURL groups what helps other tools.
type dbURL struct {
	URL printURL `cmd:"" name:"url" help:"Print a connection URL, e.g. psql \"$(lyceum db url)\". While the built-in server is not running it is started, until Ctrl-C."`
}

type printURL struct {
	creates
	App    bool `xor:"role" help:"As the serving role instead of the owner."`
	Report bool `xor:"role" help:"As the role of reporting tools, which reads the schema report."`
}

// Run prints the URL. A built-in server that is not running is kept up for whoever reads it.
func (p printURL) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	d, err := p.open(s, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	shown := d.OwnerURL
	switch {
	case p.App:
		if err := d.Complete(c, false); err != nil {
			return p.hint(err)
		}
		shown = d.AppURL
	case p.Report:
		if shown, err = d.ReportURL(s.ctx, c); err != nil {
			return err
		}
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
