package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// ErrVersion means that the data was made by another major version of PostgreSQL.
var ErrVersion = errors.New("the data folder belongs to another version of PostgreSQL")

const superuser = "postgres"

// cluster is a data folder: <dir>/data, the superuser's password and the port beside it.
type cluster struct {
	dir      string
	binaries Binaries
	uid, gid int // as root: whom PostgreSQL runs as; 0 means root in a user namespace
}

// Exists reports whether a folder holds a cluster. One that cannot be looked into is taken to hold one: whoever opens it
// hears why.
func Exists(dir string) bool {
	c := cluster{dir: dir}
	_, err := os.Stat(filepath.Join(c.data(), "PG_VERSION"))
	return !errors.Is(err, fs.ErrNotExist)
}

func (c *cluster) data() string         { return filepath.Join(c.dir, "data") }
func (c *cluster) passwordPath() string { return filepath.Join(c.dir, "postgres.password") }

// chooseUser tells whom PostgreSQL, which refuses root, runs as when this program is root: the owner of the data; else
// root in a user namespace; and where those are forbidden, as in many containers, nobody.
func (c *cluster) chooseUser() error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(c.data())
	if err == nil {
		owner := info.Sys().(*syscall.Stat_t) //nolint:forcetypeassert // every system that this builds on has it
		c.uid, c.gid = int(owner.Uid), int(owner.Gid)
	}
	if c.uid != 0 || namespaces() {
		return nil
	}
	if err == nil {
		return fmt.Errorf("%s belongs to root, but PostgreSQL refuses root and this system forbids user namespaces; run `chown -R %d:%d %s` once",
			c.data(), nobody, nobody, c.data())
	}
	c.uid, c.gid = nobody, nobody
	return nil
}

// FilesOwner is whom the files of a cluster must belong to that is not there yet; 0 stands for whoever writes them.
func FilesOwner() (uid, gid int) {
	if os.Geteuid() != 0 || namespaces() {
		return 0, 0
	}
	return nobody, nobody
}

// prepare makes the cluster if there is none. It is made aside and moved into place whole, so that a crash or a full
// disk leaves nothing half done. Errors: ErrVersion.
func (c *cluster) prepare(ctx context.Context, lock *os.File) error {
	version, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if err == nil {
		if major := strings.TrimSpace(string(version)); major != strconv.Itoa(c.binaries.Major) {
			return fmt.Errorf("%w: %s was made by PostgreSQL %s, but %s is PostgreSQL %d. "+
				"Set %s to programs of version %s, or migrate with pg_upgrade",
				ErrVersion, c.data(), major, c.binaries.Dir, c.binaries.Major, BinariesVariable, major)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the data folder cannot be read: %w", err)
	}
	if _, err := os.Stat(c.data()); err == nil {
		return fmt.Errorf("%s exists but is not a PostgreSQL data folder; move it away", c.data())
	}
	password, err := KeepSecret(c.passwordPath())
	if err != nil {
		return err
	}
	half := filepath.Join(c.dir, "initdb")
	_ = os.RemoveAll(half) // of a start that was killed
	defer os.RemoveAll(half)
	pwfile := filepath.Join(half, "password")
	if err = os.Mkdir(half, 0o700); err == nil {
		err = os.WriteFile(pwfile, []byte(password), 0o600)
	}
	if err != nil {
		return fmt.Errorf("the data folder cannot be written: %w", err)
	}
	if c.uid != 0 && os.Geteuid() == 0 {
		if err = os.Chown(half, c.uid, c.gid); err == nil {
			err = os.Chown(pwfile, c.uid, c.gid)
		}
		if err != nil {
			return fmt.Errorf("PostgreSQL refuses root, and its files cannot be given to user %d (%w); run the program as an ordinary user",
				c.uid, err)
		}
	}
	made := filepath.Join(half, "data")
	if err := c.initdb(ctx, made, pwfile, lock); err != nil {
		return err
	}
	if err := os.Rename(made, c.data()); err != nil {
		return err
	}
	return syncFolder(c.dir) // a power cut must not undo the move once rows are committed
}

// initdb passes the lock on, so that nobody touches the folder while a killed start's initdb is still about.
func (c *cluster) initdb(ctx context.Context, target, pwfile string, lock *os.File) error {
	// The death signal is tied to the thread that starts the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var out []byte
	var err error
	// C.UTF-8 is missing on some systems; plain C with UTF-8 text is the same order.
	for _, locale := range []string{"--locale=C.UTF-8", "--no-locale"} {
		cmd := exec.CommandContext(ctx, filepath.Join(c.binaries.Dir, "initdb"), "-D", target, //nolint:gosec // our own words
			"-U", superuser, "-A", "scram-sha-256", "--pwfile="+pwfile, "-E", "UTF8", locale, "--no-instructions",
			"--data-checksums") // so that a page that the disk spoilt is noticed, by the server and by every backup
		cmd.Env = append(os.Environ(), "LC_ALL=C") // we read what it says
		cmd.ExtraFiles = []*os.File{lock}
		asServer(cmd, c.uid, c.gid)
		if out, err = cmd.CombinedOutput(); err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !bytes.Contains(out, []byte("locale name")) {
			break
		}
	}
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		return fmt.Errorf("initdb cannot be started: %w", err)
	}
	return fmt.Errorf("the database cannot be made in %s: %s (initdb: %w)", c.dir, complaint(out), err)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator's own folder
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// complaint is the line in which a program of PostgreSQL says what was wrong; hints and consequences stand below it.
func complaint(output []byte) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if lines[0] == "" {
		return "it does not say why"
	}
	for _, line := range lines {
		for _, mark := range []string{"FATAL:", "PANIC:", "error:", "could not"} {
			if at := strings.Index(line, mark); at >= 0 {
				return strings.TrimSpace(line[at:])
			}
		}
	}
	return lines[len(lines)-1]
}
