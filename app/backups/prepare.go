package backups

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lyceum/db/backup"
	"lyceum/db/embedded"
	"lyceum/gateways/blobs"
	"lyceum/gateways/keys"
)

// Prepare makes what backups need and was never there: the folders of the places, and the keyset, saying what to do with it. A folder
// that was there once is not made again: its disk is not mounted, and a new one would fill the disk below. Neither is a keyset made
// while the places have something of this cluster: nothing in them could be opened with it.
func Prepare(ctx context.Context, c Config, log *slog.Logger) error {
	for _, at := range []string{c.Place, c.Second} {
		if err := c.makeOnce(at); err != nil {
			return err
		}
	}
	if _, err := os.Stat(c.Keys); errors.Is(err, fs.ErrNotExist) {
		if err := c.mayMakeKeys(ctx); err != nil {
			return err
		}
	}
	_, made, err := keys.Ensure(c.Keys)
	if made {
		log.WarnContext(ctx, "a keyset for backups was made: without a copy of it, kept apart from them, no backup can be opened "+
			"(lyceum keys export FILE)", "file", c.Keys)
	}
	return err
}

// placesFile is where the places stand that were there once.
const placesFile = "backup.places"

// makeOnce makes the folder of a place, and notes in the data folder that it was there.
func (c Config) makeOnce(at string) error {
	if at == "" {
		return nil
	}
	path := filepath.Join(c.Data, placesFile)
	seen, err := os.ReadFile(path) //nolint:gosec // our own file
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if notedIn(seen, at) {
		return nil
	}
	if err := blobs.MakeFolder(at); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // our own file
	if err != nil {
		return fmt.Errorf("the data folder cannot be written: %w", err)
	}
	_, err = f.WriteString(blobs.Name(at) + "\n")
	return errors.Join(err, f.Close())
}

// wasThere reports whether a place may have something of this school: only a folder that is missing and that no start has noted cannot.
func (c Config) wasThere(at string) bool {
	if u, err := url.Parse(at); err == nil && u.Scheme == "file" {
		if _, err := os.Stat(filepath.FromSlash(u.Path)); errors.Is(err, fs.ErrNotExist) {
			seen, err := os.ReadFile(filepath.Join(c.Data, placesFile))
			return err == nil && notedIn(seen, at)
		}
	}
	return true
}

func notedIn(seen []byte, at string) bool {
	return slices.Contains(strings.Split(string(seen), "\n"), blobs.Name(at))
}

// mayMakeKeys refuses new keys for a cluster that has something in a place.
func (c Config) mayMakeKeys(ctx context.Context) error {
	home := filepath.Join(c.Data, "postgres")
	if !embedded.Exists(home) {
		return nil // it will have an identifier of its own
	}
	system, err := backup.SystemIdentifier(filepath.Join(home, "data"))
	if err != nil {
		return err
	}
	for _, at := range []string{c.Place, c.Second} {
		if at == "" {
			continue
		}
		place, err := blobs.OpenObjects(ctx, at, nil)
		if err != nil {
			return err
		}
		found, err := place.Folders(ctx, system+"/")
		if err := errors.Join(err, place.Close()); err != nil {
			return fmt.Errorf("the keyset %s is missing, and %s does not say whether it has backups that need it: %w", c.Keys, blobs.Name(at), err)
		}
		if len(found) > 0 {
			return fmt.Errorf("the place %s has backups that LYCEUM_KEYS cannot open: the keyset %s is missing. Put it back; if it is lost, so are "+
				"they: name another place", blobs.Name(at), c.Keys)
		}
	}
	return nil
}
