package commands_test

import (
	"os"
	"path/filepath"
	"testing"
)

// Somebody who may write to the place of backups, and has not the keys, puts a file there that has the name of the next timeline's history.
func TestAHistoryThatIsForgedStopsNeitherTheSchoolNorItsLog(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	school := newKept(t, place)
	h := school.serve()
	systems, err := filepath.Glob(filepath.Join(place, "*", "wal"))
	if err != nil || len(systems) != 1 {
		t.Fatal(systems, err)
	}
	forged := filepath.Join(systems[0], "00000002.history")
	if err := os.WriteFile(forged, []byte("1\t0/1000000\tno reason\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	school.archived(school.super("lyceum"))
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	again := school.serve()
	defer again.kill()
	school.archived(school.super("lyceum"))
	school.refused("move it out of the place", "backup", "drill")
	bare := school.machine()
	for _, args := range [][]string{{}, {"--timeline", "1"}} {
		bare.refused("move it out of the place", append([]string{"restore", "--to", "latest"}, args...)...)
	}
	if err := os.Remove(forged); err != nil {
		t.Fatal(err)
	}
	bare.must("restore", "--to", "latest")
}
