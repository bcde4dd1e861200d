package backups

import (
	"context"
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
		object := archivesOf(system) + name
		if there, err := b.first.Has(ctx, object); err != nil || there {
			return err
		}
		r, err := store.Open(ctx, name)
		if domain.CodeOf(err) == domain.CodeNotFound { // its month left again meanwhile, into another file
			return nil
		}
		if err != nil {
			return err
		}
		defer r.Close()
		return b.first.Put(ctx, object, r)
	})
}

// checkArchives reads all archived months of a place back.
func (b *Backups) checkArchives(ctx context.Context, place *blobs.Objects, system string) error {
	return place.List(ctx, archivesOf(system), func(o blobs.Info) error {
		_, err := b.sum(ctx, place, o.Name)
		return err
	})
}

// restoreArchives brings back the archived months that the store lacks.
func (b *Backups) restoreArchives(ctx context.Context, c chosen) error {
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
		return read(ctx, c.place, o.Name, func(r io.Reader) error { return store.Put(ctx, name, r) })
	})
}
