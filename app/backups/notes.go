package backups

import (
	"context"
	"errors"
	"time"

	"lyceum/db/embedded"
	"lyceum/domain/operations"
	"lyceum/store"
)

// noteWithin is how long it may take to note what became of a backup once the program is told to stop.
const noteWithin = 10 * time.Second

// TakeNoted takes a backup and notes in the school what becomes of it. A backup that is returned beside an error is whole.
// Errors: ErrBusy.
func (b *Backups) TakeNoted(ctx context.Context, school store.Maintenance, cluster Cluster, reason operations.BackupReason,
) (*Manifest, error) {
	unlock, err := lock(b.config.Data)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := school.AbandonBackups(ctx); err != nil {
		return nil, err
	}
	id, err := school.BeginBackup(ctx, operations.BuiltInBackup, reason)
	if err != nil {
		return nil, err
	}
	made, err := b.Take(ctx, cluster, string(reason))
	row := operations.Backup{ID: id, State: operations.BackupFailed, LastError: told(err)}
	if made != nil { // whole, though the second place may lack it
		files := int32(made.Files) //nolint:gosec // a count of files
		row.State, row.Name, row.RestorableFrom, row.Files = operations.BackupWhole, &made.ID, &made.Taken.Ended, &files
		row.ClusterBytes, row.StoredBytes = &made.Taken.Bytes, &made.Stored
	}
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	err = errors.Join(err, school.EndBackup(noting, row))
	if made == nil {
		return nil, err
	}
	found, listed := b.List(noting, made.Taken.System)
	names := found.Unreadable // they are there
	for _, w := range found.Whole {
		names = append(names, w.ID)
	}
	if listed != nil {
		return made, errors.Join(err, listed)
	}
	return made, errors.Join(err, school.KeepBackups(noting, operations.BuiltInBackup, names))
}

// told is an error as a row keeps it; empty for none.
func told(err error) *string {
	text := ""
	if err != nil {
		text = err.Error()
	}
	return &text
}

// TryOut does with a recovered school what a restore does, and looks at all of it.
type TryOut func(ctx context.Context, server *embedded.Server, found Found) (operations.Counted, error)

// DrillNoted tries a restore and notes in the school what came of it. Errors: ErrBusy, ErrNone.
func (b *Backups) DrillNoted(ctx context.Context, school store.Maintenance, running Running, reason operations.BackupReason, try TryOut,
) (*Drilled, error) {
	unlock, err := lock(b.config.Data)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := school.AbandonBackups(ctx); err != nil {
		return nil, err
	}
	found, err := b.List(ctx, running.System)
	if err != nil {
		return nil, err
	}
	if len(found.Whole) == 0 {
		return nil, found.none()
	}
	id, err := school.BeginDrill(ctx, reason)
	if err != nil {
		return nil, err
	}
	done, err := b.Drill(ctx, running, try)
	row := operations.Drill{ID: id, State: operations.DrillFailed, LastError: told(err)}
	if done != nil {
		row.BackupName = &done.Backup.ID
	}
	if err == nil {
		lost, took := done.Lost.Milliseconds(), done.Took.Milliseconds()
		row.State, row.LostMs, row.TookMs, row.Tables, row.RowsCounted = operations.DrillPassed, &lost, &took, &done.Tables, &done.Rows
	}
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	return done, errors.Join(err, school.EndDrill(noting, row))
}
