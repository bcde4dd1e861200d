//go:build linux

package embedded_test

import (
	"archive/zip"
	"encoding/base64"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"lyceum/db/embedded"
)

func TestAnOverrideThatNamesNoProgramsIsRefused(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	o := run(t, part{Dir: filepath.Join(t.TempDir(), "postgres")}, nil, embedded.BinariesVariable+"="+empty)
	if o.Kind != "ErrNoBinaries" {
		t.Errorf("got %+v", o.report)
	}
	oneSentence(t, o.Error, embedded.BinariesVariable, empty)
}

// bare is a machine without PostgreSQL: nothing on PATH, and an empty disk over Debian's folder.
func bare(p part) part {
	if _, err := os.Stat("/usr/lib/postgresql"); err == nil {
		p.Disks = map[string]string{"/usr/lib/postgresql": "size=1m"}
	}
	return p
}

func TestAMachineWithoutProgramsAndMirrorIsToldTheAlternatives(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	dir := t.TempDir()
	o := run(t, bare(part{Dir: filepath.Join(dir, "postgres"), Cache: filepath.Join(dir, "cache")}), ownMounts(),
		"PATH=", "TMPDIR="+t.TempDir(), embedded.MirrorVariable+"=http://"+closed)
	if o.Kind != "ErrNoBinaries" {
		t.Errorf("got %+v", o.report)
	}
	oneSentence(t, o.Error, closed, "apt-get install postgresql", "brew install postgresql", "npm", embedded.BinariesVariable, "DATABASE_URL")
}

// txz holds bin/initdb, bin/pg_ctl and bin/postgres: shell scripts of which the last says "postgres (PostgreSQL) 18.3" and
// the others fail (tar | xz --check=crc32 | base64). Real ones are 60 MB.
const txz = "/Td6WFoAAAFpIt42AgAhARwAAAAQz1jM4Cf/ALFdADEaShsO1TDyWxuE7yh9tnRTrysNXAd5TfTfWvjsHERq825A+Eic/yS10blNMSEIwncJCyfsVnePZYOz" +
	"jRZMjLXm0p5DOXvHGML6UtBkdk3lHg2DGDZ76kldzE8m1ryUC/88Wak6ubIpXuYxiGErdpc3FZJW9KLUK0gCfgc1HSyq1Ltq6vhI47BxYdxbDFH7Donuj9To" +
	"cNMhTPvpJcsQW4kICWUD2D6Mqk/P3PdBb0jJ5QAAAABRKsubAAHJAYBQAACaKjdJPjANiwIAAAAAAVla"

func TestProgramsAreDownloadedOnceByAllWhoStart(t *testing.T) {
	t.Parallel()
	mirror, downloads := startMirror(t)
	// The library that downloads wants PostgreSQL's own port to be free; somebody's server on it must not matter.
	if l, err := net.Listen("tcp", "localhost:5432"); err == nil {
		defer l.Close()
	}
	cache := filepath.Join(t.TempDir(), "cache")
	if err := os.MkdirAll(filepath.Join(cache, "postgres", "bin"), 0o755); err != nil { // of a download that was cut off
		t.Fatal(err)
	}
	t.Run("at the same time", func(t *testing.T) {
		for range 2 {
			t.Run("a program", func(t *testing.T) {
				t.Parallel()
				o := run(t, bare(part{FindOnly: true, Cache: cache}), ownMounts(), "PATH=", "TMPDIR="+t.TempDir(), embedded.MirrorVariable+"="+mirror)
				if o.Error != "" || o.Binaries.Major != 18 || o.Binaries.Dir != filepath.Join(cache, "postgres", "bin") {
					t.Errorf("got %+v", o.report)
				}
			})
		}
	})
	if n := downloads.Load(); n != 1 {
		t.Errorf("%d downloads", n)
	}
	if exists(cache, "unpack") {
		t.Error("scratch is left")
	}
}

func TestProgramsForAnotherUserAreDownloadedWhereThatOneGets(t *testing.T) {
	t.Parallel()
	mirror, _ := startMirror(t)
	p := bare(part{Dir: t.TempDir(), Cache: filepath.Join(t.TempDir(), "below root's home"), NoNamespace: true})
	if p.Disks == nil {
		p.Disks = map[string]string{}
	}
	p.Disks["/var/cache"] = "size=1m,mode=755"
	attr := &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	asRootOf(attr, 1)
	o := run(t, p, attr, "PATH=", "TMPDIR="+t.TempDir(), embedded.MirrorVariable+"="+mirror)
	if o.Kind != "" || !exists(o.sees("/var/cache/lyceum/postgres/bin"), "postgres") || exists(p.Cache, "postgres") {
		t.Errorf("got %+v", o.report)
	}
}

// startMirror serves programs and counts how often.
func startMirror(t *testing.T) (url string, downloads *atomic.Int32) {
	t.Helper()
	archive, err := base64.StdEncoding.DecodeString(txz)
	if err != nil {
		t.Fatal(err)
	}
	downloads = new(atomic.Int32)
	mirror := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".jar") {
			http.NotFound(w, r)
			return
		}
		downloads.Add(1)
		jar := zip.NewWriter(w)
		if f, err := jar.Create("postgres.txz"); err == nil {
			_, _ = f.Write(archive)
		}
		_ = jar.Close()
	}))
	t.Cleanup(mirror.Close)
	return mirror.URL, downloads
}
