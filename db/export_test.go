package db

import (
	"context"
	"io/fs"
)

// MigrateFrom is Migrate with other files, for tests.
func MigrateFrom(ctx context.Context, c Config, from fs.FS) ([]string, error) {
	return migrate(ctx, c, from, false)
}

// SelectAll is selectAll, for benchmarks.
var SelectAll = selectAll

// AcquireWait is acquireWait.
const AcquireWait = acquireWait
