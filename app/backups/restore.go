package backups

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"lyceum/db/embedded"
	"lyceum/domain"
	"lyceum/gateways/blobs"
)

// Found says what a recovered server has, before anybody uses it.
type Found struct {
	Folder string    // where it is, in the form of a data folder
	Backup string    // the id of the backup
	Until  time.Time // of the last commit that was replayed; zero if there was none after the backup
}

// Finish does what must be done in a recovered server.
type Finish func(ctx context.Context, server *embedded.Server, found Found) error

// Restored says what was restored.
type Restored struct {
	Backup   *Manifest
	Until    time.Time // of the last commit that was replayed; zero if there was none after the backup
	Timeline uint32    // that was followed
	Files    int       // of the file store that were brought back
	Damaged  []string  // files and archived months that no place has whole, by their objects
	Took     time.Duration
}

// scratch is the folder, within the data folder, in which a cluster is restored until all of it is done.
const scratch = "restoring"

// ErrHasCluster means that the data folder has a database already.
var ErrHasCluster = errors.New("the data folder has a database: a restore needs one without, and deletes nothing")

// Restore brings a cluster back into a data folder without one. It is recovered aside; finish does what must be done before anybody
// uses it, in that server; only then does it get its place. What is interrupted before leaves nothing that a server would open.
// Errors: ErrHasCluster, ErrNone, ErrBusy.
func (b *Backups) Restore(ctx context.Context, system string, t Target, finish Finish) (*Restored, error) {
	began := time.Now()
	if t.At.After(began) {
		return nil, fmt.Errorf("%w: %s is in the future", ErrNone, stamp(t.At))
	}
	home := filepath.Join(b.config.Data, "postgres")
	if embedded.Exists(home) {
		return nil, fmt.Errorf("%w: %s", ErrHasCluster, home)
	}
	unlock, err := lock(b.config.Data)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if system, err = b.theSystem(ctx, system); err != nil {
		return nil, err
	}
	c, err := b.choose(ctx, system, t)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(b.config.Data, scratch)
	if err := os.RemoveAll(folder); err != nil { // of a restore that was interrupted
		return nil, err
	}
	defer os.RemoveAll(folder)
	b.log.InfoContext(ctx, "restoring", "backup", c.m.ID, "timeline", c.path.timeline, "segments", len(c.path.segments))
	if err := b.lay(ctx, c, folder, spareRestore); err != nil {
		return nil, err
	}
	r := &Restored{Backup: c.m, Timeline: c.path.timeline}
	if err := b.restoreFiles(ctx, c, r); err != nil {
		return nil, err
	}
	if err := b.restoreArchives(ctx, c, r); err != nil {
		return nil, err
	}
	server, until, err := b.recover(ctx, folder, c, t, b.recovery(c, t, !t.Apart))
	if err != nil {
		return nil, err
	}
	r.Until = until
	err = finish(ctx, server, Found{Folder: folder, Backup: c.m.ID, Until: until})
	if err := errors.Join(err, server.Stop()); err != nil {
		return nil, err
	}
	r.Took = time.Since(began)
	return r, b.moveIn(folder, home)
}

// RemoveLinkKeys removes the keys of links from a data folder: what was signed before a restore opens nothing after it.
func RemoveLinkKeys(data string) error {
	for _, name := range []string{"links.key", "files.key"} {
		if err := os.Remove(filepath.Join(data, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// moveIn gives what was restored its place, the cluster last: before, there is no school to open. Errors: ErrHasCluster.
func (b *Backups) moveIn(folder, home string) error {
	if embedded.Exists(home) { // a server was started meanwhile, and has made one
		return fmt.Errorf("%w: %s was made while the restore ran; the restore was given up", ErrHasCluster, home)
	}
	if err := RemoveLinkKeys(b.config.Data); err != nil {
		return err
	}
	for _, name := range secrets {
		err := os.Rename(filepath.Join(folder, name), filepath.Join(b.config.Data, name))
		if strings.Contains(name, "/") || errors.Is(err, fs.ErrNotExist) { // it moves with its folder, or there is none
			continue
		}
		if err != nil {
			return err
		}
	}
	if _, err := os.Stat(home); err == nil { // without a cluster, as was seen
		if err := os.Rename(home, home+".before-"+time.Now().UTC().Format("20060102T150405Z")); err != nil {
			return err
		}
	}
	if err := os.Rename(filepath.Join(folder, "postgres"), home); err != nil {
		return err
	}
	d, err := os.Open(b.config.Data)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func laySecrets(r io.Reader, folder string) error {
	in := tar.NewReader(r)
	for {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, r)
			return err
		}
		if err != nil {
			return err
		}
		if !slices.Contains(secrets, header.Name) {
			return fmt.Errorf("the secrets name %q", header.Name)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.FromSlash(header.Name)), text, 0o600); err != nil {
			return err
		}
	}
}

// restoreFiles brings back the files of the file store that it lacks: all that were ever kept, since rows after the backup name
// younger ones.
func (b *Backups) restoreFiles(ctx context.Context, c chosen, to *Restored) error {
	if b.config.Blobs == "" {
		return nil
	}
	store, err := blobs.Open(ctx, b.config.Blobs)
	if err != nil {
		return err
	}
	defer store.Close()
	return c.place.List(ctx, filesOf(c.m.Taken.System), func(o blobs.Info) error {
		sum := o.Name[strings.LastIndexByte(o.Name, '/')+1:]
		if len(sum) != hex.EncodedLen(sha256.Size) {
			return nil // none of ours
		}
		if r, err := store.Get(ctx, sum); err == nil {
			return r.Close()
		} else if domain.CodeOf(err) != domain.CodeNotFound {
			return err
		}
		back, err := b.bringBack(ctx, o.Name, to, func(r io.Reader) error { return store.Put(ctx, sum, "application/octet-stream", r) })
		if back {
			to.Files++
		}
		return err
	})
}

// bringBack reads an object from the first place that has it whole. Where none has, it is noted and passed over: a school without one film
// is more than none, and anybody who may write to a place could put something there that does not open.
func (b *Backups) bringBack(ctx context.Context, name string, to *Restored, put func(io.Reader) error) (back bool, err error) {
	for _, place := range b.places() {
		err := read(ctx, place, name, put)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, blobs.ErrDamaged) && domain.CodeOf(err) != domain.CodeNotFound {
			return false, err
		}
	}
	b.log.WarnContext(ctx, "an object is damaged in every place, and was not brought back", "object", name)
	to.Damaged = append(to.Damaged, name)
	return false, nil
}

// What must stay free beside a restore, and beside a drill: there the school goes on writing on the same disk.
const (
	spareRestore = 256 << 20
	spareDrill   = 1 << 30
)

// roomFor refuses a restore for which the disk has no room: the copy, the part of the log that PostgreSQL keeps while it replays it, and
// what the log adds to the copy, which is a few times its compressed size at most.
func roomFor(folder string, c chosen, spare int64) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(folder), &disk); err != nil {
		return err
	}
	const keptLog, unpacked = 2 << 30, 4                                                        // twice max_wal_size
	log := min(int64(len(c.path.segments))*int64(c.m.Taken.SegmentSize), keptLog)               //nolint:gosec // a size
	need := uint64(c.m.Taken.Bytes + c.m.Taken.Bytes/10 + log + unpacked*c.path.stored + spare) //nolint:gosec // likewise
	if free := disk.Bavail * uint64(disk.Bsize); free < need {                                  //nolint:gosec // likewise
		return fmt.Errorf("%s has %d MB free; the restore needs %d MB", filepath.Dir(folder), free>>20, need>>20)
	}
	return nil
}
