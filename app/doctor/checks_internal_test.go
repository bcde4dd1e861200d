package doctor

import (
	"testing"

	"lyceum/domain/operations"
)

// What would take two thousand million transactions, or a disk of many terabytes, is judged by figures.
func TestWhatCannotBeBrokenHereIsJudgedByItsFigures(t *testing.T) {
	t.Parallel()
	const million = 1_000_000
	for age, want := range map[int64]operations.Level{100 * million: "", 500 * million: "", 700 * million: operations.Warning, 1600 * million: operations.Critical} {
		r := &readings{}
		r.Wraparound = &operations.WraparoundReading{Age: age, Max: 200 * million}
		if got := levelOf(transactionIDs(r)); got != want {
			t.Errorf("%d transactions: %q, not %q", age, got, want)
		}
	}
	const gb = 1 << 30
	for _, c := range []struct {
		free, all uint64
		want      operations.Level
	}{
		{500 * gb, 10_000 * gb, ""}, {30 * gb, 100 * gb, ""}, {10 * gb, 100 * gb, operations.Warning}, {2 * gb, 100 * gb, operations.Critical}, {gb / 20, gb / 10, operations.Critical},
	} {
		if got := levelOf(diskFree(&readings{disk: &disk{free: c.free, all: c.all}})); got != c.want {
			t.Errorf("%d of %d: %q, not %q", c.free, c.all, got, c.want)
		}
	}
	for version, want := range map[int]operations.Level{150007: "", 180001: "", 190000: operations.Warning} {
		r := &readings{}
		r.Server = &operations.ServerReading{Version: version}
		if got := levelOf(postgresql(r)); got != want {
			t.Errorf("version %d: %q, not %q", version, got, want)
		}
	}
}

func levelOf(found []*operations.Finding) operations.Level {
	if len(found) == 0 {
		return ""
	}
	return found[0].Level
}
