package commands_test

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestBackupsThatAreSetUpLaterOrForgottenAreSpokenOf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := open(t, dir).stop(t); err != nil {
		t.Fatal(err)
	}
	school := kept{t: t, dir: dir, settings: []string{"LYCEUM_BACKUP=file://" + filepath.Join(t.TempDir(), "new")}}
	h := school.serve()
	if log := h.log.String(); strings.Contains(log, "restored somewhere else") || strings.Contains(log, "is its disk mounted?") {
		t.Errorf("a place that the server is about to make is missed: %s", log)
	}
	if out := school.must("doctor"); !strings.Contains(out, "warning backup: nobody has a copy of the keys of backups since they last changed") {
		t.Errorf("nobody has the keys, and the doctor says %s", out)
	}
	copied := filepath.Join(t.TempDir(), "keys.json")
	school.must("keys", "export", copied)
	school.refused("lyceum: "+copied+" is there already, and is never written over: name another file\n", "keys", "export", copied)
	if out := school.must("doctor"); !strings.Contains(out, "all is well") {
		t.Errorf("somebody has the keys, and the doctor says %s", out)
	}
	// A backup is young and whole, and nobody takes the next one.
	out, err := command(t, dir, []string{"LYCEUM_ENV=production", "LYCEUM_PUBLIC_URL=https://school.example"}, "doctor").Output()
	if err == nil || !strings.Contains(string(out), "critical backup: no backup is set up any more; the newest is of ") {
		t.Errorf("the setting is gone, and the doctor says %v %s", err, out)
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
}
