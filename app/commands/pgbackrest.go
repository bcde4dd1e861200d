package commands

import (
	"errors"
	"fmt"
	"time"

	"lyceum/app"
	"lyceum/app/backups"
)

// pgBackRest prints what the backups of a database of one's own need.
type pgBackRest struct {
	Stanza     string `default:"lyceum" help:"pgBackRest's name for the cluster."`
	Data       string `default:"/var/lib/postgresql/15/main" help:"The folder of the cluster (show data_directory)."`
	Repository string `default:"/var/lib/pgbackrest" help:"The folder of the backups; pgBackRest's manual has object stores."`
	Socket     string `default:"/var/run/postgresql" help:"The folder of the server's socket."`
	Port       int    `default:"5432" help:"The server's port."`
}

// Run prints pgBackRest's configuration, and says what to do with it.
func (p pgBackRest) Run(s *session) error {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	setup := backups.PgBackRestSetup{
		Stanza: p.Stanza, Data: p.Data, Repository: p.Repository, Socket: p.Socket, Port: p.Port, Days: c.BackupDays,
	}
	if err := setup.Check(); err != nil {
		return err
	}
	own, server := setup.Files()
	fmt.Fprintf(s.out, `# /etc/pgbackrest.conf, on the database's machine, for the user postgres alone (chmod 600).
# Keep a copy of repo1-cipher-pass apart from the backups: without it they cannot be opened.
%s
# postgresql.conf (restart the server after it):
#   %s
# then, as postgres:
#   pgbackrest --stanza=%s stanza-create
#   pgbackrest --stanza=%s --type=full backup       every day, by cron or a timer
#   lyceum backup                                   after it: checks the archive, and notes the newest backup for administrators
`, own, indented(server), p.Stanza, p.Stanza)
	return nil
}

func indented(text string) string {
	out := []byte{}
	for i := range len(text) - 1 {
		if out = append(out, text[i]); text[i] == '\n' {
			out = append(out, "#   "...)
		}
	}
	return string(out)
}

// restored opens a database that another program restored.
type restored struct {
	Backup      string `help:"What it was restored from, for the records."`
	NothingLost bool   `help:"Only note where the database is now: it was moved, or a standby took over, and nothing was lost. Sessions and tokens stay."`
}

// Run does what a restore of the program's own does before the school opens.
func (r restored) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	d, err := s.open(c, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if r.NothingLost {
		return app.NothingLost(s.ctx, d)
	}
	done, err := app.OpenRestored(s.ctx, c, d, r.Backup)
	if err != nil {
		return err
	}
	printEpoch(s, done)
	return nil
}

func (t takeBackup) checkPgBackRest(s *session, c *app.Config) error {
	fmt.Fprintln(s.err, "lyceum: using", c.Where())
	newest, err := app.NotePgBackRest(s.ctx, c, backups.PgBackRest{Stanza: t.Stanza, Config: t.Config})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "pgBackRest archives the log; its newest backup is %s of %s, %s of a database of %s\n", newest.Label,
		newest.Ended.Format(time.RFC3339), megabytes(newest.Stored), megabytes(newest.Bytes))
	return nil
}
