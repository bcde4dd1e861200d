package operations

import (
	"slices"
	"testing"
	"time"
)

func TestAWindowHoldsItsHoursAlsoOverMidnight(t *testing.T) {
	t.Parallel()
	for w, hours := range map[Window][]int{
		{From: 2, To: 5}: {2, 3, 4}, {From: 22, To: 1}: {0, 22, 23}, {From: 0, To: 23}: nil,
	} {
		for hour := range 24 {
			want := slices.Contains(hours, hour) || hours == nil && hour < 23
			// The hour counts in UTC, whatever zone the clock is in.
			now := time.Date(2026, 11, 26, hour, 59, 59, 0, time.UTC).In(time.FixedZone("", 5*3600))
			if w.Holds(now) != want {
				t.Errorf("%+v at %d o'clock: %v", w, hour, !want)
			}
		}
	}
}

func TestTablesAndIndexesSayWhatIsToBeLookedAt(t *testing.T) {
	t.Parallel()
	large, some, none := int64(65<<20), int64(3<<20), int64(0)
	now := time.Now()
	for name, c := range map[string]struct {
		table TableHealth
		want  []TableProblem
	}{
		"a small one":       {TableHealth{LiveRows: 50, DeadRows: 5000, SeqScans: 1e6, BloatBytes: &some, Bytes: 4 << 20}, nil},
		"dead rows":         {TableHealth{LiveRows: 40_000, DeadRows: 10_001, AnalyzedAt: &now}, []TableProblem{DeadRows}},
		"few of many dead":  {TableHealth{LiveRows: 4_000_000, DeadRows: 100_000, AnalyzedAt: &now, IndexScans: 7}, nil},
		"bloat":             {TableHealth{Bytes: 100 << 20, BloatBytes: &large}, []TableProblem{BloatedTable}},
		"never analyzed":    {TableHealth{LiveRows: 10_000}, []TableProblem{StaleStatistics}},
		"analyzed long ago": {TableHealth{LiveRows: 10_000, AnalyzedAt: &now, ChangedRows: 4_001}, []TableProblem{StaleStatistics}},
		"read as a whole":   {TableHealth{LiveRows: 100_000, AnalyzedAt: &now, SeqScans: 101, IndexScans: 800}, []TableProblem{SequentialScans}},
		"mostly by index":   {TableHealth{LiveRows: 100_000, AnalyzedAt: &now, SeqScans: 101, IndexScans: 8000}, nil},
		"a bare reference":  {TableHealth{Unreferenced: []string{"x_fkey"}}, []TableProblem{UnindexedReference}},
	} {
		if got := c.table.Problems(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
	for name, c := range map[string]struct {
		index IndexHealth
		want  []IndexProblem
	}{
		"in use":            {IndexHealth{IsValid: true, Bytes: 9 << 20, Scans: 1, BloatBytes: &none}, nil},
		"unused":            {IndexHealth{IsValid: true, Bytes: 9 << 20, BloatBytes: &none}, []IndexProblem{UnusedIndex}},
		"keeps values once": {IndexHealth{IsValid: true, Bytes: 9 << 20, IsUnique: true}, nil},
		"small":             {IndexHealth{IsValid: true, Bytes: 8192}, nil},
		"bloated":           {IndexHealth{IsValid: true, Bytes: 7 << 20, Scans: 1, BloatBytes: &some}, []IndexProblem{BloatedIndex}},
		"a little bloated":  {IndexHealth{IsValid: true, Bytes: 8 << 20, Scans: 1, BloatBytes: &some}, nil},
		"invalid":           {IndexHealth{Bytes: 7 << 20, Scans: 1, BloatBytes: &some}, []IndexProblem{InvalidIndex}},
	} {
		if got := c.index.Problems(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}
