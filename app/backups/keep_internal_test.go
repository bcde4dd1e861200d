package backups

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lyceum/db/backup"
	"lyceum/gateways/blobs"
)

const segment = 16 << 20

// place is one with backups that were taken on days before now, each with three segments of the log of its day.
func place(t *testing.T, now time.Time, days, weeks int, ages ...int) (b *Backups, system string) {
	t.Helper()
	folder := t.TempDir()
	b, err := Open(t.Context(), Config{
		Data: folder, Place: "file://" + filepath.Join(folder, "first"), Second: "file://" + filepath.Join(folder, "second"),
		Keys: filepath.Join(folder, "keys.json"), Days: days, Weeks: weeks,
	}, slog.New(slog.DiscardHandler), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	system = "7"
	for _, age := range ages {
		day := uint64(1000 - age)
		m := &Manifest{ID: fmt.Sprintf("%04d", day), Taken: backup.Taken{
			System: system, Timeline: 1, Start: backup.LSN(day * 10 * segment), Stop: backup.LSN(day*10*segment + segment + 1), SegmentSize: segment,
			Ended: now.AddDate(0, 0, -age),
		}}
		put(t, b, partOf(system, m.ID, partCluster))
		if err := writeJSON(t.Context(), b.first, partOf(system, m.ID, partManifest), m); err != nil {
			t.Fatal(err)
		}
		for n := range uint64(3) {
			put(t, b, logObject(system, backup.Segment{Timeline: 1, Number: day*10 + n}.Name(segment)))
		}
		put(t, b, logObject(system, backup.Segment{Timeline: 1, Number: day * 10}.Name(segment)+".00000028.backup"))
	}
	put(t, b, logObject(system, "00000002.history"))
	if err := b.mirror(t.Context(), system); err != nil {
		t.Fatal(err)
	}
	return b, system
}

func put(t *testing.T, b *Backups, name string) {
	t.Helper()
	if err := b.first.Put(t.Context(), name, strings.NewReader(name)); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, o *blobs.Objects, prefix string) (all []string) {
	t.Helper()
	if err := o.List(t.Context(), prefix, func(i blobs.Info) error { all = append(all, i.Name); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheRuleKeepsDaysAndWeeksAndWhatTheyNeed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC) // a Thursday
	b, system := place(t, now, 3, 2, 40, 16, 12, 11, 10, 8, 5, 4, 2, 1, 0)
	if err := b.forget(t.Context(), system, now); err != nil {
		t.Fatal(err)
	}
	for _, o := range b.places() {
		l, err := b.list(t.Context(), o, system)
		if err != nil || len(l.Unfinished)+len(l.Unreadable) > 0 {
			t.Fatal(l, err)
		}
		var ages []int
		for _, m := range l.Whole {
			ages = append(ages, int(now.Sub(m.Taken.Ended).Hours()/24))
		}
		// Of the week of 16 to 22 November the newest is that of 4 days ago, of the week before that of 11 days ago.
		if !slices.Equal(ages, []int{11, 4, 2, 1, 0}) {
			t.Errorf("kept are those of %v days ago", ages)
		}
		log := names(t, o, logOf(system))
		has := func(age, n uint64) bool {
			return slices.Contains(log, logObject(system, backup.Segment{Timeline: 1, Number: (1000-age)*10 + n}.Name(segment)))
		}
		for _, c := range []struct {
			age, n uint64
			want   bool
		}{
			{40, 0, false}, {16, 2, false}, {5, 0, false}, {4, 0, true}, {4, 1, true}, {4, 2, false}, // what a weekly one needs, and no more
			{2, 0, true}, {2, 2, true}, {1, 2, true}, {0, 2, true}, // all of the days
		} {
			if has(c.age, c.n) != c.want {
				t.Errorf("the segment %d of %d days ago is kept: %v", c.n, c.age, !c.want)
			}
		}
		if !slices.Contains(log, logObject(system, "00000002.history")) {
			t.Error("the history of a timeline is gone")
		}
	}
}

func TestTheNewestWholeBackupIsKeptHoweverOldItIs(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	b, system := place(t, now, 1, 0, 300, 200)
	put(t, b, partOf(system, "0999", partCluster)) // a younger one that is not whole
	if err := b.forget(context.WithoutCancel(t.Context()), system, now); err != nil {
		t.Fatal(err)
	}
	l, err := b.List(t.Context(), system)
	if err != nil || len(l.Whole) != 1 || l.Whole[0].ID != "0800" || len(l.Unfinished) != 1 {
		t.Errorf("%v, %v", l, err)
	}
	if log := names(t, b.first, logOf(system)+"00000001/"); len(log) != 4 {
		t.Errorf("of the log are kept: %v", log)
	}
	for _, c := range []struct {
		begun string
		left  int
	}{{"0998", 1}, {"0999", 0}} { // another machine's is left alone
		if err := note(b.config.Data, c.begun); err != nil {
			t.Fatal(err)
		}
		if err := b.tidy(t.Context(), b.first, system); err != nil {
			t.Fatal(err)
		}
		if l, err := b.List(t.Context(), system); err != nil || len(l.Unfinished) != c.left {
			t.Errorf("of what was interrupted is left: %v, %v", l.Unfinished, err)
		}
	}
}

func TestALogWithAGapIsSaidToHaveOne(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b, system := place(t, now, 7, 0, 1)
	m, err := b.pick(t.Context(), b.first, system, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.first.Delete(t.Context(), logObject(system, "00000002.history")); err != nil {
		t.Fatal(err)
	}
	p, err := b.pathFrom(t.Context(), b.first, m, 0)
	if err != nil || p.gap() != nil || len(p.segments) != 3 {
		t.Fatal(p, err)
	}
	put(t, b, logObject(system, backup.Segment{Timeline: 1, Number: 9994}.Name(segment)))
	if p, err = b.pathFrom(t.Context(), b.first, m, 0); err != nil || p.gap() == nil || len(p.missing) != 1 {
		t.Error(p, err)
	}
	if _, err := b.choose(t.Context(), system, Target{}); err == nil || !strings.Contains(err.Error(), "gap") {
		t.Error(err)
	}
}

func TestWhatTheSecondPlaceHasIsUsedWhenTheFirstIsGone(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b, system := place(t, now, 7, 0, 1)
	for _, name := range append(names(t, b.first, ""), logObject(system, "00000002.history")) {
		if err := b.first.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.second.Delete(t.Context(), logObject(system, "00000002.history")); err != nil {
		t.Fatal(err)
	}
	c, err := b.choose(t.Context(), system, Target{})
	if err != nil || c.place != b.second {
		t.Error(c, err)
	}
	if systems, err := b.Systems(t.Context()); err != nil || len(systems) != 1 {
		t.Error(systems, err)
	}
}
