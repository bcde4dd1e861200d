package operations

import (
	"time"

	"lyceum/domain"
)

// PartitionSet tells of a partitioned table how far its months reach.
type PartitionSet struct {
	Table       string     `db:"table_name"`
	Months      int32      `db:"months"`
	MonthsAhead int32      `db:"months_ahead"`
	OldestMonth *time.Time `db:"oldest_month"`
	DefaultRows int64      `db:"default_rows"`
}

// LeastMonthsAhead is how many months must stand ready: rows of a month without a partition land in the default one, which slows their
// move down later.
const LeastMonthsAhead = 2

// NeedsAttention reports whether months are missing, or rows have none.
func (p *PartitionSet) NeedsAttention() bool {
	return p.MonthsAhead < LeastMonthsAhead || p.DefaultRows > 0
}

// RetentionRule says for how many days rows are kept.
type RetentionRule struct {
	Name        string    `db:"name"`
	Days        int32     `db:"days"`
	LeastDays   int32     `db:"least_days"`
	Description string    `db:"description"`
	UpdatedAt   time.Time `db:"updated_at"`
}

// maxRetentionDays is a hundred years.
const maxRetentionDays = 36500

// CheckRetention is the rule of a change of a rule. Errors: NOT_FOUND, INVALID (OUT_OF_RANGE).
func CheckRetention(r *RetentionRule, days int32) error {
	switch {
	case r == nil:
		return domain.Errorf(domain.CodeNotFound, "there is no such rule: `lyceum retention` lists them").At("name")
	case days < r.LeastDays || days > maxRetentionDays:
		return domain.Errorf(domain.CodeInvalid, "%s are kept for %d to %d days", r.Name, r.LeastDays, maxRetentionDays).
			Because("OUT_OF_RANGE").At("days")
	default:
		return nil
	}
}

// Window is the hours of a day in which indexes are built anew.
type Window struct {
	From int `db:"from_hour"` // an hour of the day in UTC, 0 to 23
	To   int `db:"to_hour"`   // the hour at which it is over; below From when it runs over midnight
}

// Holds reports whether a moment is in the window.
func (w Window) Holds(now time.Time) bool {
	hour := now.UTC().Hour()
	if w.From < w.To {
		return hour >= w.From && hour < w.To
	}
	return hour >= w.From || hour < w.To
}

// Check refuses what is no window. Errors: INVALID.
func (w Window) Check() error {
	if w.From < 0 || w.From > 23 || w.To < 0 || w.To > 23 || w.From == w.To {
		return domain.Errorf(domain.CodeInvalid, "a window is two different hours of the day in UTC, each 0 to 23")
	}
	return nil
}

// TableHealth is the state of a table as the database counts it.
type TableHealth struct {
	Schema       string              `db:"schema_name"`
	Table        string              `db:"table_name"`
	Bytes        int64               `db:"bytes"` // with its indexes and long values
	LiveRows     int64               `db:"live_rows"`
	DeadRows     int64               `db:"dead_rows"`
	BloatBytes   *int64              `db:"bloat_bytes"`
	VacuumedAt   *time.Time          `db:"vacuumed_at"`
	AnalyzedAt   *time.Time          `db:"analyzed_at"`
	ChangedRows  int64               `db:"changed_rows"` // since it was analyzed
	SeqScans     int64               `db:"seq_scans"`
	IndexScans   int64               `db:"index_scans"`
	Unreferenced domain.List[string] `db:"unindexed_references"`
}

// TableProblem is something to look at in a table.
type TableProblem string

// The problems of tables.
const (
	DeadRows           TableProblem = "dead_rows"
	BloatedTable       TableProblem = "bloated"
	StaleStatistics    TableProblem = "stale_statistics"
	SequentialScans    TableProblem = "sequential_scans"
	UnindexedReference TableProblem = "unindexed_reference"
)

// TableProblems and IndexProblems list all of them.
var (
	TableProblems = []TableProblem{DeadRows, BloatedTable, StaleStatistics, SequentialScans, UnindexedReference}
	IndexProblems = []IndexProblem{UnusedIndex, BloatedIndex, InvalidIndex}
)

// Thresholds of the problems. Below them a table is too small for them to matter.
const (
	leastRows      = 10_000   // of which a fifth is dead, or changed since the statistics were made
	largeRows      = 100_000  // from which reading all of them is slow
	leastBloat     = 2 << 20  // bytes of an index that are worth building it anew
	leastTableLoss = 64 << 20 // bytes of a table that are worth a window of its own
	share          = 5        // one of so many rows
	bloatShare     = 40       // percent of an index
)

// Problems are what is to be looked at.
func (t *TableHealth) Problems() []TableProblem {
	problems := []TableProblem{}
	if all := t.LiveRows + t.DeadRows; t.DeadRows >= leastRows && t.DeadRows*share > all {
		problems = append(problems, DeadRows)
	}
	if t.BloatBytes != nil && *t.BloatBytes >= leastTableLoss && *t.BloatBytes*2 > t.Bytes {
		problems = append(problems, BloatedTable)
	}
	if t.LiveRows >= leastRows && (t.AnalyzedAt == nil || t.ChangedRows*share > t.LiveRows*2) {
		problems = append(problems, StaleStatistics)
	}
	if t.LiveRows >= largeRows && t.SeqScans > 100 && t.SeqScans*10 > t.SeqScans+t.IndexScans {
		problems = append(problems, SequentialScans)
	}
	if len(t.Unreferenced) > 0 {
		problems = append(problems, UnindexedReference)
	}
	return problems
}

// IndexHealth is the state of an index as the database counts it.
type IndexHealth struct {
	Schema          string     `db:"schema_name"`
	Index           string     `db:"index_name"`
	Table           string     `db:"table_name"`
	Bytes           int64      `db:"bytes"`
	BloatBytes      *int64     `db:"bloat_bytes"`
	Scans           int64      `db:"scans"`
	IsUnique        bool       `db:"is_unique"`
	IsValid         bool       `db:"is_valid"`
	StatisticsSince *time.Time `db:"statistics_since"`
}

// IndexProblem is something to look at in an index.
type IndexProblem string

// The problems of indexes.
const (
	UnusedIndex  IndexProblem = "unused"
	BloatedIndex IndexProblem = "bloated"
	InvalidIndex IndexProblem = "invalid"
)

// leastUnused is the size below which an index costs too little to be called useless, in bytes.
const leastUnused = 1 << 20

// Bloated reports whether building the index anew is worth it.
func (i *IndexHealth) Bloated() bool {
	return i.IsValid && i.BloatBytes != nil && *i.BloatBytes >= leastBloat && *i.BloatBytes*100 > i.Bytes*bloatShare
}

// Problems are what is to be looked at.
func (i *IndexHealth) Problems() []IndexProblem {
	problems := []IndexProblem{}
	if i.Scans == 0 && !i.IsUnique && i.Bytes >= leastUnused {
		problems = append(problems, UnusedIndex)
	}
	if i.Bloated() {
		problems = append(problems, BloatedIndex)
	}
	if !i.IsValid {
		problems = append(problems, InvalidIndex)
	}
	return problems
}
