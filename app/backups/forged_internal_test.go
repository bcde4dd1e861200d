package backups

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lyceum/db/backup"
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

// withStores gives a school a file and an archived month, and keeps both.
func withStores(t *testing.T, b *Backups, system string) (object, month string) {
	t.Helper()
	b.config.Blobs, b.config.Archives = "file://"+b.file("files", ""), "file://"+b.file("archives", "")
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte("film")))
	for path, text := range map[string]string{b.file("files", sum[:2]+"/"+sum): "film", b.file("archives", "log/2025-01.parquet"): "month"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Follow(t.Context(), system); err != nil {
		t.Fatal(err)
	}
	return fileObject(system, sum), archivesOf(system) + "log/2025-01.parquet"
}

func TestWhatIsDamagedInThePlaceAndNotInTheSchoolIsWrittenAnew(t *testing.T) {
	t.Parallel()
	b, system := place(t, time.Now(), 7, 0, 0)
	object, month := withStores(t, b, system)
	for _, name := range []string{object, month} {
		spoil(t, b.file("first", name))
	}
	sum := object[strings.LastIndexByte(object, '/')+1:]
	if err := errors.Join(b.repairFiles(t.Context(), system, []string{sum}), b.repairArchives(t.Context(), system)); err != nil {
		t.Error(err)
	}
	for _, name := range []string{object, month} {
		if _, err := b.sum(t.Context(), b.first, name); err != nil {
			t.Error(err)
		}
	}
	// What the school has not cannot be: it is named.
	path := b.file("first", archivesOf(system)+"log/2019-01.parquet")
	if err := os.WriteFile(path, []byte("forged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.repairArchives(t.Context(), system); !errors.Is(err, blobs.ErrDamaged) || !strings.Contains(err.Error(), "log/2019-01.parquet") {
		t.Error(err)
	}
}

// A place is written to by somebody without the keys, or its disk fails: the school comes back with all that is whole somewhere.
func TestADamagedFileStopsNoRestore(t *testing.T) {
	t.Parallel()
	b, system := place(t, time.Now(), 7, 0, 0)
	object, month := withStores(t, b, system)
	spoil(t, b.file("first", object)) // the second place has it
	forged := fileObject(system, strings.Repeat("ab", sha256.Size))
	for _, path := range []string{b.file("first", forged), b.file("first", archivesOf(system)+"log/2019-01.parquet")} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("forged"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"files", "archives"} {
		if err := os.RemoveAll(b.file(folder, "")); err != nil {
			t.Fatal(err)
		}
	}
	c, r := chosen{place: b.first, m: &Manifest{Taken: backup.Taken{System: system}}}, &Restored{}
	if err := errors.Join(b.restoreFiles(t.Context(), c, r), b.restoreArchives(t.Context(), c, r)); err != nil {
		t.Fatal(err)
	}
	if want := []string{forged, archivesOf(system) + "log/2019-01.parquet"}; r.Files != 1 || !slices.Equal(r.Damaged, want) {
		t.Errorf("%d files came back, and %q did not", r.Files, r.Damaged)
	}
	sum := object[strings.LastIndexByte(object, '/')+1:]
	for path, want := range map[string]string{
		b.file("files", sum[:2]+"/"+sum): "film", b.file("archives", strings.TrimPrefix(month, archivesOf(system))): "month",
	} {
		if text, err := os.ReadFile(path); string(text) != want {
			t.Error(string(text), err)
		}
	}
	if _, err := os.Stat(b.file("archives", "log/2019-01.parquet")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the forged month is there: %v", err)
	}
}
