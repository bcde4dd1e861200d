package commands_test

import (
	"strings"
	"testing"
)

func TestAGapInTheLogIsSaidAndEndedByABackupAtTheNextStart(t *testing.T) {
	t.Parallel()
	school := newKept(t, t.TempDir())
	h := school.serve()
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	// Somebody runs the server without the setting: what it writes is archived nowhere.
	careless := kept{t: t, dir: school.dir}
	h = open(t, careless.dir)
	d := careless.super("lyceum")
	for range 3 {
		if _, err := d.ExecContext(t.Context(), `create table if not exists written (n int); insert into written values (1)`); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ExecContext(t.Context(), `select pg_switch_wal()`); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := school.run("backup"); err == nil || !strings.Contains(out, "without archiving its log") {
		t.Errorf("a backup while nothing is archived: %v %s", err, out)
	}
	if err := h.stop(t); err != nil {
		t.Fatal(err)
	}
	h = open(t, school.dir, school.settings...)
	d = school.super("lyceum")
	school.archived(d)
	school.whole(d, 2)
	if out := school.must("backup", "verify"); !strings.Contains(out, "is good") {
		t.Error(out)
	}
	bare := school.machine()
	bare.must("restore", "--to", "latest")
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}
