package app

import (
	"context"
	"io/fs"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/gateways/courses"
	"lyceum/store"
)

// ImportWatch is told how far a step is.
type ImportWatch func(step string, done, total int)

// The steps of an import.
const (
	ImportReads  = "reading"
	ImportWrites = "writing"
)

// Import takes a folder into the catalogue of a migrated database, as the serving role. Errors: INVALID, NOT_FOUND, CONFLICT.
func Import(ctx context.Context, c *Config, d *Database, folder fs.FS, command content.ImportCommand,
	watch ImportWatch,
) (*content.ImportReport, error) {
	pool, err := d.JobPool(ctx)
	if err != nil {
		return nil, err
	}
	defer pool.Close() // all that was written is committed
	importer := content.Importer{
		Store: store.Sources{Writer: store.Writer{DB: pool}}, IDs: domain.NewIDs(),
		Watch: func(done, total int) { watch(ImportWrites, done, total) },
	}
	language, err := importer.Language(ctx, command)
	if err != nil {
		return nil, err
	}
	source, err := courses.Read(ctx, folder, courses.Options{
		Language: language, Watch: func(done, total int) { watch(ImportReads, done, total) },
	})
	if err != nil {
		return nil, err
	}
	files, err := openBlobs(ctx, c)
	if err != nil {
		return nil, err
	}
	defer files.Close() // each file was closed when it was kept
	importer.Blobs = files
	return importer.Import(ctx, command, source)
}
