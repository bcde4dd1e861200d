package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// BinariesVariable overrides where the server's programs are looked for: the folder that holds `postgres`.
const BinariesVariable = "LYCEUM_POSTGRES_BIN"

// ErrNoBinaries means that no PostgreSQL is installed and none could be downloaded.
var ErrNoBinaries = errors.New("no PostgreSQL programs were found")

// Binaries is a folder with initdb and postgres, and their true version.
type Binaries struct {
	Dir   string
	Major int
}

// FindBinaries looks at the override variable, pg_config, Debian's folders (newest first) and PATH, in this order, and
// downloads into cache if it finds none. Errors: ErrNoBinaries.
func FindBinaries(ctx context.Context, cache string) (Binaries, error) {
	if dir := os.Getenv(BinariesVariable); dir != "" {
		b, err := inspect(ctx, dir)
		if err != nil {
			return b, fmt.Errorf("%w: %s names %s: %w", ErrNoBinaries, BinariesVariable, dir, err)
		}
		return b, nil
	}
	for _, dir := range candidates(ctx) {
		if b, err := inspect(ctx, dir); err == nil {
			return b, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return Binaries{}, err // the programs may be there: they were not let run
	}
	return download(ctx, cache)
}

func candidates(ctx context.Context) []string {
	var dirs []string
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(debian, func(a, b string) int { return majorIn(b) - majorIn(a) })
	dirs = append(dirs, debian...)
	if found, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(found); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	return dirs
}

func majorIn(dir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
	return n
}

var versionForm = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

func inspect(ctx context.Context, dir string) (Binaries, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil { //nolint:gosec // the operator's own folder
		return Binaries{}, err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output() //nolint:gosec // the operator's own folder
	if err != nil {
		return Binaries{}, err
	}
	m := versionForm.FindSubmatch(out)
	if m == nil {
		return Binaries{}, fmt.Errorf("cannot read a version from %q", out)
	}
	major, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return Binaries{}, err
	}
	return Binaries{Dir: dir, Major: major}, nil
}
