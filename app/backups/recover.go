package backups

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lyceum/db/backup"
	"lyceum/db/embedded"
	"lyceum/domain"
	"lyceum/gateways/blobs"
)

// Target says which moment is wanted: one that is named, the end of a backup, or all that there is.
type Target struct {
	At       time.Time // zero: as far as the log goes
	Backup   string    // begin with this one; empty: the newest that leads there
	End      bool      // stop at the end of that backup
	Timeline uint32    // 0: the newest
	Apart    bool      // archive nothing: the school itself goes on elsewhere
}

// chosen is what is read, and from where.
type chosen struct {
	place *blobs.Objects
	m     *Manifest
	path  path
}

// choose finds the newest backup that leads to a target, in the second place if the first has none. Errors: ErrNone.
func (b *Backups) choose(ctx context.Context, system string, t Target) (chosen, error) {
	var errs []error
	for _, place := range b.places() {
		c, err := b.chooseIn(ctx, place, system, t)
		if err == nil {
			return c, b.readableHistories(ctx, system, c.path.timeline)
		}
		errs = append(errs, err)
	}
	return chosen{}, errs[0]
}

func (b *Backups) chooseIn(ctx context.Context, place *blobs.Objects, system string, t Target) (chosen, error) {
	l, err := b.list(ctx, place, system)
	if err != nil {
		return chosen{}, err
	}
	whole := l.Whole
	if len(whole) == 0 {
		return chosen{}, l.none()
	}
	if !t.At.IsZero() && t.At.Before(whole[0].Taken.Ended) {
		return chosen{}, fmt.Errorf("%w: the oldest moment that can be restored is %s", ErrNone, stamp(whole[0].Taken.Ended))
	}
	timeline := t.Timeline
	if t.End {
		m, err := b.pick(ctx, place, system, t.Backup)
		if err != nil {
			return chosen{}, err
		}
		timeline = m.Taken.Timeline
	} else if timeline == 0 {
		if timeline, err = newestTimeline(ctx, place, system, whole[len(whole)-1].Taken.Timeline); err != nil {
			return chosen{}, err
		}
	}
	branches, err := branchesOf(ctx, place, system, timeline)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return chosen{}, fmt.Errorf("%w: there is no timeline %d", ErrNone, timeline)
	}
	if err != nil {
		return chosen{}, err
	}
	for i := len(whole) - 1; i >= 0; i-- {
		m := whole[i]
		if t.Backup != "" && m.ID != t.Backup || !t.At.IsZero() && m.Taken.Ended.After(t.At) || !leads(branches, timeline, m) {
			continue
		}
		p, err := b.pathFrom(ctx, place, m, timeline)
		if err == nil && t.At.IsZero() && !t.End {
			err = p.gap()
		}
		return chosen{place: place, m: m, path: p}, err
	}
	if t.Backup != "" {
		return chosen{}, fmt.Errorf("%w: the backup %s does not lead there (lyceum backup list)", ErrNone, t.Backup)
	}
	return chosen{}, fmt.Errorf("%w: none leads to that moment on timeline %d", ErrNone, timeline)
}

