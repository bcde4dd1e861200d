package commands_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAnInterruptedBackupDoesNotLookWholeAndIsRemoved(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	school := newKept(t, place)
	h := school.serve()
	logs, err := filepath.Glob(filepath.Join(place, "*", "wal"))
	if err != nil || len(logs) != 1 {
		t.Fatal(logs, err)
	}
	// Nothing can be archived now, so that a backup waits for its log.
	if err := os.Rename(logs[0], logs[0]+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(logs[0], nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taking := command(t, school.dir, school.settings, "backup")
	if err := taking.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(place, "*", "backups", "*", "files")); len(found) == 2 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the backup does not begin")
		}
	}
	school.refused("another backup, restore or drill is running", "backup")
	_ = taking.Process.Signal(syscall.SIGKILL)
	_ = taking.Wait()
	if out := school.must("backup", "list"); strings.Count(out, "not whole") != 1 || strings.Count(out, " whole,") != 1 {
		t.Errorf("%s", out)
	}
	if err := os.Remove(logs[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(logs[0]+".away", logs[0]); err != nil {
		t.Fatal(err)
	}
	school.backup()
	if out := school.must("backup", "list"); strings.Contains(out, "not whole") || strings.Count(out, " whole,") != 2 {
		t.Errorf("%s", out)
	}

	// A file of the log that is archived again is the same one, or refused.
	data := school.data("postgres", "data")
	segments, err := filepath.Glob(filepath.Join(logs[0], "00000001", "????????????????????????"))
	if err != nil || len(segments) == 0 {
		t.Fatal(segments, err)
	}
	name := filepath.Base(segments[len(segments)-1])
	push := func(path string) (string, error) {
		cmd := command(t, data, append(school.settings, "LYCEUM_DATA_DIR="+school.data()), "wal", "push", path, name)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	copied := filepath.Join(t.TempDir(), name)
	fetch := command(t, data, append(school.settings, "LYCEUM_DATA_DIR="+school.data()), "wal", "fetch", name, copied)
	if out, err := fetch.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if out, err := push(copied); err != nil {
		t.Errorf("the same again: %v %s", err, out)
	}
	spoil(t, copied, 100)
	if out, err := push(copied); err == nil || !strings.Contains(out, "with another content") {
		t.Errorf("another one: %v %s", err, out)
	}
	missing := command(t, data, append(school.settings, "LYCEUM_DATA_DIR="+school.data()), "wal", "fetch", "0000000100000000000000FF", copied)
	if err := missing.Run(); err == nil || missing.ProcessState.ExitCode() != 1 {
		t.Errorf("one that is not there is the end of the log: %v", err)
	}
	spoil(t, segments[len(segments)-1], -200)
	fetch = command(t, data, append(school.settings, "LYCEUM_DATA_DIR="+school.data()), "wal", "fetch", name, copied)
	if err := fetch.Run(); err == nil || fetch.ProcessState.ExitCode() != 200 {
		t.Errorf("one that is damaged ends the recovery: %v", err)
	}
	vanished(t, school, place)

	// A job whose program was killed begins anew.
	d := school.super("lyceum")
	var job int
	if err := d.GetContext(t.Context(), &job, `update river.river_job set state = 'running', finalized_at = null, attempted_at = now()
		where id = (select max(id) from river.river_job where kind = 'take_backup') returning id`); err != nil {
		t.Fatal(err)
	}
	h.kill()
	h = open(t, school.dir, school.settings...)
	d = school.super("lyceum")
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if found := texts(t, d, `select state::text from river.river_job where id = $1 and finalized_at is not null`, job); len(found) == 1 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the job is taken to run still")
		}
	}
	if err := h.stop(t); err != nil {
		t.Error(err)
	}
	keyless(t, school)
}

// vanished takes a place away, as a disk that is not mounted: that is not the end of the log, and nothing is written beneath.
func vanished(t *testing.T, school kept, place string) {
	t.Helper()
	away := place + ".away"
	if err := os.Rename(place, away); err != nil {
		t.Fatal(err)
	}
	code := func(args ...string) int {
		cmd := command(t, school.data("postgres", "data"), append(school.settings, "LYCEUM_DATA_DIR="+school.data()), args...)
		_ = cmd.Run() // the code tells
		return cmd.ProcessState.ExitCode()
	}
	const name = "0000000100000000000000FF"
	if got := code("wal", "fetch", name, filepath.Join(t.TempDir(), "x")); got != 200 {
		t.Errorf("without the folder of the place the recovery goes on: %d", got)
	}
	if got := code("wal", "push", "PG_VERSION", name); got != 1 {
		t.Errorf("without the folder of the place the log is archived: %d", got)
	}
	if _, err := os.Stat(place); err == nil {
		t.Error("the folder of the place was made")
	}
	if err := os.Mkdir(place, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := code("wal", "fetch", name, filepath.Join(t.TempDir(), "x")); got != 200 {
		t.Errorf("with an empty place the recovery goes on: %d", got)
	}
	if err := os.RemoveAll(place); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(away, place); err != nil {
		t.Fatal(err)
	}
}

// keyless takes the keyset away. No other is made, since nothing in the place could be opened with it.
func keyless(t *testing.T, school kept) {
	t.Helper()
	path := school.data("keys.json")
	own, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	school.refused("is there already", "keys", "export", path)
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, own) {
		t.Errorf("the keyset was written over: %v", err)
	}
	copied := filepath.Join(t.TempDir(), "copy.json")
	school.must("keys", "export", copied)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	school.refused("has backups that LYCEUM_KEYS cannot open", "backup")
	if _, err := os.Stat(path); err == nil {
		t.Error("another keyset was made")
	}
	if err := os.Rename(copied, path); err != nil {
		t.Fatal(err)
	}
	school.must("backup", "list")
}
