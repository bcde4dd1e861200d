package backups

import (
	"archive/tar"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"lyceum/db/backup"
	"lyceum/gateways/blobs"
)

// check reads all of a backup back: every object is decrypted and its sum compared, pages and files are judged, and the log that the
// copy needs must be there.
func (b *Backups) check(ctx context.Context, place *blobs.Objects, m *Manifest) error {
	system := m.Taken.System
	if err := read(ctx, place, partOf(system, m.ID, partCluster), func(r io.Reader) error { return backup.Check(r, m.Taken) }); err != nil {
		return err
	}
	if err := read(ctx, place, partOf(system, m.ID, partSecrets), checkSecrets); err != nil {
		return err
	}
	var sums []string
	if err := readJSON(ctx, place, partOf(system, m.ID, partFiles), &sums); err != nil {
		return err
	}
	for _, sum := range sums {
		if err := b.checkFile(ctx, place, system, sum); err != nil {
			return err
		}
	}
	last := backup.LastSegmentOf(m.Taken.Timeline, m.Taken.Stop, m.Taken.SegmentSize)
	for s := backup.SegmentOf(m.Taken.Timeline, m.Taken.Start, m.Taken.SegmentSize); s.Number <= last.Number; s.Number++ {
		if err := checkSegment(ctx, place, system, s, m.Taken.SegmentSize); err != nil {
			return err
		}
	}
	return nil
}

func (b *Backups) checkFile(ctx context.Context, place *blobs.Objects, system, sum string) error {
	got, err := b.sum(ctx, place, fileObject(system, sum))
	if err == nil && hex.EncodeToString(got) != sum {
		err = fmt.Errorf("the file %s: %w", sum, blobs.ErrDamaged)
	}
	return err
}

func checkSegment(ctx context.Context, place *blobs.Objects, system string, s backup.Segment, size uint64) error {
	name := s.Name(size)
	return read(ctx, place, logObject(system, name), func(r io.Reader) error {
		n, err := io.Copy(io.Discard, r)
		if err == nil && uint64(n) != size { //nolint:gosec // a length
			err = fmt.Errorf("the segment %s has %d bytes", name, n)
		}
		return err
	})
}

func read(ctx context.Context, place *blobs.Objects, name string, judge func(io.Reader) error) error {
	r, err := place.Open(ctx, name)
	if err != nil {
		return err
	}
	defer r.Close()
	return judge(r)
}

func checkSecrets(r io.Reader) error {
	in := tar.NewReader(r)
	for {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, r)
			return err
		}
		if err != nil {
			return err
		}
		if !slices.Contains(secrets, header.Name) {
			return fmt.Errorf("the secrets name %q", header.Name)
		}
	}
}

// Verify reads a backup back, in every place that has it, and the log after it up to the newest segment. It returns how many segments
// there are after the backup. The newest backup is meant by an empty id. Errors: ErrNone.
func (b *Backups) Verify(ctx context.Context, system, id string) (m *Manifest, segments int, err error) {
	if system, err = b.theSystem(ctx, system); err != nil {
		return nil, 0, err
	}
	for _, place := range b.places() {
		if m, err = b.pick(ctx, place, system, id); err != nil {
			return m, 0, err
		}
		if err := b.check(ctx, place, m); err != nil {
			return m, 0, err
		}
		damaged, err := b.checkArchives(ctx, place, system)
		if err := errors.Join(err, damagedArchives(damaged)); err != nil {
			return m, 0, err
		}
	}
	path, err := b.pathFrom(ctx, b.first, m, 0)
	if err != nil {
		return m, 0, err
	}
	for _, s := range path.segments {
		if err := checkSegment(ctx, b.first, system, s, m.Taken.SegmentSize); err != nil {
			return m, 0, err
		}
	}
	return m, len(path.segments), path.gap()
}

func (b *Backups) pick(ctx context.Context, place *blobs.Objects, system, id string) (*Manifest, error) {
	l, err := b.list(ctx, place, system)
	if err != nil {
		return nil, err
	}
	for _, m := range slices.Backward(l.Whole) {
		if id == "" || m.ID == id {
			return m, nil
		}
	}
	if id == "" {
		return nil, l.none()
	}
	return nil, fmt.Errorf("%w: no whole one has the id %s (lyceum backup list)", ErrNone, id)
}
