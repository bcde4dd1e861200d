package blobs_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lyceum/domain"
	"lyceum/gateways/blobs"
)

func open(t *testing.T, at string) *blobs.Store {
	t.Helper()
	s, err := blobs.Open(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestAFileComesBackWholeAndFromTheMiddle(t *testing.T) {
	t.Parallel()
	folder, err := blobs.FolderURL(filepath.Join(t.TempDir(), "a folder", "files"))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{folder, "mem://"} {
		s := open(t, at)
		if has, err := s.Has(t.Context(), sumOf("hello"), 5); has || err != nil {
			t.Fatalf("%s: %v, %v before it is kept", at, has, err)
		}
		for range 2 {
			if err := s.Put(t.Context(), sumOf("hello"), "text/plain", strings.NewReader("hello")); err != nil {
				t.Fatal(err)
			}
		}
		if has, err := s.Has(t.Context(), sumOf("hello"), 5); !has || err != nil {
			t.Errorf("%s: %v, %v", at, has, err)
		}
		if has, _ := s.Has(t.Context(), sumOf("hello"), 6); has {
			t.Errorf("%s: half a file is taken for a whole one", at)
		}
		f, err := s.Get(t.Context(), sumOf("hello"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Seek(2, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil || string(text) != "llo" {
			t.Errorf("%s: %q, %v", at, text, err)
		}
		_ = f.Close()
	}
}

func TestWhatDoesNotHaveItsSumLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, err := blobs.FolderURL(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, folder)
	if err := s.Put(t.Context(), sumOf("hello"), "", strings.NewReader("other")); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("it was kept: %v", err)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAFileIsNamedByItsSumAndByNothingElse(t *testing.T) {
	t.Parallel()
	s := open(t, "mem://")
	for _, name := range []string{"", "../../etc/passwd", strings.ToUpper(sumOf("x")), sumOf("x")[1:], sumOf("x") + "/"} {
		if _, err := s.Get(t.Context(), name); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := s.Get(t.Context(), sumOf("x")); domain.CodeOf(err) != domain.CodeNotFound {
		t.Error(err)
	}
}

func TestAStoreIsAFolderOrMemory(t *testing.T) {
	t.Parallel()
	for at, ok := range map[string]bool{"file:///tmp/x": true, "mem://": true, "s3://bucket": false, "here": false, "file://": false, "%": false} {
		if err := blobs.Check(at); (err == nil) != ok {
			t.Errorf("%s: %v", at, err)
		}
	}
}

func TestOnlyItsOwnerMayReadTheFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "files")
	folder, err := blobs.FolderURL(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := open(t, folder).Put(t.Context(), sumOf("x"), "", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
}
