package backups

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"lyceum/db/backup"
	"lyceum/domain"
	"lyceum/gateways/blobs"
)

// path is the log that leads from a backup to the end of a timeline.
type path struct {
	timeline uint32           // where it ends
	branches []backup.Branch  // where it leaves the timelines before
	segments []backup.Segment // as they are read, without those that are missing
	missing  []string
	stored   int64 // bytes that the segments take in the place
}

// newestTimeline is the one that PostgreSQL would find: the next is looked for as long as there is one. Errors: blobs.ErrDamaged for a
// history that does not open.
func newestTimeline(ctx context.Context, place *blobs.Objects, system string, from uint32) (uint32, error) {
	for newest := from; ; newest++ {
		_, err := branchesOf(ctx, place, system, newest+1)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return newest, nil
		}
		if err != nil {
			return newest, err
		}
	}
}

// branchesOf reads where a timeline comes from. All but the first come from somewhere. Errors: NOT_FOUND, blobs.ErrDamaged.
func branchesOf(ctx context.Context, place *blobs.Objects, system string, timeline uint32) ([]backup.Branch, error) {
	if timeline == 1 {
		return nil, nil
	}
	r, err := place.Open(ctx, logObject(system, backup.HistoryName(timeline)))
	if err != nil {
		return nil, aboutHistory(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, aboutHistory(err)
	}
	branches, err := backup.ReadHistory(bytes.NewReader(text))
	if err == nil && len(branches) == 0 {
		err = errors.New("it names no timeline before")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", damagedHistory(system, timeline), err)
	}
	return branches, nil
}

func damagedHistory(system string, timeline uint32) error {
	return aboutHistory(fmt.Errorf("%s: %w", logObject(system, backup.HistoryName(timeline)), blobs.ErrDamaged))
}

// aboutHistory says what to do about a history that does not open. It cannot be passed over: it may be where the school went on.
func aboutHistory(err error) error {
	if !errors.Is(err, blobs.ErrDamaged) {
		return err
	}
	return fmt.Errorf("the history of a timeline does not open. If it is this school's, bring a good copy of it back; if somebody else put "+
		"it there, move it out of the place: %w", err)
}

// readableHistories is an error if PostgreSQL, which looks for a free timeline beyond the one that it was led along, would meet a history
// that no place has whole: it would end the restore at its very end. Errors: blobs.ErrDamaged.
func (b *Backups) readableHistories(ctx context.Context, system string, beyond uint32) error {
	for timeline := beyond + 1; ; timeline++ {
		missing, errs := 0, []error(nil)
		for _, place := range b.places() {
			_, err := branchesOf(ctx, place, system, timeline)
			if domain.CodeOf(err) == domain.CodeNotFound {
				missing++
			}
			errs = append(errs, err)
		}
		switch {
		case missing == len(errs):
			return nil
		case slices.Contains(errs, nil):
			continue
		}
		for _, err := range errs {
			if domain.CodeOf(err) != domain.CodeNotFound {
				return err
			}
		}
	}
}

// leads reports whether a timeline continues what a backup has.
func leads(branches []backup.Branch, timeline uint32, m *Manifest) bool {
	if m.Taken.Timeline == timeline {
		return true
	}
	return slices.ContainsFunc(branches, func(b backup.Branch) bool { return b.Timeline == m.Taken.Timeline && m.Taken.Stop <= b.Until })
}

// pathFrom follows the log from a backup along a timeline, or the newest one.
func (b *Backups) pathFrom(ctx context.Context, place *blobs.Objects, m *Manifest, timeline uint32) (p path, err error) {
	system, size := m.Taken.System, m.Taken.SegmentSize
	if p.timeline = timeline; timeline == 0 {
		if p.timeline, err = newestTimeline(ctx, place, system, m.Taken.Timeline); err != nil {
			return p, err
		}
	}
	if p.branches, err = branchesOf(ctx, place, system, p.timeline); domain.CodeOf(err) == domain.CodeNotFound {
		return p, fmt.Errorf("%w: there is no timeline %d", ErrNone, p.timeline)
	} else if err != nil {
		return p, err
	}
	if !leads(p.branches, p.timeline, m) {
		return p, fmt.Errorf("%w: timeline %d does not continue the backup %s", ErrNone, p.timeline, m.ID)
	}
	// Of each number the newest timeline's segment is read, which repeats what the older one has up to the branch.
	newest, stored := map[uint64]backup.Segment{}, map[uint64]int64{}
	first := backup.SegmentOf(m.Taken.Timeline, m.Taken.Start, size)
	last := uint64(0)
	for _, timeline := range p.timelines(m.Taken.Timeline) {
		until := p.until(timeline, size)
		err := place.List(ctx, fmt.Sprintf("%s%08X/", logOf(system), timeline), func(o blobs.Info) error {
			s, ok := backup.ParseSegment(o.Name[strings.LastIndexByte(o.Name, '/')+1:], size)
			if ok && s.Number >= first.Number && s.Number <= until {
				newest[s.Number], stored[s.Number], last = s, o.Bytes, max(last, s.Number)
			}
			return nil
		})
		if err != nil {
			return p, err
		}
	}
	for n := first.Number; n <= last; n++ {
		if s, ok := newest[n]; ok {
			p.segments, p.stored = append(p.segments, s), p.stored+stored[n]
		} else {
			p.missing = append(p.missing, backup.Segment{Timeline: p.timeline, Number: n}.Name(size))
		}
	}
	return p, nil
}

// timelines are those of the path from one on, the oldest first.
func (p path) timelines(from uint32) (all []uint32) {
	for _, b := range p.branches {
		if b.Timeline >= from {
			all = append(all, b.Timeline)
		}
	}
	return append(all, p.timeline)
}

// until is the number of the last segment that the path reads of a timeline.
func (p path) until(timeline uint32, size uint64) uint64 {
	for _, b := range p.branches {
		if b.Timeline == timeline {
			return backup.SegmentOf(timeline, b.Until, size).Number
		}
	}
	return 1<<64 - 1
}

// gap is the error of a path that lacks something.
func (p path) gap() error {
	if len(p.missing) == 0 {
		return nil
	}
	return fmt.Errorf("the log has a gap: %d segments are missing, the first is %s. What was written after it cannot be restored from this "+
		"backup; take a new one", len(p.missing), p.missing[0])
}
