package backups

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"lyceum/db/backup"
	"lyceum/domain"
	"lyceum/gateways/blobs"
)

// archiveEvery is after how many seconds a segment of the log is closed and archived, however little is in it. What a lost machine had
// written since is lost: with the time that archiving takes it stays below a minute.
const archiveEvery = "50s"

// Archiving are the settings with which the built-in server archives its log, by calling this program.
func (c Config) Archiving() map[string]string {
	return map[string]string{
		"archive_mode": "on", "archive_timeout": archiveEvery, "archive_command": c.command("push", `"%p" "%f"`),
	}
}

// command is a line for PostgreSQL's shell: it runs in the cluster's folder, with the environment of whoever started the server.
func (c Config) command(word, args string) string {
	var b strings.Builder
	for _, setting := range [][2]string{
		{"LYCEUM_DATA_DIR", c.Data}, {"LYCEUM_KEYS", c.Keys}, {"LYCEUM_BACKUP", c.Place}, {"LYCEUM_BACKUP_SECOND", c.Second},
	} {
		b.WriteString(setting[0] + "=" + quoted(setting[1]) + " ")
	}
	return b.String() + quoted(c.Program) + " wal " + word + " " + args
}

// quoted is a word of the shell in which PostgreSQL replaces nothing.
func quoted(word string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(word, "'", `'\''`), "%", "%%") + "'"
}

// Push keeps a file of the log. path is within the cluster's folder, which is the working folder. The same file may be pushed again;
// another one of the same name is refused, and so is any of a school that was restored elsewhere: two clusters would be writing one log.
func (b *Backups) Push(ctx context.Context, path, name string) error {
	if !backup.IsLogFile(name) {
		return fmt.Errorf("%q is no file of the log", name)
	}
	system, err := backup.SystemIdentifier(".")
	if err != nil {
		return err
	}
	switch err := overtaken(ctx, b.first, system, "."); {
	case errors.Is(err, blobs.ErrDamaged): // whoever may write to the place must not be able to keep the school's log out of it
		b.log.WarnContext(ctx, "the place does not say whether the school was restored somewhere else; its log is archived", "error", err)
	case err != nil:
		return err
	}
	object := logObject(system, name)
	if found, err := b.first.Has(ctx, object); err != nil {
		return err
	} else if found {
		same, err := b.holds(ctx, object, path)
		if err != nil && !errors.Is(err, blobs.ErrDamaged) {
			return err
		}
		if same {
			return nil
		}
		if err == nil {
			return fmt.Errorf("%s was archived before with another content: does another copy of this cluster write to %s?", name,
				blobs.Name(b.config.Place))
		}
	}
	f, err := os.Open(path) //nolint:gosec // PostgreSQL names it
	if err != nil {
		return err
	}
	defer f.Close()
	return b.first.Put(ctx, object, f)
}

func (b *Backups) holds(ctx context.Context, object, path string) (bool, error) {
	archived, err := b.sum(ctx, b.first, object)
	if err != nil {
		return false, err
	}
	f, err := os.Open(path) //nolint:gosec // PostgreSQL names it
	if err != nil {
		return false, err
	}
	defer f.Close()
	own := sha256.New()
	_, err = io.Copy(own, f)
	return bytes.Equal(archived, own.Sum(nil)), err
}

// sum reads an object whole.
func (b *Backups) sum(ctx context.Context, place *blobs.Objects, object string) ([]byte, error) {
	r, err := place.Open(ctx, object)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, r)
	return sum.Sum(nil), err
}

// Fetch brings a file of the log back, from the second place where the first does not have it or has it damaged. Errors: NOT_FOUND
// when no place has it, which to PostgreSQL is the end of the log.
func (b *Backups) Fetch(ctx context.Context, name, to string) error {
	if !backup.IsLogFile(name) {
		return domain.Errorf(domain.CodeNotFound, "%q is no file of the log", name)
	}
	system, err := backup.SystemIdentifier(".")
	if err != nil {
		return err
	}
	var errs []error
	missing := 0
	for _, place := range b.places() {
		err := fetch(ctx, place, logObject(system, name), to)
		if err == nil {
			return nil
		}
		if domain.CodeOf(err) == domain.CodeNotFound {
			missing++
		}
		errs = append(errs, err)
	}
	if missing == len(errs) {
		if err := b.stillThere(ctx, system); err != nil {
			return err
		}
		return errs[0]
	}
	return fmt.Errorf("the log cannot be fetched: %w", errors.Join(errs...))
}

// stillThere is an error if no place has a whole backup of a cluster. A restore began with one: what has none is no place whose log has
// ended, but a disk that is not mounted, or a bucket of another name.
func (b *Backups) stillThere(ctx context.Context, system string) error {
	for _, place := range b.places() {
		ids, err := place.Folders(ctx, backupsOf(system))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if found, err := place.Has(ctx, partOf(system, id, partManifest)); err != nil || found {
				return err
			}
		}
	}
	return fmt.Errorf("the log cannot be fetched: %s has no backup of the cluster %s any more", blobs.Name(b.config.Place), system)
}

func fetch(ctx context.Context, place *blobs.Objects, object, to string) error {
	r, err := place.Open(ctx, object)
	if err != nil {
		return err
	}
	defer r.Close()
	f, err := os.Create(to) //nolint:gosec // PostgreSQL names it
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// Check tells what is wrong with the settings of backups.
func (c Config) Check() (faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for name, at := range map[string]string{"LYCEUM_BACKUP": c.Place, "LYCEUM_BACKUP_SECOND": c.Second} {
		if at == "" {
			continue
		}
		if err := blobs.CheckObjects(at); err != nil {
			fault("%s: %w", name, err)
			continue
		}
		u, err := url.Parse(at)
		if err != nil || u.Scheme != "file" {
			continue
		}
		folder := filepath.FromSlash(u.Path)
		if within(folder, c.Data) {
			fault("%s is in the data folder, and what takes the one takes the other: name a folder elsewhere, best on another disk", name)
		}
		if within(c.Keys, folder) {
			fault("LYCEUM_KEYS is within %s: whoever has the backups would have their keys", name)
		}
	}
	if c.Second != "" && (c.Place == "" || c.Place == c.Second) {
		fault("LYCEUM_BACKUP_SECOND needs LYCEUM_BACKUP, and must be another place")
	}
	return faults
}

func within(path, folder string) bool {
	relative, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(relative)
}

// Stopping wraps an error of Fetch unless it is the end of the log.
func Stopping(err error, wrap func(error) error) error {
	if err == nil || domain.CodeOf(err) == domain.CodeNotFound {
		return err
	}
	return wrap(err)
}
