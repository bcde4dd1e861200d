package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestADrillRestoresBesideTheRunningSchoolAndLeavesNothing(t *testing.T) {
	t.Parallel()
	place, second := t.TempDir(), t.TempDir()
	school := newKept(t, place)
	school.settings = append(school.settings, "LYCEUM_BACKUP_SECOND=file://"+second)
	h := school.serve()
	d := school.super("lyceum")
	if out := school.must("backup", "drill"); !strings.Contains(out, "the seals are whole") {
		t.Error(out)
	}
	if found := texts(t, d, `select state || ' ' || reason from restore_drills where reason = 'command' and lost_ms >= 0 and took_ms > 0 and tables > 50 and rows_counted > 1000`); len(found) != 1 || found[0] != "passed command" {
		t.Errorf("%v", found)
	}
	if _, err := os.Stat(school.data("drill")); err == nil {
		t.Error("the scratch folder is left")
	}
	// An administrator asks for both, and sees them.
	boss := h.signIn(t, "admin@demo.test")
	boss.ask(t, `mutation { requestBackup { job { id } } requestRestoreDrill { job { id } } }`, nil)
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		a := boss.ask(t, `{ backups(filter: {state: WHOLE}) { nodes { reason } } restoreDrills(filter: {state: PASSED}) { nodes { reason } } }`, nil)
		if strings.Count(a, `"REQUEST"`) == 2 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%s\n%s", a, h.log)
		}
	}
	// A copy beside the school leaves nothing in the place.
	bare := school.machine()
	bare.must("restore", "--apart", "--to", "latest")
	for _, folder := range []string{place, second} {
		if found, _ := filepath.Glob(filepath.Join(folder, "*", "wal", "00000002*")); len(found) > 0 {
			t.Errorf("it archives: %v", found)
		}
	}
	// The first place is lost: what the second has is enough.
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		first, _ := filepath.Glob(filepath.Join(place, "*", "backups", "*", "manifest"))
		other, _ := filepath.Glob(filepath.Join(second, "*", "backups", "*", "manifest"))
		if len(first) > 0 && len(first) == len(other) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the second place lacks backups")
		}
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(place); err != nil {
		t.Fatal(err)
	}
	last := school.machine()
	if out := last.must("restore", "--apart", "--to", "latest"); !strings.Contains(out, "restored from") {
		t.Error(out)
	}
}
