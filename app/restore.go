package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"lyceum/app/backups"
	"lyceum/db"
	"lyceum/db/backup"
	"lyceum/db/embedded"
	"lyceum/domain/operations"
	"lyceum/store"
)

// Restored says what was restored and what the new epoch ended.
type Restored struct {
	*backups.Restored
	Epoch   operations.Epoch
	Rebuilt []string // indexes whose collations changed
}

// RestoreSchool brings the school back into a data folder without a database.
func RestoreSchool(ctx context.Context, c *Config, log *slog.Logger, system string, t backups.Target) (*Restored, error) {
	if !c.Embedded() {
		return nil, errors.New("DATABASE_URL is set: pgBackRest restores that database; `lyceum restored` opens the school after it (docs/operations.md)")
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder %s cannot be written (LYCEUM_DATA_DIR): %w", c.DataDir, err)
	}
	b, err := OpenBackups(ctx, c, log, false)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	var r Restored
	r.Restored, err = b.Restore(ctx, system, t, func(ctx context.Context, server *embedded.Server, found backups.Found) error {
		d, own, err := restoredDatabase(c, server, found.Folder, log)
		if err != nil {
			return err
		}
		r.Epoch, r.Rebuilt, err = beginEpoch(ctx, own, d, allOf(server), found)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// allOf are the databases of a built-in cluster.
func allOf(server *embedded.Server) []string {
	return []string{server.SuperuserURLOf("template1"), server.SuperuserURL(), server.SuperuserURLOf(schoolName)}
}

// OpenRestored does for a database that another program restored what a restore does, before the school opens.
func OpenRestored(ctx context.Context, c *Config, d *Database, from string) (*Restored, error) {
	if err := backup.Promoted(ctx, d.OwnerURL); err != nil {
		return nil, err
	}
	var r Restored
	var err error
	if r.Epoch, r.Rebuilt, err = beginEpoch(ctx, c, d, []string{d.OwnerURL}, backups.Found{Backup: from}); err != nil {
		return nil, err
	}
	return &r, backups.RemoveLinkKeys(c.DataDir)
}

// NothingLost notes that a database goes on where it is with all that it had. Errors: one for a database that is still recovering.
func NothingLost(ctx context.Context, d *Database) error {
	if err := backup.Promoted(ctx, d.OwnerURL); err != nil {
		return err
	}
	owner, err := db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 1, Name: "lyceum restored"})
	if err != nil {
		return err
	}
	return errors.Join(store.NewMaintenance(owner).NoteTimeline(ctx), owner.Close())
}

// restoredDatabase is a database in a folder that is not yet, or never, the data folder.
func restoredDatabase(c *Config, server *embedded.Server, folder string, log *slog.Logger) (*Database, *Config, error) {
	password, err := embedded.KeepSecret(filepath.Join(folder, "owner.password"))
	if err != nil {
		return nil, nil, err
	}
	app, err := embedded.KeepSecret(filepath.Join(folder, "app.password"))
	if err != nil {
		return nil, nil, err
	}
	d := &Database{OwnerURL: server.URL(ownerRole, password, schoolName), log: log}
	if d.AppURL, err = db.AppURL(d.OwnerURL, app); err != nil {
		return nil, nil, err
	}
	own := *c
	own.DataDir = folder
	return d, &own, nil
}

// beginEpoch does what must be done between a restore and the first user: indexes that this machine would read otherwise are rebuilt,
// the schema is brought up to date, and what let people in before ends. urls are of the databases of the cluster, as somebody who owns
// them.
func beginEpoch(ctx context.Context, c *Config, d *Database, urls []string, found backups.Found,
) (epoch operations.Epoch, rebuilt []string, err error) {
	for _, url := range urls {
		indexes, err := backup.RefreshCollations(ctx, url)
		if err != nil {
			return epoch, nil, fmt.Errorf("compare the collations: %w", err)
		}
		rebuilt = append(rebuilt, indexes...)
	}
	if _, err := d.Migrate(ctx, c); err != nil {
		return epoch, rebuilt, err
	}
	owner, err := db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 1, Name: "lyceum restored"})
	if err != nil {
		return epoch, rebuilt, err
	}
	epoch, err = store.NewMaintenance(owner).BeginEpoch(ctx, found.Until, found.Backup)
	return epoch, rebuilt, errors.Join(err, owner.Close())
}

// DrillRestore restores the newest backup of the built-in cluster into a scratch folder, brings it as far as a school that could open,
// counts its rows, verifies its seals, and notes in the school what came of it.
func DrillRestore(ctx context.Context, c *Config, d *Database, log *slog.Logger, reason operations.BackupReason) (*backups.Drilled, error) {
	b, err := OpenBackups(ctx, c, log, true)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	running, err := d.running(ctx)
	if err != nil {
		return nil, err
	}
	owner, err := db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 1, Name: "lyceum drill"})
	if err != nil {
		return nil, err
	}
	defer owner.Close()
	return b.DrillNoted(ctx, store.NewMaintenance(owner), running, reason,
		func(ctx context.Context, server *embedded.Server, found backups.Found) (operations.Counted, error) {
			return tryOut(ctx, c, server, found, log)
		})
}

// tryOut does with a recovered school what a restore does, and then looks at all of it.
func tryOut(ctx context.Context, c *Config, server *embedded.Server, found backups.Found, log *slog.Logger,
) (n operations.Counted, err error) {
	d, own, err := restoredDatabase(c, server, found.Folder, log)
	if err != nil {
		return n, err
	}
	if _, _, err := beginEpoch(ctx, own, d, allOf(server), found); err != nil {
		return n, err
	}
	owner, err := db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 1, Name: "lyceum drill"})
	if err != nil {
		return n, err
	}
	defer owner.Close()
	m := store.NewMaintenance(owner)
	problems, err := m.VerifyAudit(ctx)
	if err != nil {
		return n, err
	}
	for _, p := range problems {
		if p.Problem != "unsealed" {
			return n, fmt.Errorf("the seals of the restored school are broken: %s, row %d: %s", p.Log, p.RowID, p.Problem)
		}
	}
	return m.CountRows(ctx)
}
