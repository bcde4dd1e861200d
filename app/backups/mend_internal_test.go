package backups

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lyceum/db/backup"
	"lyceum/gateways/blobs"
)

func (b *Backups) file(place, name string) string {
	return filepath.Join(b.config.Data, place, filepath.FromSlash(name))
}

// spoil turns a bit of an object of a place.
func spoil(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)-20] ^= 1
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNothingIsDeletedWhileAManifestDoesNotOpen(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b, system := place(t, now, 1, 0, 40, 30, 0)
	put(t, b, partOf(system, "0999", partCluster))
	if err := note(b.config.Data, "0999"); err != nil {
		t.Fatal(err)
	}
	spoil(t, b.file("first", partOf(system, "0970", partManifest)))
	before := [][]string{names(t, b.first, ""), names(t, b.second, "")}

	moved := b.config
	moved.Keys = filepath.Join(b.config.Data, "others.json")
	other, err := Open(t.Context(), moved, slog.New(slog.DiscardHandler), true)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for who, b := range map[string]*Backups{"one bit was turned": b, "the keyset is another one": other} {
		if err := b.tidy(t.Context(), b.first, system); err != nil {
			t.Error(who, err)
		}
		if err := b.forget(t.Context(), system, now); !errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), "0970") {
			t.Errorf("%s: %v", who, err)
		}
		if _, err := other.choose(t.Context(), system, Target{}); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "LYCEUM_KEYS") {
			t.Error(err)
		}
	}
	if after := [][]string{names(t, b.first, ""), names(t, b.second, "")}; !slices.EqualFunc(after, before, slices.Equal) {
		t.Error("something was deleted")
	}
	if l, err := b.List(t.Context(), system); err != nil || len(l.Whole) != 2 || !slices.Equal(l.Unreadable, []string{"0970"}) {
		t.Error(l, err)
	}
}

func TestAPlaceThatBreaksOffSaysNothingAboutABackup(t *testing.T) {
	t.Parallel()
	b, system := place(t, time.Now(), 1, 0, 0)
	manifest, err := os.ReadFile(b.file("first", partOf(system, "1000", partManifest)))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("list-type") {
			w.Header().Set("Content-Type", "application/xml")
			fmt.Fprintf(w, `<?xml version="1.0"?><ListBucketResult><CommonPrefixes><Prefix>%s1000/</Prefix></CommonPrefixes></ListBucketResult>`,
				backupsOf(system))
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(manifest)))
		_, _ = w.Write(manifest[:len(manifest)/2]) // and the connection ends
	}))
	defer server.Close()
	s3, err := blobs.OpenObjects(t.Context(), "s3://bucket?region=x&anonymous=true&use_path_style=true&endpoint="+server.URL, b.keys)
	if err != nil {
		t.Fatal(err)
	}
	defer s3.Close()
	if l, err := b.list(t.Context(), s3, system); err == nil || errors.Is(err, blobs.ErrDamaged) {
		t.Errorf("it is taken for a damaged one: %v, %v", l, err)
	}
}

func TestASecondPlaceKeepsWhatItHasAndIsMendedFromAGoodOne(t *testing.T) {
	t.Parallel()
	b, system := place(t, time.Now(), 7, 0, 1, 0)
	cut, mended := partOf(system, "0999", partCluster), partOf(system, "1000", partCluster)
	good, err := os.ReadFile(b.file("second", cut))
	if err != nil {
		t.Fatal(err)
	}
	for place, name := range map[string]string{"first": cut, "second": mended} {
		if err := os.Truncate(b.file(place, name), int64(len(good)-9)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.mirror(t.Context(), system); err == nil || !strings.Contains(err.Error(), "1 cannot be reconciled, the first is "+cut) {
		t.Error(err)
	}
	if now, err := os.ReadFile(b.file("second", cut)); err != nil || !slices.Equal(now, good) {
		t.Errorf("the good copy was written over: %v", err)
	}
	if _, err := b.sum(t.Context(), b.second, mended); err != nil {
		t.Errorf("the damaged copy was not mended: %v", err)
	}
}

func TestWhatIsUnfinishedInTheSecondPlaceGoesAfterADay(t *testing.T) {
	t.Parallel()
	b, system := place(t, time.Now(), 7, 0, 0)
	for id, age := range map[string]time.Duration{"0001": 25 * time.Hour, "0002": time.Hour} {
		name := partOf(system, id, partCluster)
		if err := b.second.Put(t.Context(), name, strings.NewReader("")); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(b.file("second", name), time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.tidy(t.Context(), b.second, system); err != nil {
		t.Fatal(err)
	}
	if l, err := b.list(t.Context(), b.second, system); err != nil || !slices.Equal(l.Unfinished, []string{"0002"}) || len(l.Whole) != 1 {
		t.Error(l, err)
	}
}

func TestAFolderThatWasThereOnceIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	b, _ := place(t, time.Now(), 7, 0)
	if err := os.RemoveAll(b.file("first", "")); err != nil { // its disk is not mounted
		t.Fatal(err)
	}
	for _, prepare := range []bool{false, true} {
		if _, err := Open(t.Context(), b.config, b.log, prepare); err == nil || !strings.Contains(err.Error(), "is its disk mounted?") {
			t.Error(err)
		}
	}
	if _, err := os.Stat(b.file("first", "")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it was made: %v", err)
	}
}

func TestAClusterThatWasMadeMeanwhileIsNotMovedAside(t *testing.T) {
	t.Parallel()
	b, _ := place(t, time.Now(), 7, 0)
	home, folder := b.file("postgres", ""), b.file("restoring", "")
	for path, text := range map[string]string{filepath.Join(home, "data", "PG_VERSION"): "15", filepath.Join(folder, "postgres", "x"): ""} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.moveIn(folder, home); !errors.Is(err, ErrHasCluster) {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(home, "data", "PG_VERSION")); string(text) != "15" {
		t.Error("it is gone: ", err)
	}
}

func TestARestoreThatReadLessThanWasThereIsRefused(t *testing.T) {
	t.Parallel()
	b, system := place(t, time.Now(), 7, 0, 0)
	for _, place := range b.places() {
		if err := place.Delete(t.Context(), logObject(system, "00000002.history")); err != nil {
			t.Fatal(err)
		}
	}
	c, err := b.choose(t.Context(), system, Target{})
	if err != nil || len(c.path.segments) != 3 || c.path.stored == 0 {
		t.Fatal(c, err)
	}
	log := b.file("postgres.log", "")
	for i, s := range c.path.segments {
		line := fmt.Sprintf("LOG:  restored log file %q from archive\n", s.Name(segment))
		if err := os.WriteFile(log, []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := c.reached(log); (err == nil) != (i == 2) {
			t.Errorf("after %d of 3: %v", i+1, err)
		}
	}
	c.m.Taken = backup.Taken{SegmentSize: segment}
	if err := roomFor(b.config.Data, c, 0); err != nil {
		t.Error(err)
	}
	c.path.stored = 1 << 50
	if err := roomFor(b.config.Data, c, spareDrill); err == nil || !strings.Contains(err.Error(), "MB free") {
		t.Errorf("the log does not count: %v", err)
	}
}
