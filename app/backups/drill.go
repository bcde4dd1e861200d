package backups

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"lyceum/db"
	"lyceum/domain/operations"
)

// Drilled says what a restore drill found.
type Drilled struct {
	operations.Counted
	Backup *Manifest
	// Lost is how much would have been lost had the machine gone when the drill began: the time since the last commit that was archived.
	Lost time.Duration
	// Took is how long it took until the school could have opened.
	Took time.Duration
}

// Running is the cluster of the school, and the timeline that it writes: a copy of it that was restored elsewhere may write a newer one.
type Running struct {
	System   string `db:"system"`
	Timeline uint32 `db:"timeline"`
	Current  string `db:"current"` // the segment of the log that is being written
	Waiting  string `db:"waiting"` // those that are to be archived still
}

const whatRuns = `select s.system_identifier::text as system, c.timeline_id as timeline,
	pg_walfile_name(pg_current_wal_lsn()) as current,
	array_to_string(array(select a.name from pg_ls_archive_statusdir() a where a.name like '%.ready'), ' ') as waiting
	from pg_control_system() s, pg_control_checkpoint() c`

// RunningAt asks a server what it writes.
func RunningAt(ctx context.Context, superuserURL string) (r Running, err error) {
	super, err := db.Open(ctx, db.Config{URL: superuserURL, Pool: 1, Name: "lyceum backup"})
	if err != nil {
		return r, err
	}
	err = super.GetContext(ctx, &r, whatRuns)
	return r, errors.Join(err, super.Close())
}

// Drill restores the newest backup into a folder of its own and looks at what came of it. Neither the school nor its log is touched.
// The caller holds the lock. Errors: ErrNone.
func (b *Backups) Drill(ctx context.Context, running Running, try TryOut) (*Drilled, error) {
	began := time.Now()
	c, err := b.choose(ctx, running.System, Target{Timeline: running.Timeline})
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(b.config.Data, "drill")
	if err := os.RemoveAll(folder); err != nil { // of a drill that was interrupted
		return nil, err
	}
	defer os.RemoveAll(folder)
	d := &Drilled{Backup: c.m}
	if err := b.lay(ctx, c, folder, spareDrill); err != nil {
		return d, err
	}
	settings := b.recovery(c, Target{}, false)
	settings["shared_buffers"] = "32MB" // beside the real one
	server, until, err := b.recover(ctx, folder, c, Target{}, settings)
	if err != nil {
		return d, err
	}
	if until.IsZero() {
		until = c.m.Taken.Ended
	}
	d.Lost = max(0, began.Sub(until))
	d.Counted, err = try(ctx, server, Found{Folder: folder, Backup: c.m.ID, Until: until})
	d.Took = time.Since(began)
	return d, errors.Join(err, server.Stop())
}
