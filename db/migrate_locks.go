package db

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// A migration that waits for a lock makes every request that comes after it wait too, also one that only reads. So it waits
// briefly, gives up what it holds, and tries again after a pause in which they all get through.
const (
	lockWait     = 500 * time.Millisecond
	lockPause    = 1500 * time.Millisecond
	lockPatience = 30 * time.Second
)

// ErrLocked means that a migration did not get a lock that another session holds; nothing of it was done.
var ErrLocked = errors.New("a migration did not get its lock")

// briefly runs what may wait for locks until it gets them. watch is a connection of its own, on which it looks who holds them.
// Errors: ErrLocked with who holds the lock, and those of do.
func briefly(ctx context.Context, watch *sqlx.DB, patience time.Duration, do func() error) error {
	if patience == 0 {
		patience = lockPatience
	}
	end := time.Now().Add(patience)
	for {
		h := lookForHolders(ctx, watch)
		err := do()
		holders := h.stop()
		var said *pq.Error
		if !errors.As(err, &said) || said.Code != pqerror.LockNotAvailable && said.Code != pqerror.TRDeadlockDetected {
			return err
		}
		if time.Now().Add(lockPause).After(end) {
			return fmt.Errorf("%w within %s: it is held by %s; let it end and start again", ErrLocked, patience, holders)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPause):
		}
	}
}

// Who stands in the way of the migration. What others run is their own affair, and no text of theirs is read.
const lockHolders = `select distinct holder.pid, coalesce(holder.usename::text, '') as role, coalesce(holder.application_name, '') as application,
		coalesce(to_char(holder.xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), '') as since
	from pg_stat_activity waiting cross join lateral unnest(pg_blocking_pids(waiting.pid)) blocking (pid)
	join pg_stat_activity holder on holder.pid = blocking.pid
	where waiting.application_name = $1 and waiting.datname = current_database() and waiting.wait_event_type = 'Lock'
	order by holder.pid limit 3`

type lockHolder struct {
	PID         int    `db:"pid"`
	Role        string `db:"role"`
	Application string `db:"application"`
	Since       string `db:"since"` // empty for who may not know
}

// holders are who was seen last to hold a lock that the migration waits for.
type holders struct {
	end  context.CancelFunc
	done sync.WaitGroup
	seen []lockHolder
}

func lookForHolders(ctx context.Context, watch *sqlx.DB) *holders {
	ctx, cancel := context.WithCancel(ctx)
	h := &holders{end: cancel}
	h.done.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(lockWait / 4):
			}
			var now []lockHolder
			if err := watch.SelectContext(ctx, &now, lockHolders, migrateName); err == nil && len(now) > 0 {
				h.seen = now
			}
		}
	})
	return h
}

func (h *holders) stop() string {
	h.end()
	h.done.Wait()
	if len(h.seen) == 0 {
		return "another session"
	}
	texts := make([]string, len(h.seen))
	for i, s := range h.seen {
		texts[i] = fmt.Sprintf("process %d of the role %s", s.PID, s.Role)
		if s.Application != "" {
			texts[i] += fmt.Sprintf(" (%s)", s.Application)
		}
		if s.Since != "" {
			texts[i] += fmt.Sprintf(", in a transaction since %s UTC", s.Since)
		}
	}
	return strings.Join(texts, "; ")
}

// briefFiles are migrations whose own time-out for locks is lockWait. What stands in the files is for psql, which tries once.
type briefFiles struct{ fs.FS }

var ownLockTimeout = regexp.MustCompile(`(?im)^\s*set\s+local\s+lock_timeout\s*=\s*'[^']*'\s*;`)

// Open implements fs.FS.
func (f briefFiles) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	brief := fmt.Appendf(nil, "set local lock_timeout = '%dms';", lockWait.Milliseconds())
	return &textFile{Reader: bytes.NewReader(ownLockTimeout.ReplaceAll(text, brief)), info: info}, nil
}

type textFile struct {
	*bytes.Reader
	info fs.FileInfo
}

// Stat implements fs.File. The size is that of the original.
func (f *textFile) Stat() (fs.FileInfo, error) { return f.info, nil }

// Close implements fs.File.
func (f *textFile) Close() error { return nil }
