package courses_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"lyceum/gateways/courses"
)

// onDisk is a folder of this machine as the command opens it.
func onDisk(t *testing.T, dir string) fs.FS {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return courses.Within(root)
}

func TestWhatIsNoOrdinaryFileIsLeftOutAndSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(at("a.md"), []byte("# A\n\n![](pipe.png) ![](to-pipe.png) ![](loop.png) ![](good.png) ![](to-zero.png)"), 0o600))
	must(os.WriteFile(at("real.png"), []byte(png), 0o600))
	must(os.Mkdir(at("folder"), 0o700))
	for _, pipe := range []string{"pipe.png", "pipe.md", "pipe.ipynb"} {
		must(syscall.Mkfifo(at(pipe), 0o600))
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", at("s.md"))
	must(err)
	t.Cleanup(func() { _ = listener.Close() })
	for name, target := range map[string]string{
		"to-pipe.png": "pipe.png", "to-pipe.md": "pipe.md", "loop.png": "loop2.png", "loop2.png": "loop.png", "to-zero.png": "/dev/zero", "zero.md": "/dev/zero", "good.png": "real.png",
		"nothing.png": "gone.png", "up": "..", "to-folder": "folder", "self": ".",
	} {
		must(os.Symlink(target, at(name)))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it waited for ever
	defer cancel()
	s, err := courses.Read(ctx, onDisk(t, dir), courses.Options{Language: "en"})
	must(err)
	if len(s.Documents) != 1 || len(s.Files) != 1 || s.Files["good.png"].Bytes != int64(len(png)) {
		t.Errorf("%d documents, %v", len(s.Documents), s.Files)
	}
	for path, words := range map[string]string{
		"pipe.png": "named pipe", "pipe.md": "named pipe", "pipe.ipynb": "named pipe", "s.md": "socket", "to-pipe.png": "named pipe", "to-pipe.md": "symbolic link", "loop.png": "cannot be followed",
		"to-zero.png": "cannot be followed", "zero.md": "symbolic link", "nothing.png": "link to nothing", "up": "cannot be followed", "to-folder": "is a folder", "self": "is a folder",
	} {
		if !said(s.Notes, path, words) {
			t.Errorf("%s: %q is not said: %v", path, words, s.Notes)
		}
	}
	for _, words := range []string{"pipe.png is a named pipe", "to-pipe.png is a symbolic link", "loop.png is a symbolic link", "to-zero.png is a symbolic link"} {
		if !said(s.Dead, "a.md", words) || said(s.Faults, "a.md", words) { // the document itself was read
			t.Errorf("%q is not said of the document: %v", words, s.Dead)
		}
	}
}

// A file can become a pipe after the folder was listed.
func TestAFileThatBecameAPipeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "a.md"), 0o600); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		f, err := onDisk(t, dir).Open("a.md")
		if err == nil {
			err = f.Close()
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("it waits for somebody to write")
	}
}

// hanging is a file system that does not answer when a file of it is opened.
type hanging struct {
	fstest.MapFS
	asked chan string
}

func (h hanging) Open(name string) (fs.File, error) {
	if strings.Contains(name, "hangs") {
		h.asked <- name
		select {}
	}
	return h.MapFS.Open(name)
}

func TestReadingEndsWhenItIsToldToThoughTheFileSystemDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"document": "# A\n\n[b](hangs.md)", "file": "![](hangs.png)"} {
		all := folder(map[string]string{"a.md": text})
		if name == "document" {
			all["hangs.md"] = &fstest.MapFile{Data: []byte("# B")}
		} else {
			all["hangs.png"] = &fstest.MapFile{Data: []byte(png)}
		}
		h := hanging{all, make(chan string, 1)}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := courses.Read(ctx, h, courses.Options{Language: "en"})
			ended <- err
		}()
		<-h.asked
		cancel()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: it did not end", name)
		}
	}
}

func TestADocumentThatTakesLongEndsWithTheReading(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	began := time.Now()
	watch := func(done, _ int) {
		if done == 1 {
			cancel() // the second document is being read, or about to be
		}
	}
	_, err := courses.Read(ctx, folder(map[string]string{"a.md": "# A", "b.md": strings.Repeat("[a](", 100_000)}), courses.Options{Language: "en", Watch: watch})
	if took := time.Since(began); !errors.Is(err, context.Canceled) || took > 8*time.Second { // it would be given up after ten
		t.Errorf("%v after %s", err, took)
	}
}

func TestNoFolderIsTooStrange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	long := strings.Repeat("n", 252) + ".md"
	deep := strings.Repeat("d/", 200)
	if err := os.MkdirAll(filepath.Join(dir, deep), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		long: "# Long", "bad\xff.md": "# Bad", "new\nline.md": "# Line", deep + "x.md": "# Deep", "nul.md": "a\x00b", "bad-text.md": "a\xffb", "a.md": "[x](bad%FF.md) [y](new%0Aline.md) [z](" + deep + "x.md)",
		"bomb.md":    "---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\ntitle: *b\n---\n# Bomb",
		"deep.md":    strings.Repeat("1. ", 100_000) + "a",
		"deep.ipynb": `{"cells": ` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}",
		"refs.md":    "[a]: " + strings.Repeat("x", 300_000) + "\n\n" + strings.Repeat("[a] ", 100_000),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := read(t, onDisk(t, dir))
	var read []string
	for _, d := range s.Documents {
		read = append(read, d.Path)
	}
	if len(read) != 6 || find(t, s, long).Title != "Long" || find(t, s, "new\nline.md").Title != "Line" || find(t, s, deep+"x.md").Title != "Deep" {
		t.Errorf("%q", read)
	}
	for path, words := range map[string]string{
		"bad\xff.md": "cannot be opened", "nul.md": "NUL", "bad-text.md": "UTF-8", "deep.md": "nested too deeply", "deep.ipynb": "no notebook",
	} {
		if !said(s.Faults, path, words) {
			t.Errorf("%q: %q is not said: %v", path, words, s.Faults)
		}
	}
	if !said(s.Closed, "bomb.md", "aliases") || !find(t, s, "bomb.md").Closed {
		t.Errorf("front matter that cannot be read does not close its document: %v", s.Closed)
	}
	if refs := find(t, s, "refs.md").Refs; len(refs) != 0 {
		t.Errorf("%d references to a target of 300 KB", len(refs))
	}
}
