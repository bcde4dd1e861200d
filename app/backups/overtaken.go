package backups

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"lyceum/db/backup"
	"lyceum/db/embedded"
	"lyceum/domain"
	"lyceum/gateways/blobs"
	"lyceum/gateways/keys"
)

// ErrOvertaken means that a school was restored from the place since, and goes on elsewhere.
var ErrOvertaken = errors.New("the school was restored somewhere else, and goes on there")

// overtaken compares the timelines of a place with those that a cluster knows. Whoever restores a school begins the next timeline and
// archives its history before anything else, so that one question is enough. That history must open: a file of this name can be made by
// anybody who may write to the place, and it is the keyset that says who is of the school. Errors: ErrOvertaken, blobs.ErrDamaged.
func overtaken(ctx context.Context, place *blobs.Objects, system, data string) error {
	known, err := backup.KnownTimeline(data)
	if err != nil {
		return err
	}
	branches, err := branchesOf(ctx, place, system, known+1)
	switch {
	case domain.CodeOf(err) == domain.CodeNotFound:
		return nil
	case err != nil:
		return err
	case branches[len(branches)-1].Timeline > known:
		return fmt.Errorf("%w: it does not continue what this data folder has", damagedHistory(system, known+1))
	}
	return fmt.Errorf("%w: the backups have timeline %d of it, and this data folder ends with timeline %d", ErrOvertaken, known+1, known)
}

// askingFor is how long a place may take to say whether a school was overtaken, while a server waits to start.
const askingFor = 10 * time.Second

// CheckOvertaken refuses a data folder whose school was restored elsewhere: two would take payments, and write one log. A place that does
// not answer keeps no school from starting, nor does what the keyset does not open; nothing is archived meanwhile where nothing answers.
// Errors: ErrOvertaken.
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
	set, err := keys.Read(c.Keys)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // Prepare refuses to make new ones while the place has something of the school
	}
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, askingFor)
		defer cancel()
		err = whileWaited(ctx, func() error {
			place, err := blobs.OpenObjects(ctx, c.Place, set)
			if err != nil {
				return err
			}
			return errors.Join(overtaken(ctx, place, system, data), place.Close())
		})
	}
	switch {
	case errors.Is(err, ErrOvertaken):
		return fmt.Errorf("%w. Remove this data folder; to look at what it has, start it without LYCEUM_BACKUP", err)
	case err != nil:
		log.WarnContext(ctx, "the place of backups does not say whether this school was restored somewhere else", "error", err)
	}
	return nil
}

// whileWaited asks as long as somebody waits for the answer. A disk that hangs, as one behind a network may, knows no context.
func whileWaited(ctx context.Context, ask func() error) error {
	answer := make(chan error, 1)
	go func() { answer <- ask() }()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