// Gap is why the newest backup does not lead to what a running cluster writes; nil if it does, as far as the log is archived or waits
// for that.
func (b *Backups) Gap(ctx context.Context, running Running) error {
	c, err := b.chooseIn(ctx, b.first, running.System, Target{Timeline: running.Timeline})
	if err != nil {
		return err
	}
	size := c.m.Taken.SegmentSize
	current, ok := backup.ParseSegment(running.Current, size)
	if !ok || len(c.path.segments) == 0 {
		return nil
	}
	next := backup.Segment{Timeline: running.Timeline, Number: c.path.segments[len(c.path.segments)-1].Number + 1}
	for ; next.Number < current.Number; next.Number++ {
		if name := next.Name(size); !strings.Contains(running.Waiting, name) {
			c.path.missing = append(c.path.missing, name)
		}
	}
	return c.path.gap()
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z07:00") }

// lay writes the backup's cluster and secrets below a folder, as a data folder has them.
func (b *Backups) lay(ctx context.Context, c chosen, folder string, spare int64) error {
	if err := roomFor(folder, c, spare); err != nil {
		return err
	}
	uid, gid := embedded.FilesOwner()
	if err := os.MkdirAll(filepath.Join(folder, "postgres"), 0o700); err != nil {
		return err
	}
	data := filepath.Join(folder, "postgres", "data")
	err := read(ctx, c.place, partOf(c.m.Taken.System, c.m.ID, partCluster), func(r io.Reader) error {
		return backup.Extract(r, data, uid, gid)
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(data, "recovery.signal"), nil, 0o600); err != nil {
		return err
	}
	return read(ctx, c.place, partOf(c.m.Taken.System, c.m.ID, partSecrets), func(r io.Reader) error { return laySecrets(r, folder) })
}

// recovery are the settings with which the server replays the log up to the target, and then goes on as on a timeline of its own.
func (b *Backups) recovery(c chosen, t Target, archive bool) map[string]string {
	settings := map[string]string{
		"restore_command": b.config.command("fetch", `"%f" "%p"`), "recovery_target_timeline": strconv.Itoa(int(c.path.timeline)),
		"recovery_target_action": "promote", "hot_standby": "off", "timezone": "UTC", "log_timezone": "UTC",
	}
	switch {
	case t.End:
		settings["recovery_target"] = "immediate"
	case !t.At.IsZero():
		settings["recovery_target_time"] = t.At.UTC().Format("2006-01-02 15:04:05.000000+00")
	}
	if archive {
		// What the new timeline writes waits for the school's own server: a restore that is given up leaves nothing in the place, above
		// all no timeline that the next one would follow.
		settings["archive_mode"], settings["archive_command"] = "on", ""
	}
	return settings
}

const unreached = "recovery ended before configured recovery target was reached"

// recover starts the server of a laid folder and waits until it has replayed the log. until is the time of the last commit that is in it,
// zero if there was none after the backup. To PostgreSQL the log ends with the first segment that it does not get: less than was there
// when the restore was planned is refused.
func (b *Backups) recover(ctx context.Context, folder string, c chosen, t Target, settings map[string]string,
) (s *embedded.Server, until time.Time, err error) {
	dir := filepath.Join(folder, "postgres")
	s, err = embedded.Start(ctx, embedded.Options{
		Dir: dir, Cache: cacheOf(b.config.Data), Settings: settings, Log: slog.New(slog.DiscardHandler),
	})
	until = lastCommit(filepath.Join(dir, "postgres.log"))
	if err != nil && strings.Contains(err.Error(), unreached) {
		end := "nothing was committed after the backup"
		if !until.IsZero() {
			end = "the last commit in it is of " + stamp(until)
		}
		return nil, until, fmt.Errorf("%w: the archived log ends before that moment: %s; say --to latest for all that there is", ErrNone, end)
	}
	if err == nil && t.At.IsZero() && !t.End {
		if err = c.reached(filepath.Join(dir, "postgres.log")); err != nil {
			return nil, until, errors.Join(err, s.Stop())
		}
	}
	return s, until, err
}

// reached compares what a server has fetched, as its log says, with the last segment that was planned.
func (c chosen) reached(log string) error {
	if len(c.path.segments) == 0 || c.path.segments[len(c.path.segments)-1].Timeline != c.path.timeline {
		return nil // of an older timeline the end may be beyond the branch
	}
	text, err := os.ReadFile(log) //nolint:gosec // our own file
	if err != nil {
		return err
	}
	last := c.path.segments[len(c.path.segments)-1].Name(c.m.Taken.SegmentSize)
	if !strings.Contains(string(text), `restored log file "`+last+`"`) {
		return fmt.Errorf("the log was read only in part: %s was there when the restore began and was not replayed. Is the place still "+
			"there? Run it again", last)
	}
	return nil
}

func cacheOf(data string) string {
	if cache, err := os.UserCacheDir(); err == nil {
		return filepath.Join(cache, "lyceum")
	}
	return data
}

var commitForm = regexp.MustCompile(`last completed transaction was at log time (\S+ \S+)`)

func lastCommit(log string) time.Time {
	text, err := os.ReadFile(log) //nolint:gosec // our own file
	if err != nil {
		return time.Time{}
	}
	found := commitForm.FindAllSubmatch(text, -1)
	if len(found) == 0 {
		return time.Time{}
	}
	at, err := time.Parse("2006-01-02 15:04:05.999999-07", string(found[len(found)-1][1]))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// theSystem is the cluster that is meant: the one that is named, or the only one.
func (b *Backups) theSystem(ctx context.Context, system string) (string, error) {
	systems, err := b.Systems(ctx)
	switch {
	case err != nil:
		return "", err
	case system != "":
		return system, nil
	case len(systems) == 0:
		return "", fmt.Errorf("%w: there is nothing in %s", ErrNone, blobs.Name(b.config.Place))
	case len(systems) > 1:
		return "", errors.New("the place has backups of several clusters; name one with --cluster: " + strings.Join(systems, ", "))
	}
	return systems[0], nil
}
