package backups

import (
	"archive/tar"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lyceum/db/backup"
	"lyceum/domain"
	"lyceum/gateways/blobs"
)

// Cluster is the built-in server.
type Cluster struct {
	SuperuserURL string
	Folder       string // of PostgreSQL's data
}

// archivePatience is how long the last segment of a backup may take to be archived.
const archivePatience = 10 * time.Minute

// leftoverAge is how old what a killed writer left must be to be removed.
const leftoverAge = time.Hour

// unfinishedAge is how long ago the last part of an unfinished backup must have been written for it to be removed, if it was not begun
// in this data folder: another machine could be making it.
const unfinishedAge = 24 * time.Hour

// Take makes a backup, reads it back, and only then calls it whole. What is left of one that was interrupted is removed first. Then
// the second place gets what it lacks, and what is older than the rule says is deleted. The caller holds the lock. A backup that is
// returned beside an error is whole.
func (b *Backups) Take(ctx context.Context, cluster Cluster, reason string) (*Manifest, error) {
	system, err := backup.SystemIdentifier(cluster.Folder)
	if err != nil {
		return nil, err
	}
	if err := b.tidy(ctx, b.first, system); err != nil {
		return nil, err
	}
	m := &Manifest{ID: newID(), Program: b.config.Version, Reason: reason}
	if err := note(b.config.Data, m.ID); err != nil {
		return nil, err
	}
	err = b.take(ctx, cluster, system, m)
	if err != nil {
		undone, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		return nil, errors.Join(err, remove(undone, b.first, backupsOf(system)+m.ID+"/"))
	}
	archived := b.repairArchives(ctx, system)
	if archived != nil {
		archived = fmt.Errorf("the backup %s is whole, but an archived month is not: %w", m.ID, archived)
	}
	if err := b.mirror(ctx, system); err != nil {
		return m, errors.Join(archived, fmt.Errorf("the backup %s is whole, but not in the second place: %w", m.ID, err))
	}
	if b.second != nil {
		err = b.tidy(ctx, b.second, system)
	}
	if err := errors.Join(err, b.forget(ctx, system, time.Now())); err != nil {
		return m, errors.Join(archived, fmt.Errorf("the backup %s is whole, but what is old was not deleted: %w", m.ID, err))
	}
	return m, archived
}

// newID sorts by time.
func newID() string {
	random := make([]byte, 2)
	_, _ = rand.Read(random) // it never fails
	return time.Now().UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(random)
}

