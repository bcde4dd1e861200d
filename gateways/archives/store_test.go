package archives_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/gateways/archives"
)

var columns = []operations.LogColumn{
	{Name: "id", Type: "bigint"},
	{Name: "created_at", Type: "timestamp with time zone"},
	{Name: "email", Type: "citext"},
	{Name: "salt", Type: "bytea"},
	{Name: "details", Type: "jsonb"},
	{Name: "flag", Type: "boolean"},
}

func rows() []json.RawMessage {
	return []json.RawMessage{
		json.RawMessage(`{"id": 9007199254740993, "created_at": "2025-01-31T23:59:59.999999+00:00", "email": "ä\"\u2028<b>", "salt": "\\x00ff", "details": {"a": [1, null]}, "flag": true}`),
		json.RawMessage(`{"id": -1, "created_at": "2025-01-01T00:00:00+00:00", "email": null, "salt": null, "details": null, "flag": null}`),
		json.RawMessage(`{"id": 2, "created_at": "2025-01-01T01:00:00.5+01:00", "email": "", "salt": "\\x", "details": "text", "flag": false}`),
	}
}

func open(t *testing.T) (*archives.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "archives")
	at, err := archives.FolderURL(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := archives.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

func pages(all ...[]json.RawMessage) func() ([]json.RawMessage, error) {
	return func() ([]json.RawMessage, error) {
		if len(all) == 0 {
			return nil, nil
		}
		page := all[0]
		all = all[1:]
		return page, nil
	}
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	written, err := s.Write(t.Context(), "log/2025-01.parquet", columns, pages(rows()[:2], rows()[2:]))
	if err != nil || written.Rows != 3 || written.Bytes == 0 {
		t.Fatalf("%+v, %v", written, err)
	}
	var back []map[string]any
	read, err := s.Read(t.Context(), "log/2025-01.parquet", written.SHA256, func(page []json.RawMessage) error {
		for _, o := range page {
			var row map[string]any
			if err := json.Unmarshal(o, &row); err != nil {
				return err
			}
			back = append(back, row)
		}
		return nil
	})
	if err != nil || !reflect.DeepEqual(read, written) {
		t.Fatalf("%+v, not %+v, %v", read, written, err)
	}
	for i, o := range rows() {
		var want map[string]any
		if err := json.Unmarshal(o, &want); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			want["created_at"] = "2025-01-01T00:00:00.5+00:00" // the same moment
		}
		if !reflect.DeepEqual(back[i], want) {
			t.Errorf("%v, not %v", back[i], want)
		}
	}
}

func TestAFileThatWasBegunIsNotLeftBehind(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	broken := errors.New("the connection was lost")
	n := 0
	_, err := s.Write(t.Context(), "log/2025-01.parquet", columns, func() ([]json.RawMessage, error) {
		if n++; n > 1 {
			return nil, broken
		}
		return rows(), nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, _ error) error {
		if !d.IsDir() {
			t.Errorf("%s was left behind", path)
		}
		return nil
	})
	for _, bad := range []string{`{"id": 1}`, `{"id": 1, "created_at": "2025-01-01T00:00:00+00:00", "email": null, "salt": null, "details": null, "more": 1}`, `[]`} {
		if _, err := s.Write(t.Context(), "log/x.parquet", columns, pages([]json.RawMessage{json.RawMessage(bad)})); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestADamagedFileIsToldAndEndsNothing(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	name := "log/2025-01.parquet"
	written, err := s.Write(t.Context(), name, columns, pages(rows()))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "log", "2025-01.parquet")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 13 {
		damaged := append([]byte{}, whole...)
		damaged[at] ^= 0x40
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		read, err := s.Read(t.Context(), name, nil, func([]json.RawMessage) error { return nil })
		if err == nil && reflect.DeepEqual(read.SHA256, written.SHA256) {
			t.Errorf("byte %d was flipped, and nothing is said", at)
		}
		if _, err := s.Read(t.Context(), name, written.SHA256, nil); err == nil || !strings.Contains(err.Error(), "is not the file that was written") {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context(), name, nil, nil); err == nil {
		t.Error("half a file was read")
	}
	if _, err := s.Read(t.Context(), "log/none.parquet", nil, nil); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("%v", err)
	}
}

// Backups keep every file that is handed over: what a killed writer left is none.
func TestWhatAWriterLeftIsNoFileAndGoesWithTime(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if _, err := s.Write(t.Context(), "log/2025-01.parquet", columns, pages(rows())); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, "log", "2025-02.parquet.18a0.tmp")
	if err := os.WriteFile(left, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	each := func() (names []string) {
		if err := s.Each(t.Context(), func(name string) error { names = append(names, name); return nil }); err != nil {
			t.Fatal(err)
		}
		return names
	}
	if names := each(); len(names) != 1 || names[0] != "log/2025-01.parquet" {
		t.Errorf("%v", names)
	}
	for _, hours := range []int{1, 25} {
		stays := hours < 24
		if err := os.Chtimes(left, time.Time{}, time.Now().Add(-time.Duration(hours)*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.Sweep(t.Context(), time.Now().Add(-24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(left); (err == nil) != stays {
			t.Errorf("after %d hours: %v", hours, err)
		}
	}
	if len(each()) != 1 {
		t.Errorf("%v", each())
	}
	if _, err := s.Open(t.Context(), "log/2025-02.parquet"); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("a file that was deleted meanwhile: %v", err)
	}
}

func TestAStoreThatForgetsReadsBackToo(t *testing.T) {
	t.Parallel()
	s, err := archives.Open(t.Context(), "mem://")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	written, err := s.Write(t.Context(), "log/2025-01.parquet", columns, pages(rows()))
	if err != nil {
		t.Fatal(err)
	}
	if read, err := s.Read(t.Context(), "log/2025-01.parquet", written.SHA256, nil); err != nil || !reflect.DeepEqual(read, written) {
		t.Errorf("%+v, %v", read, err)
	}
}

// breaks is a file that cannot be read to its end.
type breaks struct{ io.Reader }

func (b breaks) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("the place is gone")
	}
	return n, err
}

func TestAFileThatIsReadInPartIsNotKept(t *testing.T) {
	t.Parallel()
	at, err := archives.FolderURL(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := archives.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const name = "login_attempts/2025-01.parquet"
	if err := s.Put(t.Context(), name, breaks{strings.NewReader("the first half")}); err == nil {
		t.Error("it is said to be kept")
	}
	if has, err := s.Has(t.Context(), name); has || err != nil {
		t.Errorf("half a file is taken for an archive: %v", err)
	}
	if err := s.Put(t.Context(), name, strings.NewReader("all of it")); err != nil {
		t.Fatal(err)
	}
	if has, err := s.Has(t.Context(), name); !has || err != nil {
		t.Error("a whole file is not kept", err)
	}
}
