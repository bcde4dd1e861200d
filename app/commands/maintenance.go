package commands

import (
	"fmt"
	"io"
	"strings"
	"time"

	"lyceum/app/upkeep"
	"lyceum/domain/operations"
)

// maintenance groups what concerns the shape of the database.
type maintenance struct {
	Show    showMaintenance    `cmd:"" default:"1" help:"Show partitions, and the tables and indexes with something to look at (the default)."`
	Reindex reindexMaintenance `cmd:"" help:"Build the bloated indexes anew beside their readers and writers, whatever the hour. The server does it in the window."`
	Window  windowMaintenance  `cmd:"" help:"Change the hours of the day, in UTC, in which the server builds indexes anew."`
}

type showMaintenance struct {
	All bool `help:"Show all tables and indexes, not only those with something to look at."`
}

// Run prints the report.
func (m showMaintenance) Run(s *session) error {
	return s.upkeep(func(u *upkeep.Upkeep) error {
		r, err := u.Report(s.ctx)
		if err != nil {
			return err
		}
		for _, p := range r.Partitions {
			note := ""
			if p.NeedsAttention() {
				note = "  <- the job ensure_partitions makes what is missing: see how it went (jobKinds)"
			}
			oldest := "none"
			if p.OldestMonth != nil {
				oldest = p.OldestMonth.Format("2006-01")
			}
			fmt.Fprintf(s.out, "partitions of %s: %d months from %s, %d ahead, %d rows in the default one%s\n",
				p.Table, p.Months, oldest, p.MonthsAhead, p.DefaultRows, note)
		}
		fmt.Fprintf(s.out, "maintenance window: %d to %d o'clock in UTC; archives: %d months\n", r.Window.From, r.Window.To, len(r.Archives))
		showTables(s.out, r.Tables, m.All)
		showIndexes(s.out, r.Indexes, m.All)
		return nil
	})
}

func showTables(out io.Writer, tables []*operations.TableHealth, all bool) {
	shown := 0
	for _, t := range tables {
		problems := t.Problems()
		if len(problems) == 0 && !all {
			continue
		}
		shown++
		fmt.Fprintf(out, "table %s.%s: %s, %d rows, %d dead, bloat %s, vacuum %s, analyze %s%s\n",
			t.Schema, t.Table, size(&t.Bytes), t.LiveRows, t.DeadRows, size(t.BloatBytes), day(t.VacuumedAt), day(t.AnalyzedAt), listed(problems))
		if len(t.Unreferenced) > 0 {
			fmt.Fprintf(out, "  without an index: %s\n", strings.Join(t.Unreferenced, ", "))
		}
	}
	fmt.Fprintf(out, "%d of %d tables shown\n", shown, len(tables))
}

func showIndexes(out io.Writer, indexes []*operations.IndexHealth, all bool) {
	shown := 0
	for _, i := range indexes {
		problems := i.Problems()
		if len(problems) == 0 && !all {
			continue
		}
		shown++
		since := "the beginning"
		if i.StatisticsSince != nil {
			since = i.StatisticsSince.Format(time.DateOnly)
		}
		fmt.Fprintf(out, "index %s.%s: %s, bloat %s, %d scans since %s%s\n",
			i.Schema, i.Index, size(&i.Bytes), size(i.BloatBytes), i.Scans, since, listed(problems))
	}
	fmt.Fprintf(out, "%d of %d indexes shown\n", shown, len(indexes))
}

func listed[T ~string](problems []T) string {
	text := ""
	for _, p := range problems {
		text += " [" + strings.ReplaceAll(string(p), "_", " ") + "]"
	}
	return text
}

func size(bytes *int64) string {
	switch {
	case bytes == nil:
		return "unknown"
	case *bytes < 10<<20:
		return fmt.Sprintf("%d KiB", *bytes>>10)
	default:
		return fmt.Sprintf("%d MiB", *bytes>>20)
	}
}

func day(at *time.Time) string {
	if at == nil {
		return "never"
	}
	return at.Format(time.DateOnly)
}

type reindexMaintenance struct{}

// Run says of each index how large it was and is.
func (reindexMaintenance) Run(s *session) error {
	return s.upkeep(func(u *upkeep.Upkeep) error {
		done, err := u.Reindex(s.ctx, time.Now, true)
		for _, r := range done {
			fmt.Fprintf(s.out, "%s: %s, was %s\n", r.Index, size(&r.After), size(&r.Before))
		}
		fmt.Fprintf(s.out, "%d indexes built anew\n", len(done))
		return err
	})
}

type windowMaintenance struct {
	From int `arg:"" help:"The hour at which it begins, 0 to 23."`
	To   int `arg:"" help:"The hour at which it ends, 0 to 23; below the first when it runs over midnight."`
}

// Run changes the window; the audit log records it.
func (w windowMaintenance) Run(s *session) error {
	return s.upkeep(func(u *upkeep.Upkeep) error {
		if err := u.SetWindow(s.ctx, operations.Window{From: w.From, To: w.To}); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "indexes are built anew from %d to %d o'clock in UTC\n", w.From, w.To)
		return nil
	})
}
