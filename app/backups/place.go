package backups

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"lyceum/db/backup"
	"lyceum/domain"
	"lyceum/gateways/blobs"
	"lyceum/gateways/keys"
)

// Config says what is backed up, and where to.
type Config struct {
	Data          string // the data folder, absolute
	Place, Second string // URLs; the second may be empty
	Keys          string // the file of the keyset, absolute
	Blobs         string // URL of the file store; empty for one that forgets
	Archives      string // URL of the store of archived months; mem: for one that forgets
	Days, Weeks   int    // for how long backups are kept: all of so many days, then one of each week
	Program       string // this program, which PostgreSQL calls for its log
	Version       string // of this program
}

// Backups are the places.
type Backups struct {
	config Config
	keys   *keys.Set
	first  *blobs.Objects
	second *blobs.Objects // nil where there is none
	log    *slog.Logger
}

// ErrNone means that no backup is there that would do.
var ErrNone = errors.New("there is no backup for this")

// Open opens the places. With prepare what is not there yet is made first, see Prepare. Errors: fs.ErrNotExist for a keyset that is
// missing.
func Open(ctx context.Context, c Config, log *slog.Logger, prepare bool) (b *Backups, err error) {
	if c.Place == "" {
		return nil, errors.New("LYCEUM_BACKUP is not set: it says where backups are kept, " +
			"such as file:///mnt/backup/lyceum; set it as the server has it")
	}
	b = &Backups{config: c, log: log}
	if prepare {
		if err := Prepare(ctx, c, log); err != nil {
			return nil, err
		}
	}
	if b.keys, err = keys.Read(c.Keys); err != nil {
		return nil, err
	}
	if b.first, err = blobs.OpenObjects(ctx, c.Place, b.keys); err != nil {
		return nil, fmt.Errorf("LYCEUM_BACKUP: %w", err)
	}
	if c.Second != "" {
		if b.second, err = blobs.OpenObjects(ctx, c.Second, b.keys); err != nil {
			return nil, errors.Join(fmt.Errorf("LYCEUM_BACKUP_SECOND: %w", err), b.first.Close())
		}
	}
	return b, nil
}

// Close gives the places back.
func (b *Backups) Close() error {
	err := b.first.Close()
	if b.second != nil {
		err = errors.Join(err, b.second.Close())
	}
	return err
}

// Exported reports whether somebody has a copy of the keyset.
func (b *Backups) Exported() bool { return b.keys.Exported() }

// places are those that there are.
func (b *Backups) places() []*blobs.Objects {
	if b.second == nil {
		return []*blobs.Objects{b.first}
	}
	return []*blobs.Objects{b.first, b.second}
}

// The names of objects. All of a cluster stand below its identifier, so that schools may share a place.
func backupsOf(system string) string     { return system + "/backups/" }
func partOf(system, id, p string) string { return backupsOf(system) + id + "/" + p }
func filesOf(system string) string       { return system + "/files/" }
func logOf(system string) string         { return system + "/wal/" }

func fileObject(system, sum string) string { return filesOf(system) + sum[:2] + "/" + sum }

// logObject is where a file of the log stands; histories of timelines stand above the timelines.
func logObject(system, name string) string {
	if strings.HasSuffix(name, ".history") {
		return logOf(system) + name
	}
	return logOf(system) + name[:8] + "/" + name
}

// The parts of a backup. The manifest comes last: a backup without one was interrupted.
const (
	partCluster  = "cluster"
	partSecrets  = "secrets"
	partFiles    = "files"
	partManifest = "manifest"
)

// Manifest is what a backup says of itself. It is written when all of it was read back and found good.
type Manifest struct {
	ID      string       `json:"id"`
	Program string       `json:"program"` // version of Lyceum
	Reason  string       `json:"reason"`
	Taken   backup.Taken `json:"taken"`
	Stored  int64        `json:"stored"` // bytes of the cluster's copy as it is kept
	Files   int          `json:"files"`  // of the file store
	Checked time.Time    `json:"checked"`
}

// Systems are the identifiers of the clusters that have something in the places.
func (b *Backups) Systems(ctx context.Context) (systems []string, err error) {
	for _, place := range b.places() {
		found, err := place.Folders(ctx, "")
		if err != nil {
			return nil, err
		}
		systems = append(systems, found...)
	}
	slices.Sort(systems)
	return slices.Compact(systems), nil
}

// Listed are the backups of a cluster in a place.
type Listed struct {
	Whole      []*Manifest // the oldest first
	Unfinished []string    // ids of those without a manifest: they are being made, or were interrupted
	Unreadable []string    // ids of those whose manifest is there and does not open
}

// ErrUnreadable means that a manifest is there and does not open: it is damaged, or LYCEUM_KEYS is another keyset. What it needs is not
// known then, so that nothing is deleted while there is one.
var ErrUnreadable = errors.New("a manifest is there that LYCEUM_KEYS does not open")

func (l Listed) readable(system string) error {
	if len(l.Unreadable) == 0 {
		return nil
	}
	return fmt.Errorf("%w (cluster %s, backup %s): put the right keyset there; if the manifest is damaged, move the backup's folder away",
		ErrUnreadable, system, strings.Join(l.Unreadable, ", "))
}

// none is the error of a place without a whole backup.
func (l Listed) none() error {
	if len(l.Unreadable) > 0 {
		return fmt.Errorf("%w: LYCEUM_KEYS opens none of the manifests that are there (%s)", ErrNone, strings.Join(l.Unreadable, ", "))
	}
	return fmt.Errorf("%w: none is whole", ErrNone)
}

// List reads the backups of a cluster in the first place.
func (b *Backups) List(ctx context.Context, system string) (Listed, error) {
	return b.list(ctx, b.first, system)
}

func (b *Backups) list(ctx context.Context, place *blobs.Objects, system string) (l Listed, err error) {
	ids, err := place.Folders(ctx, backupsOf(system))
	if err != nil {
		return l, err
	}
	slices.Sort(ids)
	for _, id := range ids {
		m, err := readManifest(ctx, place, system, id)
		switch {
		case domain.CodeOf(err) == domain.CodeNotFound:
			l.Unfinished = append(l.Unfinished, id)
		case errors.Is(err, blobs.ErrDamaged):
			l.Unreadable = append(l.Unreadable, id)
		case err != nil:
			return l, err
		default:
			l.Whole = append(l.Whole, m)
		}
	}
	return l, nil
}

// readable is an error while a manifest of a cluster does not open, in whichever place. Errors: ErrUnreadable.
func (b *Backups) readable(ctx context.Context, system string) error {
	for _, place := range b.places() {
		l, err := b.list(ctx, place, system)
		if err != nil {
			return err
		}
		if err := l.readable(system); err != nil {
			return err
		}
	}
	return nil
}

func readManifest(ctx context.Context, place *blobs.Objects, system, id string) (*Manifest, error) {
	var m Manifest
	if err := readJSON(ctx, place, partOf(system, id, partManifest), &m); err != nil {
		return nil, err
	}
	if m.ID != id || m.Taken.System != system {
		return nil, fmt.Errorf("%s: %w: it belongs to another backup", id, blobs.ErrDamaged)
	}
	return &m, nil
}

func readJSON(ctx context.Context, place *blobs.Objects, name string, value any) error {
	r, err := place.Open(ctx, name)
	if err != nil {
		return err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, value); err != nil {
		return fmt.Errorf("%s: %w: %w", name, blobs.ErrDamaged, err)
	}
	return nil
}

func writeJSON(ctx context.Context, place *blobs.Objects, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return place.Put(ctx, name, strings.NewReader(string(text)))
}
