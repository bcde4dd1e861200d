package commands

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"lyceum/app"
	"lyceum/app/observe"
	demoschool "lyceum/db/demo"
)

// serve is the default command: everything from an empty folder to a running server.
type serve struct{}

// lazyGC lets the heap grow to five times what lives before it is collected. What lives is a few megabytes, and collecting
// it was a fifth of the server's time. GOGC says otherwise.
const lazyGC = 400

// Run opens the database, migrates, fills an empty built-in school in development, and serves until told to stop.
func (serve) Run(s *session) (err error) {
	began := time.Now()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(lazyGC)
	}
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	log, err := c.OpenLog(s.err)
	if err != nil {
		return err
	}
	defer log.Flush() // the last: what stops writes too
	s.log = log.Logger
	d, err := s.openToServe(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := d.Migrate(s.ctx, c); err != nil {
		return err
	}
	if c.Embedded() && !c.Production() {
		if err := app.LoadDemo(s.ctx, c, d); err != nil && !errors.Is(err, demoschool.ErrNotEmpty) {
			return err
		}
	}
	a, err := app.New(s.ctx, c, d, s.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.RefuseKnownPasswords(s.ctx); err != nil {
		return err
	}
	made, err := a.EnsureAdmin(s.ctx)
	if err != nil {
		return err
	}
	return a.Serve(s.ctx, func(public net.Addr) {
		var b strings.Builder // written at once, so that whoever waits for it has all of it
		fmt.Fprintf(&b, "Lyceum is open after %.1f s.\n\n  playground  %s/playground\n  graph       %s/graphql\n  health      %s://%s/readyz\n",
			time.Since(began).Seconds(), c.PublicURL, c.PublicURL, c.Scheme(), public)
		if made != nil {
			fmt.Fprintf(&b, "\n  first administrator: %s, password %s (shown this once)\n", made.Email, made.Password)
		}
		if c.Embedded() && !c.Production() {
			fmt.Fprintf(&b, "\n  demo sign-ins, all with the password %s:\n", demoschool.Password)
			for _, account := range demoschool.SignIns {
				fmt.Fprintf(&b, "    %-22s %s\n", account[0], account[1])
			}
		}
		fmt.Fprint(s.out, b.String())
	})
}

// openToServe is open for whoever reads the log: where that is a program, every line is an object.
func (s *session) openToServe(c *app.Config) (*app.Database, error) {
	if c.LogFormat != observe.JSON {
		return s.open(c, true)
	}
	s.log.InfoContext(s.ctx, "the server starts", "database", c.Where())
	return app.OpenDatabase(s.ctx, c, s.log, true)
}
