package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lyceum/app"
	"lyceum/app/backups"
	"lyceum/domain/operations"
)

// backup groups what takes and checks backups.
type backup struct {
	Take       takeBackup   `cmd:"" default:"withargs" help:"Take a backup now, read it back, and delete what the rule does not keep (the default)."`
	List       listBackups  `cmd:"" help:"List the backups in the places, the oldest first."`
	Drill      drillBackup  `cmd:"" help:"Restore the newest backup into a scratch folder, look at what came of it, and remove it."`
	PgBackRest pgBackRest   `cmd:"" name:"pgbackrest" help:"Print the configuration with which pgBackRest takes the backups of a database of one's own."`
	Verify     verifyBackup `cmd:"" help:"Read a backup and the log after it back, and say whether all of it is good."`
}

type takeBackup struct {
	Stanza string `default:"lyceum" help:"With a database of one's own: pgBackRest's name for it."`
	Config string `help:"With a database of one's own: pgBackRest's configuration, if it is not in its usual place."`
}

// Run takes a backup of the built-in database, whether or not the server runs. Of another one it checks and notes what pgBackRest has.
func (t takeBackup) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	if !c.Embedded() {
		return t.checkPgBackRest(s, c)
	}
	d, err := s.open(c, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	m, err := app.TakeBackup(s.ctx, c, d, s.log, operations.ByCommand)
	if m != nil {
		fmt.Fprintf(s.out, "%s is whole: %s, as %s in the place; every moment from %s on can be restored\n", m.ID, megabytes(m.Taken.Bytes),
			megabytes(m.Stored), m.Taken.Ended.Format(time.RFC3339))
	}
	return err
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)) }

// places opens the places without the database, which may be gone.
func (s *session) places(read func() (*app.Config, error)) (*backups.Backups, *app.Config, error) {
	c, err := read()
	if err != nil {
		return nil, nil, err
	}
	b, err := app.OpenBackups(s.ctx, c, s.log, false)
	return b, c, err
}

type drillBackup struct{}

// Run tries a restore beside the running school.
func (drillBackup) Run(s *session) (err error) {
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	d, err := s.open(c, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	done, err := app.DrillRestore(s.ctx, c, d, s.log, operations.ByCommand)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s restores: %d rows in %d tables, the seals are whole\nRPO %.1f s (since the last archived commit), "+
		"RTO %.1f s (until the school could open)\n",
		done.Backup.ID, done.Rows, done.Tables, done.Lost.Seconds(), done.Took.Seconds())
	return nil
}

type listBackups struct{}

// Run lists the whole backups of every cluster, and those that are not.
func (listBackups) Run(s *session) error {
	b, _, err := s.places(app.ReadConfig)
	if err != nil {
		return err
	}
	defer b.Close()
	systems, err := b.Systems(s.ctx)
	if err != nil {
		return err
	}
	for _, system := range systems {
		found, err := b.List(s.ctx, system)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "cluster %s\n", system)
		for _, m := range found.Whole {
			fmt.Fprintf(s.out, "  %s  whole, timeline %d, %s as %s, restorable from %s\n", m.ID, m.Taken.Timeline, megabytes(m.Taken.Bytes),
				megabytes(m.Stored), m.Taken.Ended.Format(time.RFC3339))
		}
		for _, id := range found.Unfinished {
			fmt.Fprintf(s.out, "  %s  not whole: it runs, or was interrupted\n", id)
		}
		for _, id := range found.Unreadable {
			fmt.Fprintf(s.out, "  %s  cannot be read: its manifest is damaged, or LYCEUM_KEYS is another keyset\n", id)
		}
	}
	if len(systems) == 0 {
		fmt.Fprintln(s.out, "there are no backups yet")
	}
	return nil
}

type verifyBackup struct {
	ID      string `arg:"" optional:"" help:"The id of the backup; the newest one without it."`
	Cluster string `help:"The identifier of the cluster, when the place has several (lyceum backup list)."`
}

// Run reads all of a backup and of the log after it, in each place.
func (v verifyBackup) Run(s *session) error {
	b, c, err := s.places(app.ReadConfig)
	if err != nil {
		return err
	}
	defer b.Close()
	system := v.Cluster
	if system == "" {
		if system, err = app.SystemOf(c); err != nil {
			system = ""
		}
	}
	m, segments, err := b.Verify(s.ctx, system, v.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s is good, and so is the log from it on (segments: %d)\n", m.ID, segments)
	return nil
}

// wal groups what PostgreSQL calls for its log.
type wal struct {
	Push  pushWAL  `cmd:"" hidden:"" help:"Archive a file of the log. PostgreSQL calls it."`
	Fetch fetchWAL `cmd:"" hidden:"" help:"Bring a file of the log back. PostgreSQL calls it."`
}

type pushWAL struct {
	Path string `arg:"" help:"The file."`
	Name string `arg:"" help:"Its name."`
}

// walPatience is how long a file of the log may take: PostgreSQL tries again.
const walPatience = 5 * time.Minute

// Run archives a file; the same one may be archived again.
func (p pushWAL) Run(s *session) error {
	b, _, err := s.places(app.ReadLogConfig)
	if err != nil {
		return err
	}
	defer b.Close()
	ctx, cancel := context.WithTimeout(s.ctx, walPatience)
	defer cancel()
	return b.Push(ctx, p.Path, p.Name)
}

type fetchWAL struct {
	Name string `arg:"" help:"The name of the file."`
	To   string `arg:"" help:"Where it is wanted."`
}

// Run brings a file back. That there is none is the end of the log to PostgreSQL; any other failure must stop it, or it would open
// with less than there is.
func (f fetchWAL) Run(s *session) error {
	b, _, err := s.places(app.ReadLogConfig)
	if err != nil {
		return stopRecovery{err}
	}
	defer b.Close()
	ctx, cancel := context.WithTimeout(s.ctx, walPatience)
	defer cancel()
	return backups.Stopping(b.Fetch(ctx, f.Name, f.To), func(err error) error { return stopRecovery{err} })
}

// stopRecovery is an error after which PostgreSQL must give up.
type stopRecovery struct{ error }

// Unwrap is the reason.
func (e stopRecovery) Unwrap() error { return e.error }
