package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"lyceum/app/backups"
	"lyceum/db"
	"lyceum/db/backup"
	"lyceum/domain/operations"
	"lyceum/gateways/blobs"
	"lyceum/jobs"
	"lyceum/store"
)

// KeysFile is where the keyset is.
func (c *Config) KeysFile() string {
	path := c.Keys
	if path == "" {
		path = filepath.Join(c.DataDir, "keys.json")
	}
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}

// backups are the settings as the package backups takes them.
func (c *Config) backups() (backups.Config, error) {
	program, err := os.Executable()
	if err != nil {
		return backups.Config{}, err
	}
	b := backups.Config{
		Data: c.dataDir(), Place: c.Backup, Second: c.BackupSecond, Keys: c.KeysFile(), Days: c.BackupDays, Weeks: c.BackupWeeks,
		Program: program, Blobs: c.Blobs,
	}
	if u, err := url.Parse(c.Blobs); err == nil && u.Scheme == "mem" {
		b.Blobs = "" // nothing is left of it to bring back
	} else if c.Blobs == "" {
		if b.Blobs, err = blobs.FolderURL(filepath.Join(c.DataDir, "files")); err != nil {
			return b, err
		}
	}
	b.Archives, err = c.archives()
	return b, err
}

// errForBuiltIn refuses a setting that would do nothing.
var errForBuiltIn = errors.New("LYCEUM_BACKUP is for the built-in database; with DATABASE_URL pgBackRest takes the backups " +
	"(lyceum backup pgbackrest, docs/operations.md)")

var hourOfDay = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

func (c *Config) checkBackups() (faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.BackupAt != "" && !hourOfDay.MatchString(c.BackupAt) {
		fault("LYCEUM_BACKUP_AT must be a time of day in UTC, such as 02:30")
	}
	if c.Backup == "" && c.BackupSecond == "" {
		return faults
	}
	if c.BackupDays < 1 || c.BackupDays > 3650 {
		fault("LYCEUM_BACKUP_DAYS must be 1 to 3650")
	}
	if c.BackupWeeks < 0 || c.BackupWeeks > 520 {
		fault("LYCEUM_BACKUP_WEEKS must be 0 to 520")
	}
	b, err := c.backups()
	if err != nil {
		return append(faults, err)
	}
	return append(faults, b.Check()...)
}

// archiving are the settings of a server whose log is archived. The keyset is made before the server first wants it: it may run as
// somebody who cannot write where the keyset is.
func (c *Config) archiving(ctx context.Context, log *slog.Logger) (map[string]string, error) {
	if c.Backup == "" {
		return nil, nil
	}
	b, err := c.backups()
	if err != nil {
		return nil, err
	}
	if err := b.CheckOvertaken(ctx, log); err != nil {
		return nil, err
	}
	return b.Archiving(), backups.Prepare(ctx, b, log)
}

// OpenBackups opens the places of the settings. With prepare what was never there is made first.
func OpenBackups(ctx context.Context, c *Config, log *slog.Logger, prepare bool) (*backups.Backups, error) {
	b, err := c.backups()
	if err != nil {
		return nil, err
	}
	return backups.Open(ctx, b, log, prepare)
}

// SystemOf is the identifier of the built-in cluster.
func SystemOf(c *Config) (string, error) {
	return backup.SystemIdentifier(filepath.Join(c.cluster(), "data"))
}

// TakeBackup takes a backup of the built-in cluster, and notes it in the school.
func TakeBackup(ctx context.Context, c *Config, d *Database, log *slog.Logger, reason operations.BackupReason) (*backups.Manifest, error) {
	if d.server == nil {
		return nil, errNotBuiltIn
	}
	b, err := OpenBackups(ctx, c, log, true)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	owner, err := db.Open(ctx, db.Config{URL: d.OwnerURL, Pool: 1, Name: "lyceum backup"})
	if err != nil {
		return nil, err
	}
	defer owner.Close()
	if !b.Exported() {
		log.WarnContext(ctx, "nobody has had a copy of the keyset since it last changed: when this machine is gone, no backup can be opened "+
			"(lyceum keys export FILE)", "file", c.KeysFile())
	}
	cluster := backups.Cluster{SuperuserURL: d.server.SuperuserURL(), Folder: filepath.Join(c.cluster(), "data")}
	return b.TakeNoted(ctx, store.NewMaintenance(owner), cluster, reason)
}

