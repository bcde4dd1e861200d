package backups

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lyceum/gateways/blobs"
	"lyceum/gateways/keys"
)

// homeOf makes what a data folder has of a cluster on its first timeline.
func homeOf(t *testing.T, data string, system uint64) {
	t.Helper()
	cluster := filepath.Join(data, "postgres", "data")
	for _, folder := range []string{"global", "pg_wal"} {
		if err := os.MkdirAll(filepath.Join(cluster, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string][]byte{"PG_VERSION": []byte("15"), "global/pg_control": binary.NativeEndian.AppendUint64(nil, system)} {
		if err := os.WriteFile(filepath.Join(cluster, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// forgeries put something at a path of a place, as somebody does who may write there and has not the keys.
func forgeries(t *testing.T, b *Backups) map[string]func(path string) error {
	t.Helper()
	other, _, err := keys.Ensure(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]func(string) error{
		"nothing":        func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"a text":         func(path string) error { return os.WriteFile(path, []byte(history), 0o600) },
		"a named pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a link to zero": func(path string) error { return os.Symlink("/dev/zero", path) },
		"another object": func(path string) error {
			text, err := os.ReadFile(b.file("first", partOf("7", "1000", partManifest)))
			return errors.Join(err, os.WriteFile(path, text, 0o600))
		},
		"with other keys": func(path string) error {
			folder, name, _ := strings.Cut(path, "/7/")
			elsewhere, err := blobs.OpenObjects(t.Context(), "file://"+folder, other)
			if err != nil {
				return err
			}
			return errors.Join(elsewhere.Put(t.Context(), "7/"+name, strings.NewReader(history)), elsewhere.Close())
		},
	}
}

const history = "1\t0/5000000\tno recovery target specified\n"

func TestAHistoryThatTheKeysDoNotOpenStopsNoSchool(t *testing.T) {
	t.Parallel()
	b, system := place(t, time.Now(), 7, 0, 0)
	homeOf(t, b.config.Data, 7)
	name := logObject(system, "00000002.history")
	path := b.file("first", name)
	for what, forge := range forgeries(t, b) {
		_ = os.Remove(path)
		if err := forge(path); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		err := b.config.CheckOvertaken(t.Context(), slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil || !strings.Contains(said.String(), name) {
			t.Errorf("%s: %v, %s", what, err, &said)
		}
	}
	_ = os.Remove(path)
	if err := b.first.Put(t.Context(), name, strings.NewReader(history)); err != nil {
		t.Fatal(err)
	}
	if err := b.config.CheckOvertaken(t.Context(), b.log); !errors.Is(err, ErrOvertaken) {
		t.Errorf("a history that the keys open: %v", err)
	}
}

// What does not open may be the rest of what a restore needs: it is named before anything is restored, and not passed over.
func TestARestoreNamesAHistoryThatDoesNotOpen(t *testing.T) {
	t.Parallel()
	b, system := place(t, time.Now(), 7, 0, 0)
	name := logObject(system, "00000002.history")
	paths := []string{b.file("first", name), b.file("second", name)}
	for what, forge := range forgeries(t, b) {
		for _, damaged := range [][]string{paths, paths[:1]} {
			for _, path := range paths {
				_ = os.Remove(path)
			}
			for _, path := range damaged {
				if err := forge(path); err != nil {
					t.Fatal(err)
				}
			}
			for _, target := range []Target{{}, {Timeline: 1}, {Backup: "1000", End: true}} {
				if _, err := b.choose(t.Context(), system, target); !errors.Is(err, blobs.ErrDamaged) || !strings.Contains(err.Error(), name) ||
					!strings.Contains(err.Error(), "move it out of the place") {
					t.Errorf("%s, in %d places, %+v: %v", what, len(damaged), target, err)
				}
			}
		}
	}
	// A good one in the second place is enough.
	_ = os.Remove(paths[1])
	if err := b.second.Put(t.Context(), name, strings.NewReader(history)); err != nil {
		t.Fatal(err)
	}
	if c, err := b.choose(t.Context(), system, Target{Timeline: 1}); err != nil || c.path.timeline != 1 {
		t.Error(c.path, err)
	}
	if _, err := b.choose(t.Context(), system, Target{Timeline: 7}); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
}

func TestADiskThatHangsIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	hangs, ends := make(chan struct{}), make(chan struct{})
	defer close(ends)
	go func() { // it is asked, and says nothing
		<-hangs
		cancel()
	}()
	if err := whileWaited(ctx, func() error { close(hangs); <-ends; return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A place may be a folder that others use, too.
func TestNothingThatIsAnothersIsRemovedFromAPlace(t *testing.T) {
	t.Parallel()
	b, system := place(t, time.Now(), 7, 0, 0)
	long := time.Now().Add(-48 * time.Hour)
	left := b.file("first", logOf(system)+"00000001/000000010000000000002711.18a4b3c2d1e0f9a8.tmp")
	others := []string{
		b.file("first", "letters/draft.tmp"), b.file("first", "8/wal/00000001/000000010000000000002711.18a4b3c2d1e0f9a8.tmp"),
		b.file("first", logOf(system)+"notes.tmp"),
	}
	for _, path := range append([]string{left}, others...) {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600), os.Chtimes(path, long, long)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.tidy(t.Context(), b.first, system); err != nil {
		t.Fatal(err)
	}
	for _, path := range others {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a writer left that was killed is still there: %v", err)
	}
}

// The URL of a place stands in archive_command, which every user of the machine can read in the list of processes.
func TestKeysOfAPlaceDoNotStandInItsURL(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"s3://AKIAEXAMPLE:canary@bucket?region=x", "s3://bucket?region=x&endpoint=https://AKIAEXAMPLE:canary@s3.example"} {
		faults := errors.Join(Config{Place: at}.Check()...)
		if faults == nil || !strings.Contains(faults.Error(), "AWS_SECRET_ACCESS_KEY") || strings.Contains(faults.Error(), "canary") {
			t.Errorf("%s: %v", at, faults)
		}
	}
	if faults := (Config{Place: "s3://bucket?region=x&endpoint=https://s3.example&use_path_style=true"}).Check(); len(faults) > 0 {
		t.Error(faults)
	}
}
