package backups

import (
	"context"
	"slices"
	"strings"
	"time"

	"lyceum/db/backup"
	"lyceum/gateways/blobs"
)

// kept says which backups the rule keeps: all of the last days, then the newest of each week, and the newest one always. whole are in
// the order of time. continuous are those after which the log is kept without a gap; of the others only what each needs itself.
func kept(whole []*Manifest, days, weeks int, now time.Time) (keep map[string]bool, continuous []*Manifest) {
	keep = map[string]bool{}
	sinceDays, sinceWeeks := now.AddDate(0, 0, -days), now.AddDate(0, 0, -7*weeks)
	taken := map[[2]int]bool{}
	for i, m := range slices.Backward(whole) {
		year, number := m.Taken.Ended.ISOWeek()
		week := [2]int{year, number}
		switch {
		case i == len(whole)-1 || m.Taken.Ended.After(sinceDays):
			keep[m.ID], continuous = true, append(continuous, m)
		case m.Taken.Ended.After(sinceWeeks) && !taken[week]:
			keep[m.ID] = true
		}
		taken[week] = taken[week] || keep[m.ID]
	}
	return keep, continuous
}

// forget deletes what the rule does not keep, in each place; nothing while a manifest does not open. Errors: ErrUnreadable.
func (b *Backups) forget(ctx context.Context, system string, now time.Time) error {
	if err := b.readable(ctx, system); err != nil {
		return err
	}
	for _, place := range b.places() {
		if err := b.forgetIn(ctx, place, system, now); err != nil {
			return err
		}
	}
	return nil
}

func (b *Backups) forgetIn(ctx context.Context, place *blobs.Objects, system string, now time.Time) error {
	l, err := b.list(ctx, place, system)
	whole := l.Whole
	if err != nil || len(whole) == 0 {
		return err
	}
	keep, continuous := kept(whole, b.config.Days, b.config.Weeks, now)
	for _, m := range whole {
		if keep[m.ID] {
			continue
		}
		b.log.InfoContext(ctx, "a backup is deleted by the rule", "backup", m.ID, "ended", m.Taken.Ended)
		if err := remove(ctx, place, backupsOf(system)+m.ID+"/"); err != nil {
			return err
		}
	}
	needed := func(s backup.Segment) bool {
		for _, m := range continuous {
			if s.Number >= backup.SegmentOf(0, m.Taken.Start, m.Taken.SegmentSize).Number {
				return true
			}
		}
		return slices.ContainsFunc(whole, func(m *Manifest) bool {
			return keep[m.ID] && s.Timeline == m.Taken.Timeline &&
				s.Number >= backup.SegmentOf(0, m.Taken.Start, m.Taken.SegmentSize).Number &&
				s.Number <= backup.LastSegmentOf(0, m.Taken.Stop, m.Taken.SegmentSize).Number
		})
	}
	size := whole[len(whole)-1].Taken.SegmentSize
	var old []string
	if err := place.List(ctx, logOf(system), func(o blobs.Info) error {
		name, _, _ := strings.Cut(o.Name[strings.LastIndexByte(o.Name, '/')+1:], ".") // those that go with a segment go with it
		if s, ok := backup.ParseSegment(name, size); ok && !needed(s) {
			old = append(old, o.Name)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, name := range old {
		if err := place.Delete(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
