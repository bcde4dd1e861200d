package backup_test

import (
	"strings"
	"testing"

	"lyceum/db/backup"
)

func TestSegmentsHaveTheNamesOfPostgreSQL(t *testing.T) {
	t.Parallel()
	const size = 16 << 20
	for at, want := range map[string]string{
		"0/1000000": "000000030000000000000001", "0/FFFFFFFF": "0000000300000000000000FF", "1/0": "000000030000000100000000",
		"A/FF000028": "000000030000000A000000FF",
	} {
		lsn, err := backup.ParseLSN(at)
		if err != nil || lsn.String() != at {
			t.Errorf("%s: %s, %v", at, lsn, err)
		}
		segment := backup.SegmentOf(3, lsn, size)
		if segment.Name(size) != want {
			t.Errorf("%s: %s", at, segment.Name(size))
		}
		if again, ok := backup.ParseSegment(want, size); !ok || again != segment {
			t.Errorf("%s: %+v", want, again)
		}
	}
	lsn, _ := backup.ParseLSN("0/2000000")
	if name := backup.LastSegmentOf(1, lsn, size).Name(size); name != "000000010000000000000001" {
		t.Errorf("a copy that ends at the end of a segment needs %s", name)
	}
}

func TestOnlyFilesOfTheLogAreTakenIn(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"000000010000000000000001": true, "000000010000000000000001.partial": true, "000000010000000000000001.00000028.backup": true,
		"00000002.history": true, "../keys.json": false, "": false, "000000010000000000000001.tmp": false, "00000002": false,
	} {
		if backup.IsLogFile(name) != want {
			t.Errorf("%q", name)
		}
	}
}

func TestAHistoryNamesEachBranch(t *testing.T) {
	t.Parallel()
	branches, err := backup.ReadHistory(strings.NewReader("1\t0/5000098\tbefore 2026-11-26 04:00:00+00\n\n2\t0/7000000\tno recovery target specified\n"))
	if err != nil || len(branches) != 2 || branches[1].Timeline != 2 || branches[1].Until.String() != "0/7000000" {
		t.Error(branches, err)
	}
	if _, err := backup.ReadHistory(strings.NewReader("what\n")); err == nil {
		t.Error("no history is read as one")
	}
}