func (b *Backups) take(ctx context.Context, cluster Cluster, system string, m *Manifest) error {
	w, err := b.first.Create(ctx, partOf(system, m.ID, partCluster))
	if err != nil {
		return err
	}
	defer w.Cancel()
	if m.Taken, err = backup.Take(ctx, cluster.SuperuserURL, cluster.Folder, "lyceum "+m.ID, w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := b.keepSecrets(ctx, system, m.ID); err != nil {
		return err
	}
	// After the copy, so that every row of it finds its file.
	sums, err := b.pushFiles(ctx, system)
	if err != nil {
		return err
	}
	m.Files = len(sums)
	if err := b.pushArchives(ctx, system); err != nil {
		return err
	}
	if err := writeJSON(ctx, b.first, partOf(system, m.ID, partFiles), sums); err != nil {
		return err
	}
	if err := b.awaitLog(ctx, m.Taken); err != nil {
		return err
	}
	err = b.check(ctx, b.first, m)
	if errors.Is(err, blobs.ErrDamaged) { // a file that was kept long ago may be, and the store has it still
		if err = b.repairFiles(ctx, system, sums); err == nil {
			err = b.check(ctx, b.first, m)
		}
	}
	if err != nil {
		return fmt.Errorf("the backup was made, and is not good: %w", err)
	}
	err = b.first.List(ctx, partOf(system, m.ID, partCluster), func(o blobs.Info) error {
		m.Stored = o.Bytes
		return nil
	})
	if err != nil {
		return err
	}
	m.Checked = time.Now().UTC()
	return writeJSON(ctx, b.first, partOf(system, m.ID, partManifest), m)
}

// awaitLog waits until the log that a copy needs is archived.
func (b *Backups) awaitLog(ctx context.Context, t backup.Taken) error {
	last := backup.LastSegmentOf(t.Timeline, t.Stop, t.SegmentSize)
	ctx, cancel := context.WithTimeout(ctx, archivePatience)
	defer cancel()
	for s := backup.SegmentOf(t.Timeline, t.Start, t.SegmentSize); s.Number <= last.Number; {
		// A place that does not answer may do so later, as it may to PostgreSQL.
		found, failed := b.first.Has(ctx, logObject(t.System, s.Name(t.SegmentSize)))
		if found {
			s.Number++
			continue
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("the log is not archived: segment %s is missing; PostgreSQL's own log says why: %w",
				s.Name(t.SegmentSize), ctx.Err()), failed)
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// secrets are the files of the data folder without which a restored cluster cannot be signed in to. The keys of links are not among
// them: a restored school signs with new ones, so that no older link opens anything. The keyset never is.
var secrets = []string{"postgres/postgres.password", "owner.password", "app.password", "report.password"}

func (b *Backups) keepSecrets(ctx context.Context, system, id string) error {
	w, err := b.first.Create(ctx, partOf(system, id, partSecrets))
	if err != nil {
		return err
	}
	defer w.Cancel()
	out := tar.NewWriter(w)
	for _, name := range secrets {
		text, err := os.ReadFile(filepath.Join(b.config.Data, name)) //nolint:gosec // our own files
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: int64(len(text))}); err != nil {
			return err
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return w.Close()
}

// pushFiles keeps the files of the file store that the first place does not have yet, and returns the sums of all that there are.
// No file is ever deleted from the store, so that none is deleted from the places.
func (b *Backups) pushFiles(ctx context.Context, system string) ([]string, error) {
	sums := []string{}
	if b.config.Blobs == "" {
		return sums, nil
	}
	store, err := blobs.Open(ctx, b.config.Blobs)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	kept := map[string]bool{}
	if err := b.first.List(ctx, filesOf(system), func(o blobs.Info) error {
		kept[o.Name] = true
		return nil
	}); err != nil {
		return nil, err
	}
	err = store.Each(ctx, func(sum string) error {
		sums = append(sums, sum)
		if kept[fileObject(system, sum)] {
			return nil
		}
		return b.pushFile(ctx, store, system, sum)
	})
	return sums, err
}

func (b *Backups) pushFile(ctx context.Context, store *blobs.Store, system, sum string) error {
	r, err := store.Get(ctx, sum)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := b.first.Create(ctx, fileObject(system, sum))
	if err != nil {
		return err
	}
	defer w.Cancel()
	if _, err := io.Copy(w, r); err != nil {
		return err
	}
	if got, _ := w.Sum(); hex.EncodeToString(got) != sum {
		return domain.Errorf(domain.CodeInternal, "the file %s of the file store is damaged", sum)
	}
	return w.Close()
}

// repairFiles writes anew what is damaged in the first place of the files of the store.
func (b *Backups) repairFiles(ctx context.Context, system string, sums []string) error {
	if b.config.Blobs == "" {
		return nil
	}
	store, err := blobs.Open(ctx, b.config.Blobs)
	if err != nil {
		return err
	}
	defer store.Close()
	for _, sum := range sums {
		err := b.checkFile(ctx, b.first, system, sum)
		if errors.Is(err, blobs.ErrDamaged) {
			b.log.WarnContext(ctx, "a file was damaged in the place of backups, and is written anew", "object", fileObject(system, sum))
			err = b.pushFile(ctx, store, system, sum)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tidy removes from a place what interrupted backups have left: those without a manifest that were begun here, under the lock that the
// caller holds, and any that nobody has written to for a day. While a manifest does not open, it removes nothing.
func (b *Backups) tidy(ctx context.Context, place *blobs.Objects, system string) error {
	l, err := b.list(ctx, place, system)
	if err != nil {
		return err
	}
	if err := l.readable(system); err != nil {
		b.log.WarnContext(ctx, "what interrupted backups have left is not removed", "reason", err)
		return nil
	}
	mine := noted(b.config.Data)
	for _, id := range l.Unfinished {
		var written time.Time
		if err := place.List(ctx, backupsOf(system)+id+"/", func(o blobs.Info) error {
			if o.At.After(written) {
				written = o.At
			}
			return nil
		}); err != nil {
			return err
		}
		if id != mine && time.Since(written) < unfinishedAge {
			continue
		}
		b.log.InfoContext(ctx, "the rest of an interrupted backup is removed", "backup", id)
		if err := remove(ctx, place, backupsOf(system)+id+"/"); err != nil {
			return err
		}
	}
	return place.Sweep(ctx, system+"/", time.Now().Add(-leftoverAge))
}

// remove deletes the objects below a prefix, the manifest first: what is half deleted does not look whole.
func remove(ctx context.Context, place *blobs.Objects, prefix string) error {
	if err := place.Delete(ctx, prefix+partManifest); err != nil {
		return err
	}
	var names []string
	if err := place.List(ctx, prefix, func(o blobs.Info) error {
		names = append(names, o.Name)
		return nil
	}); err != nil {
		return err
	}
	for _, name := range names {
		if err := place.Delete(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
