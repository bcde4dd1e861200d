package backups

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"lyceum/domain"
	"lyceum/gateways/archives"
	"lyceum/gateways/blobs"
)

// archivesOf is where the months of logs stand that have left the database. Once the tables are dropped, nothing else has them.
func archivesOf(system string) string { return system + "/archives/" }

// Follow keeps what has come since the last backup: files, archived months, and what the second place lacks.
func (b *Backups) Follow(ctx context.Context, system string) error {
	if _, err := b.pushFiles(ctx, system); err != nil {
		return err
	}
	if err := b.pushArchives(ctx, system); err != nil {
		return err
	}
	return b.Mirror(ctx, system)
}

// pushArchives keeps the archived months that the first place does not have yet. An archive is never written over, so that its name is
// enough to know it by.
func (b *Backups) pushArchives(ctx context.Context, system string) error {
	if strings.HasPrefix(b.config.Archives, "mem:") { // nothing is left of it to bring back
		return nil
	}
	store, err := archives.Open(ctx, b.config.Archives)
	if err != nil {
		return err
	}
	defer store.Close()
	return store.Each(ctx, func(name string) error {
		if there, err := b.first.Has(ctx, archivesOf(system)+name); err != nil || there {
			return err
		}
		return b.pushArchive(ctx, store, system, name)
	})
}

func (b *Backups) pushArchive(ctx context.Context, store *archives.Store, system, name string) error {
	r, err := store.Open(ctx, name)
	if domain.CodeOf(err) == domain.CodeNotFound { // its month left again meanwhile, into another file
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	return b.first.Put(ctx, archivesOf(system)+name, r)
}

// checkArchives reads all archived months of a place back, and names those that are damaged.
func (b *Backups) checkArchives(ctx context.Context, place *blobs.Objects, system string) (damaged []string, err error) {
	err = place.List(ctx, archivesOf(system), func(o blobs.Info) error {
		_, err := b.sum(ctx, place, o.Name)
		if errors.Is(err, blobs.ErrDamaged) {
			damaged = append(damaged, o.Name)
			return nil
		}
		return err
	})
	return damaged, err
}

// repairArchives writes anew what is damaged in the first place and whole in the store of archives. The error names what the store has not:
// no backup is worse for that.
func (b *Backups) repairArchives(ctx context.Context, system string) error {
	damaged, err := b.checkArchives(ctx, b.first, system)
	if err != nil || len(damaged) == 0 {
		return err
	}
	if !strings.HasPrefix(b.config.Archives, "mem:") {
		store, err := archives.Open(ctx, b.config.Archives)
		if err != nil {
			return err
		}
		defer store.Close()
		for _, object := range damaged {
			if err := b.pushArchive(ctx, store, system, strings.TrimPrefix(object, archivesOf(system))); err != nil {
				return err
			}
		}
		if damaged, err = b.checkArchives(ctx, b.first, system); err != nil {
			return err
		}
	}
	return damagedArchives(damaged)
}

func damagedArchives(names []string) error {
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w. The store of archives does not have it either: bring a good copy of it back, or move it out of the place "+
		"(%d such objects)", names[0], blobs.ErrDamaged, len(names))
}

// restoreArchives brings back the archived months that the store lacks.
func (b *Backups) restoreArchives(ctx context.Context, c chosen, to *Restored) error {
	if strings.HasPrefix(b.config.Archives, "mem:") { // nothing is left of it to bring back
		return nil
	}
	store, err := archives.Open(ctx, b.config.Archives)
	if err != nil {
		return err
	}
	defer store.Close()
	prefix := archivesOf(c.m.Taken.System)
	return c.place.List(ctx, prefix, func(o blobs.Info) error {
		name := strings.TrimPrefix(o.Name, prefix)
		if there, err := store.Has(ctx, name); err != nil || there {
			return err
		}
		_, err := b.bringBack(ctx, o.Name, to, func(r io.Reader) error { return store.Put(ctx, name, r) })
		return err
	})
}
