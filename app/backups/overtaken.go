package backups

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"lyceum/db/backup"
	"lyceum/db/embedded"
	"lyceum/gateways/blobs"
)

// ErrOvertaken means that a school was restored from the place since, and goes on elsewhere.
var ErrOvertaken = errors.New("the school was restored somewhere else, and goes on there")

// overtaken compares the timelines of a place with those that a cluster knows. Whoever restores a school begins the next timeline and
// archives its history before anything else, so that one question is enough. Errors: ErrOvertaken.
func overtaken(ctx context.Context, place *blobs.Objects, system, data string) error {
	known, err := backup.KnownTimeline(data)
	if err != nil {
		return err
	}
	found, err := place.Has(ctx, logObject(system, backup.HistoryName(known+1)))
	if err == nil && found {
		err = fmt.Errorf("%w: the backups have timeline %d of it, and this data folder ends with timeline %d", ErrOvertaken, known+1, known)
	}
	return err
}

// askingFor is how long a place may take to say whether a school was overtaken, while a server waits to start.
const askingFor = 10 * time.Second

// CheckOvertaken refuses a data folder whose school was restored elsewhere: two would take payments, and write one log. A place that does
// not answer keeps no school from starting; nothing is archived there meanwhile. Errors: ErrOvertaken.
func (c Config) CheckOvertaken(ctx context.Context, log *slog.Logger) error {
	home := filepath.Join(c.Data, "postgres")
	if !embedded.Exists(home) {
		return nil
	}
	data := filepath.Join(home, "data")
	system, err := backup.SystemIdentifier(data)
	if err != nil {
		return err
	}
	if !c.wasThere(c.Place) {
		return nil // it is about to be made: nobody can have restored from it
	}
	ctx, cancel := context.WithTimeout(ctx, askingFor)
	defer cancel()
	place, err := blobs.OpenObjects(ctx, c.Place, nil)
	if err == nil {
		err = errors.Join(overtaken(ctx, place, system, data), place.Close())
	}
	switch {
	case errors.Is(err, ErrOvertaken):
		return fmt.Errorf("%w. Remove this data folder; to look at what it has, start it without LYCEUM_BACKUP", err)
	case err != nil:
		log.WarnContext(ctx, "the place of backups does not say whether this school was restored somewhere else", "error", err)
	}
	return nil
}
