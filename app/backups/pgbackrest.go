package backups

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"lyceum/domain/operations"
	"lyceum/store"
)

// PgBackRest is pgBackRest as it is configured on this machine, the database's.
type PgBackRest struct {
	Stanza string
	Config string // its configuration file; empty for its own default
}

// PgBackRestBackup is a backup that pgBackRest has.
type PgBackRestBackup struct {
	Label        string
	Began, Ended time.Time
	Bytes        int64 // of the database
	Stored       int64 // in the repository
}

// ErrPgBackRest means that pgBackRest is missing, or says that something is wrong.
var ErrPgBackRest = errors.New("pgBackRest")

func (p PgBackRest) run(ctx context.Context, args ...string) ([]byte, error) {
	all := []string{"--stanza=" + p.Stanza}
	if p.Config != "" {
		all = append(all, "--config="+p.Config)
	}
	cmd := exec.CommandContext(ctx, "pgbackrest", append(all, args...)...) //nolint:gosec // the operator's own words
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(problems.String() + out.String())
		if errors.Is(err, exec.ErrNotFound) {
			said = "it is not installed here: run this on the database's machine"
		}
		return nil, fmt.Errorf("%w (%s): %s: %w", ErrPgBackRest, args[len(args)-1], said, err)
	}
	return out.Bytes(), nil
}

// Check has pgBackRest archive a segment of the log and find it in the repository, and returns its backups, the oldest first. There may
// be none. Errors: ErrPgBackRest.
func (p PgBackRest) Check(ctx context.Context) (found []PgBackRestBackup, err error) {
	if _, err := p.run(ctx, "check"); err != nil {
		return nil, err
	}
	out, err := p.run(ctx, "--output=json", "info")
	if err != nil {
		return nil, err
	}
	var stanzas []struct {
		Name   string
		Status struct {
			Code    int
			Message string
		}
		Backup []struct {
			Label     string
			Error     bool
			Timestamp struct{ Start, Stop int64 }
			Info      struct {
				Size       int64
				Repository struct{ Size int64 }
			}
		}
	}
	if err := json.Unmarshal(out, &stanzas); err != nil || len(stanzas) != 1 {
		return nil, fmt.Errorf("%w: what it says of the stanza %s cannot be read", ErrPgBackRest, p.Stanza)
	}
	const noBackups = 2
	if s := stanzas[0].Status; s.Code != 0 && s.Code != noBackups {
		return nil, fmt.Errorf("%w: %s", ErrPgBackRest, s.Message)
	}
	for _, b := range stanzas[0].Backup {
		if b.Error { // it has pages with wrong checksums
			return nil, fmt.Errorf("%w: its backup %s has errors; `pgbackrest info --set=%s` names them", ErrPgBackRest, b.Label, b.Label)
		}
		found = append(found, PgBackRestBackup{
			Label: b.Label, Began: time.Unix(b.Timestamp.Start, 0).UTC(), Ended: time.Unix(b.Timestamp.Stop, 0).UTC(), Bytes: b.Info.Size,
			Stored: b.Info.Repository.Size,
		})
	}
	return found, nil
}

// Note checks pgBackRest, notes its backups in the school, and returns the newest. Errors: ErrPgBackRest, ErrNone.
func (p PgBackRest) Note(ctx context.Context, school store.Maintenance) (newest PgBackRestBackup, err error) {
	found, err := p.Check(ctx)
	if err != nil {
		return newest, err
	}
	if len(found) == 0 {
		return newest, fmt.Errorf("%w: pgBackRest archives the log and has none yet; run `pgbackrest --stanza=%s --type=full backup`",
			ErrNone, p.Stanza)
	}
	names := make([]string, len(found))
	for i, b := range found {
		names[i] = b.Label
		if err := school.NoteBackup(ctx, operations.Backup{
			Name: &found[i].Label, Kind: operations.PgBackRest, Reason: operations.ByCommand, StartedAt: b.Began, FinishedAt: &found[i].Ended,
			ClusterBytes: &found[i].Bytes, StoredBytes: &found[i].Stored,
		}); err != nil {
			return newest, err
		}
	}
	return found[len(found)-1], school.KeepBackups(ctx, operations.PgBackRest, names)
}

// PgBackRestSetup is what pgBackRest is to do.
type PgBackRestSetup struct {
	Stanza     string
	Data       string // folder of the cluster
	Repository string // folder of the backups
	Socket     string // folder of the server's socket
	Port       int
	Days       int
}

// Files writes what belongs into pgBackRest's file and into PostgreSQL's, with a passphrase that is made up here.
func (s PgBackRestSetup) Files() (pgbackrest, postgresql string) {
	pgbackrest = fmt.Sprintf(`[global]
repo1-path=%s
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=%s
repo1-retention-full-type=time
repo1-retention-full=%d
start-fast=y
compress-type=zst
archive-async=n

[%s]
pg1-path=%s
pg1-socket-path=%s
pg1-port=%d
`, s.Repository, rand.Text()+rand.Text(), s.Days, s.Stanza, s.Data, s.Socket, s.Port)
	postgresql = fmt.Sprintf(`archive_mode = on
archive_timeout = %s
archive_command = 'pgbackrest --stanza=%s archive-push %%p'
`, archiveEvery, s.Stanza)
	return pgbackrest, postgresql
}

// Check tells what is wrong with a setup.
func (s PgBackRestSetup) Check() error {
	for _, folder := range []string{s.Data, s.Repository, s.Socket} {
		if !filepath.IsAbs(folder) || strings.ContainsAny(folder, "\n") {
			return fmt.Errorf("%q must be a folder from the root on", folder)
		}
	}
	if within(s.Repository, s.Data) {
		return errors.New("the repository is in the cluster's folder: what takes the one takes the other")
	}
	return nil
}
