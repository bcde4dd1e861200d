//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// shipped is what `make build` makes, made once.
var shipped = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lyceum-shipped")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "lyceum")
	out, err := exec.Command("make", "-C", "..", "build", "BIN="+path, "RELEASE=v1.2.3-test").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := shipped(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

func shippedProgram(t *testing.T) string {
	t.Helper()
	path, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a command to its end and returns what it printed; a test fails with it.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestTheShippedProgramSaysWhatItIsAndNeedsNoLibrary(t *testing.T) {
	t.Parallel()
	program := shippedProgram(t)
	said := run(t, program, "version")
	if !regexp.MustCompile(`^lyceum v1\.2\.3-test\ncommit [0-9a-f]{40}(\+changes)?\ngo1\.\d+(\.\d+)?\nlinux/\w+\n$`).MatchString(said) {
		t.Errorf("it says %q", said)
	}
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	libraries, err := f.ImportedLibraries()
	if err != nil || len(libraries) > 0 {
		t.Errorf("it needs %v, %v", libraries, err)
	}
	if slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		t.Error("it needs a loader")
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]string{}
	for _, s := range info.Settings {
		has[s.Key] = s.Value
	}
	if has["CGO_ENABLED"] != "0" || has["-trimpath"] != "true" {
		t.Errorf("it was built with %v", has)
	}
	// Authorities for a machine that has none, as an empty root.
	if !slices.ContainsFunc(info.Deps, func(m *debug.Module) bool { return m.Path == "golang.org/x/crypto/x509roots/fallback" }) {
		t.Error("it has no authorities of its own")
	}
	here, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(program); err != nil || bytes.Contains(text, []byte(here+"/")) {
		t.Errorf("it has this machine's paths in it, or cannot be read: %v", err)
	}
}

// copyOfTheSource is the files of the repository in another folder.
func copyOfTheSource(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	listed := run(t, "git", "-C", "..", "ls-files", "-co", "--exclude-standard")
	for name := range strings.Lines(listed) {
		name = strings.TrimSpace(name)
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			continue // it was removed, and that is not committed yet
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTheSameSourceMakesTheSameProgramToTheByte(t *testing.T) {
	t.Parallel()
	var sums []string
	for _, source := range []string{copyOfTheSource(t), copyOfTheSource(t)} {
		program := filepath.Join(t.TempDir(), "lyceum")
		run(t, "make", "-C", source, "build", "BIN="+program, "RELEASE=v1.2.3", "REVISION=an-archive")
		text, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, fmt.Sprintf("%x", sha256.Sum256(text)))
		if said := run(t, program, "version"); !strings.HasPrefix(said, "lyceum v1.2.3\ncommit an-archive\n") {
			t.Errorf("an archive's program says %q", said)
		}
	}
	if sums[0] != sums[1] {
		t.Errorf("two folders make two programs: %v", sums)
	}
}

func TestTheImageHoldsTheProgramAndNothingElse(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("buildah"); err != nil {
		t.Fatal("no buildah was found; install it (apt-get install buildah)")
	}
	program, dir := shippedProgram(t), t.TempDir()
	// One shell holds the namespace in which the image's files can be seen; nothing of this machine's own store is touched.
	script := `set -e
b() { buildah --storage-driver vfs --root "$1/store" --runroot "$1/run" "${@:2}"; }
b "$1" build --isolation chroot --quiet --file ../deploy/Containerfile --tag lyceum:test "$2" >/dev/null
c=$(b "$1" from lyceum:test); m=$(b "$1" mount "$c")
(cd "$m" && find . ! -type d | sort)
echo --; cmp "$m/lyceum" "$2/lyceum" && chroot "$m" /lyceum version | head -1
echo --; b "$1" inspect --type image --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Env}}' lyceum:test
b "$1" rm --all >/dev/null; b "$1" rmi --all --force >/dev/null`
	parts := strings.Split(run(t, "bash", "-c", script, "bash", dir, filepath.Dir(program)), "--\n")
	if len(parts) != 3 {
		t.Fatalf("%q", parts)
	}
	if parts[0] != "./lyceum\n" {
		t.Errorf("it holds %q", parts[0])
	}
	if parts[1] != "lyceum v1.2.3-test\n" {
		t.Errorf("its program says %q", parts[1])
	}
	if !strings.HasPrefix(parts[2], "65532:65532 [/lyceum] ") || !strings.Contains(parts[2], "LYCEUM_ENV=production") {
		t.Errorf("it runs as %q", parts[2])
	}
}

// mostExposure is what `systemd-analyze security` may give the service, of 10; the page of one machine says so.
const mostExposure = 1.5

func TestTheServiceIsUnderstoodBySystemdAndConfined(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../deploy/systemd/lyceum.service")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Fatal("no systemd-analyze was found; install it (apt-get install systemd)")
	}
	for _, addition := range []string{"", "ports.conf", "backup.conf"} {
		name := "alone"
		dir := t.TempDir()
		unit := filepath.Join(dir, "lyceum.service")
		if err := os.WriteFile(unit, bytes.ReplaceAll(text, []byte("/usr/local/bin/lyceum"), []byte(shippedProgram(t))), 0o600); err != nil {
			t.Fatal(err)
		}
		if addition != "" {
			name = "with " + addition
			text, err := os.ReadFile(filepath.Join("../deploy/systemd", addition))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(unit+".d", 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(unit+".d", addition), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if said := run(t, "systemd-analyze", "verify", "--man=no", unit); said != "" {
			t.Errorf("%s: systemd does not understand all of it: %s", name, said)
		}
		said := run(t, "systemd-analyze", "security", "--offline=true", "--no-pager", unit)
		level := regexp.MustCompile(`Overall exposure level for lyceum\.service: ([\d.]+)`).FindStringSubmatch(said)
		if level == nil {
			t.Fatalf("no level is said: %s", said)
		}
		t.Logf("%s: exposure %s", name, level[1])
		if n, err := strconv.ParseFloat(level[1], 64); err != nil || addition != "ports.conf" && n > mostExposure || n > mostExposure+0.5 {
			t.Errorf("%s: its exposure is %s, %v", name, level[1], err)
		}
	}
}

// The service writes to its own folder and to what backup.conf names: each folder in which a page or an example puts backups is below that.
func TestTheServiceMayWriteWhereThePagesPutBackups(t *testing.T) {
	t.Parallel()
	addition, err := os.ReadFile("../deploy/systemd/backup.conf")
	if err != nil {
		t.Fatal(err)
	}
	writable := regexp.MustCompile(`(?m)^ReadWritePaths=(/\S+)$`).FindSubmatch(addition)
	mounted := regexp.MustCompile(`(?m)^RequiresMountsFor=(/\S+)$`).FindSubmatch(addition)
	if writable == nil || mounted == nil || !bytes.Equal(writable[1], mounted[1]) {
		t.Fatalf("it names %q and %q", writable, mounted)
	}
	settings, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../deploy/one-machine/lyceum.env")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`(?m)^#?(LYCEUM_\w+=)`).FindAllSubmatch(example, -1) {
		if !bytes.Contains(settings, name[1]) {
			t.Errorf("the example of one machine has %s, which is no setting", name[1])
		}
	}
	place := regexp.MustCompile(`LYCEUM_BACKUP(?:_SECOND)?=file://(/\S+)`)
	for _, page := range []string{"docs/operations.md", "deploy/one-machine/lyceum.env", ".env.example", "deploy/systemd/backup.conf"} {
		text, err := os.ReadFile(filepath.Join("..", page))
		if err != nil {
			t.Fatal(err)
		}
		places := place.FindAllSubmatch(text, -1)
		if len(places) == 0 {
			t.Errorf("%s names no folder for backups", page)
		}
		for _, found := range places {
			if !bytes.HasPrefix(found[1], append(bytes.Clone(writable[1]), '/')) {
				t.Errorf("%s: backups in %s, which backup.conf does not open", page, found[1])
			}
		}
	}
}

func TestTheBillOfMaterialsNamesEveryModuleOfTheProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := filepath.Join(dir, "lyceum")
	run(t, "make", "-C", "..", "sbom", "BIN="+program, "RELEASE=v1.2.3-test")
	text, err := os.ReadFile(program + ".cdx.json")
	if err != nil {
		t.Fatal(err)
	}
	var bill struct {
		BOMFormat  string `json:"bomFormat"`
		Components []struct {
			Name    string `json:"name"`
			Version string `json:"version"`
			Hashes  []any  `json:"hashes"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &bill); err != nil || bill.BOMFormat != "CycloneDX" {
		t.Fatalf("%v: %.300s", err, text)
	}
	named := map[string]string{}
	for _, c := range bill.Components {
		named[c.Name] = c.Version
		if len(c.Hashes) == 0 && c.Name != "std" {
			t.Errorf("%s has no sum", c.Name)
		}
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range info.Deps {
		if named[m.Path] != m.Version {
			t.Errorf("%s %s is in the program; the bill has %q", m.Path, m.Version, named[m.Path])
		}
	}
	if named["std"] == "" {
		t.Error("the bill does not name Go's own library")
	}
}

// Whoever installs what a page or a script says gets what was tried: each tool has an exact version, and the image has no base.
func TestEveryToolAndImageIsPinned(t *testing.T) {
	t.Parallel()
	tool := regexp.MustCompile(`go (?:install|run) [\w.-]+\.\w+/\S+`)
	exact := regexp.MustCompile(`@v\d+\.\d+\.\d+$`)
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == "node_modules" || name == "bin" || strings.HasPrefix(name, ".") && name != ".ci" && name != ".."):
			return fs.SkipDir
		case name != "Makefile" && name != "run" && name != "Containerfile" && filepath.Ext(name) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		for _, found := range tool.FindAllString(string(text), -1) {
			seen++
			if found = strings.TrimRight(found, "`'\");,."); !exact.MatchString(found) {
				t.Errorf("%s: %q names no exact version", path, found)
			}
		}
		for line := range strings.Lines(string(text)) {
			if name == "Containerfile" && strings.HasPrefix(line, "FROM ") && line != "FROM scratch\n" && !strings.Contains(line, "@sha256:") {
				t.Errorf("%s: %q names no digest", path, line)
			}
		}
		return err
	})
	if err != nil || seen == 0 {
		t.Errorf("%d tools, %v", seen, err)
	}
}
