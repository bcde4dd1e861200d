package app

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"lyceum/app/upkeep"
	"lyceum/db"
	"lyceum/domain/operations"
	"lyceum/gateways/archives"
)

// Upkeep is what the owner of the database does; its connections and its files are opened when they are needed.
func (d *Database) Upkeep(c *Config, log *slog.Logger) *upkeep.Upkeep {
	owner := func(ctx context.Context) (*db.DB, error) {
		return db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 2, Name: "lyceum upkeep", Patience: patience})
	}
	return upkeep.New(owner, func(ctx context.Context) (operations.ArchiveStore, error) { return openArchives(ctx, c) }, log)
}

// archives is the URL of the store of archives: LYCEUM_ARCHIVES, or a folder in the data folder.
func (c *Config) archives() (string, error) {
	if c.Archives != "" {
		return c.Archives, nil
	}
	return archives.FolderURL(filepath.Join(c.DataDir, "archives"))
}

func openArchives(ctx context.Context, c *Config) (*archives.Store, error) {
	if c.Archives == "" && !c.hasDataDir() {
		return nil, fmt.Errorf("%w: the folder %s, which holds the archives, does not exist. Run this with the server's settings "+
			"(LYCEUM_DATA_DIR, or LYCEUM_ARCHIVES)", ErrNoData, c.dataDir())
	}
	at, err := c.archives()
	if err != nil {
		return nil, err
	}
	return archives.Open(ctx, at)
}

// upkeepJobs is the upkeep as jobs do it: by the school's clock.
type upkeepJobs struct {
	*upkeep.Upkeep
	clock *clock
}

func (a *App) upkeep(d *Database) upkeepJobs {
	return upkeepJobs{d.Upkeep(a.config, a.log), a.clock}
}

// ArchiveLogs implements jobs.Upkeep.
func (u upkeepJobs) ArchiveLogs(ctx context.Context) error {
	_, err := u.Archive(ctx)
	return err
}

// ForgetOld implements jobs.Upkeep.
func (u upkeepJobs) ForgetOld(ctx context.Context) error {
	_, err := u.Forget(ctx)
	return err
}

// ReindexInWindow implements jobs.Upkeep.
func (u upkeepJobs) ReindexInWindow(ctx context.Context) error {
	_, err := u.Reindex(ctx, u.clock.now, false)
	return err
}