// NotePgBackRest has pgBackRest check itself, notes its backups in the school, and returns the newest.
func NotePgBackRest(ctx context.Context, c *Config, p backups.PgBackRest) (newest backups.PgBackRestBackup, err error) {
	owner, err := db.Open(ctx, db.Config{URL: c.DatabaseURL, Pool: 1, Name: "lyceum backup"})
	if err != nil {
		return newest, err
	}
	newest, err = p.Note(ctx, store.NewMaintenance(owner))
	return newest, errors.Join(err, owner.Close())
}

// schoolBackups are what the jobs call.
type schoolBackups struct {
	config   *Config
	database *Database
	log      *slog.Logger
}

// How old the newest backup or drill must be for a scheduled one to be due. A start at any time of day catches up.
const (
	backupDue = 23 * time.Hour
	drillDue  = 7*24*time.Hour - time.Hour
)

func (c *Config) backupSchedule() jobs.BackupSchedule {
	at, _ := time.Parse("15:04", c.BackupAt) // it was checked
	return jobs.BackupSchedule{Hour: at.Hour(), Minute: at.Minute()}
}

// due reports whether a scheduled thing is to be done; what somebody asks for always is.
func (s schoolBackups) due(ctx context.Context, reason operations.BackupReason, after time.Duration,
	newest func(store.Maintenance, context.Context) (*time.Time, error),
) (bool, error) {
	if reason != operations.BySchedule {
		return true, nil
	}
	owner, err := db.Open(ctx, db.Config{URL: s.database.OwnerURL, Pool: 1, Name: "lyceum backup"})
	if err != nil {
		return false, err
	}
	at, err := newest(store.NewMaintenance(owner), ctx)
	return err == nil && (at == nil || time.Since(*at) >= after), errors.Join(err, owner.Close())
}

// hasGap reports whether nothing after some moment could be restored: PostgreSQL ran for a while without archiving its log, or a part of
// it is gone. Only a new backup ends that.
func (s schoolBackups) hasGap(ctx context.Context) (bool, error) {
	b, err := OpenBackups(ctx, s.config, s.log, true)
	if err != nil {
		return false, err
	}
	defer b.Close()
	running, err := s.database.running(ctx)
	if err != nil {
		return false, err
	}
	gap := b.Gap(ctx, running)
	if gap != nil {
		s.log.WarnContext(ctx, "a backup is taken now, since the newest one does not lead to the present", "reason", gap)
	}
	return gap != nil, nil
}

// Take implements jobs.Backups.
func (s schoolBackups) Take(ctx context.Context, reason operations.BackupReason) error {
	due, err := s.due(ctx, reason, backupDue, store.Maintenance.NewestBackup)
	if err == nil && !due {
		due, err = s.hasGap(ctx)
	}
	if err != nil || !due {
		return err
	}
	m, err := TakeBackup(ctx, s.config, s.database, s.log, reason)
	if m != nil {
		s.log.InfoContext(ctx, "a backup was taken and is whole", "backup", m.ID, "bytes", m.Taken.Bytes, "stored", m.Stored)
	}
	return err
}

// Drill implements jobs.Backups.
func (s schoolBackups) Drill(ctx context.Context, reason operations.BackupReason) error {
	if due, err := s.due(ctx, reason, drillDue, store.Maintenance.NewestDrill); err != nil || !due {
		return err
	}
	d, err := DrillRestore(ctx, s.config, s.database, s.log, reason)
	if errors.Is(err, backups.ErrNone) && reason == operations.BySchedule {
		return nil // the first backup is still being taken; the next drill finds it
	}
	if err == nil {
		s.log.InfoContext(ctx, "a restore was tried and passed", "backup", d.Backup.ID, "lost_s", d.Lost.Seconds(), "took_s", d.Took.Seconds())
	}
	return err
}

// Copy implements jobs.Backups.
func (s schoolBackups) Copy(ctx context.Context) error {
	b, err := OpenBackups(ctx, s.config, s.log, true)
	if err != nil {
		return err
	}
	defer b.Close()
	system, err := SystemOf(s.config)
	if err != nil {
		return err
	}
	return b.Follow(ctx, system)
}

// errNotBuiltIn means that backups are pgBackRest's.
var errNotBuiltIn = errors.New("the database is not the built-in one: pgBackRest takes its backups (lyceum backup pgbackrest)")

// running asks the built-in server what it writes.
func (d *Database) running(ctx context.Context) (backups.Running, error) {
	if d.server == nil {
		return backups.Running{}, errNotBuiltIn
	}
	return backups.RunningAt(ctx, d.server.SuperuserURL())
}
