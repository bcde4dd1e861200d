package upkeep

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lyceum/domain"
	"lyceum/domain/operations"
)

// leftoverAfter is how old what a writer has begun must be for it to be no longer at work.
const leftoverAfter = 24 * time.Hour

// Archived is what a run of the archive did.
type Archived struct {
	Months  []operations.LogMonth // that left
	Dropped []operations.LogMonth // whose detached tables are gone
	Rows    int64
}

// Archive takes every month that is older than its rule out of its log: its rows are written into a file, the file is read again and
// compared, and only then the month is detached. Months that were archived long enough ago are dropped, when their files are still
// whole. What fails stays as it is for the next run. Errors: CONFLICT when rows changed meanwhile or are not sealed yet.
func (u *Upkeep) Archive(ctx context.Context) (done Archived, err error) {
	err = u.with(ctx, true, func(h house) error {
		if err := h.files.Sweep(ctx, time.Now().Add(-leftoverAfter)); err != nil {
			return err
		}
		months, err := h.store.ArchivableMonths(ctx)
		if err != nil {
			return err
		}
		var failed []error
		for _, m := range months {
			rows, err := h.archive(ctx, m)
			if err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", m, err))
				continue
			}
			u.log.InfoContext(ctx, "a month of a log was archived", "log", m.Log, "month", m.Month.Format("2006-01"), "rows", rows)
			done.Months, done.Rows = append(done.Months, m), done.Rows+rows
		}
		if months, err = h.store.DroppableMonths(ctx); err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, m := range months {
			if err := h.drop(ctx, m); err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", m, err))
				continue
			}
			done.Dropped = append(done.Dropped, m)
		}
		return errors.Join(failed...)
	})
	return done, err
}

// archive writes, reads again, compares and detaches. A name is never used twice, so that of two runs at once neither writes over the
// other's file; the second is refused by the database.
func (h house) archive(ctx context.Context, m operations.LogMonth) (rows int64, err error) {
	before, err := h.store.ArchiveOf(ctx, m)
	if err != nil {
		return 0, err
	}
	digest, err := h.store.MonthDigest(ctx, m)
	if err != nil {
		return 0, err
	}
	columns, err := h.store.LogColumns(ctx, m.Log)
	if err != nil {
		return 0, err
	}
	name := fmt.Sprintf("%s/%s-%s.parquet", m.Log, m.Month.Format("2006-01"), suffix())
	written, err := h.files.Write(ctx, name, columns, h.store.MonthRows(ctx, m))
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.deleteUnused(context.WithoutCancel(ctx), m, name))
		}
	}()
	read, err := h.files.Read(ctx, name, written.SHA256, nil)
	if err != nil {
		return 0, err
	}
	if !same(written, read) {
		return 0, fmt.Errorf("%s reads differently from what was written into it", name)
	}
	if rows, err = h.store.CloseMonth(ctx, m, name, written, digest); err != nil || before == nil {
		return rows, err
	}
	// The month had been brought back. Its older file may have what was erased since.
	if old := h.files.Delete(ctx, before.File); old != nil && domain.CodeOf(old) != domain.CodeNotFound {
		return rows, fmt.Errorf("the month has left again, and its older file could not be deleted: %w", old)
	}
	return rows, nil
}

// deleteUnused deletes a file that nothing points at. What is not known to be unused stays: the answer to a commit may have been lost.
func (h house) deleteUnused(ctx context.Context, m operations.LogMonth, name string) error {
	a, err := h.store.ArchiveOf(ctx, m)
	if err != nil || a != nil && a.File == name {
		return err
	}
	return h.files.Delete(ctx, name)
}

func same(a, b operations.FileSums) bool {
	return a.Bytes == b.Bytes && a.Rows == b.Rows && bytes.Equal(a.SHA256, b.SHA256) && bytes.Equal(a.Digest, b.Digest)
}

func suffix() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// drop drops a detached month if its file still has all that it had.
func (h house) drop(ctx context.Context, m operations.LogMonth) error {
	a, err := h.store.ArchiveOf(ctx, m)
	if err != nil || a == nil {
		return err
	}
	if err := h.check(ctx, a); err != nil {
		return err
	}
	return h.store.DropMonth(ctx, m)
}

// check reads a file and compares it with what is known of it: its bytes, its rows, and of each row that it is what was sealed.
func (h house) check(ctx context.Context, a *operations.Archive) error {
	var changed *int64
	read, err := h.files.Read(ctx, a.File, a.SHA256, func(rows []json.RawMessage) (err error) {
		if changed == nil {
			changed, err = h.store.ChangedRow(ctx, a.LogMonth, rows)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case read.Rows != a.Rows:
		return fmt.Errorf("%s has %d rows, not %d", a.File, read.Rows, a.Rows)
	case changed != nil:
		return fmt.Errorf("%s: row %d is not what was sealed", a.File, *changed)
	}
	return h.store.NoteArchiveChecked(ctx, a.LogMonth)
}

// Checked is what was found of an archive.
type Checked struct {
	Archive *operations.Archive
	Err     error // nil when the file is whole
}

// Verify reads the files of all archives and tells of each whether it is whole.
func (u *Upkeep) Verify(ctx context.Context) (all []Checked, err error) {
	err = u.with(ctx, true, func(h house) error {
		archives, err := h.reader.LogArchives(ctx)
		for _, a := range archives {
			all = append(all, Checked{Archive: a, Err: h.check(ctx, a)})
		}
		return err
	})
	return all, err
}

// Restore brings a month back into its log, from its detached table while that is there, else from its file. Errors: NOT_FOUND when the
// month has no archive, CONFLICT when it is in the database or its rows are not those that were archived.
func (u *Upkeep) Restore(ctx context.Context, m operations.LogMonth) error {
	return u.with(ctx, true, func(h house) error {
		a, err := h.store.ArchiveOf(ctx, m)
		if err != nil {
			return err
		}
		if a == nil {
			return domain.Errorf(domain.CodeNotFound, "%s has no archive: `lyceum archive list` lists those that there are", m)
		}
		done, err := h.store.BeginRestore(ctx, m)
		if err != nil || done {
			return err
		}
		put := func(rows []json.RawMessage) error { return h.store.RestoreRows(ctx, m, rows) }
		if _, err := h.files.Read(ctx, a.File, a.SHA256, put); err != nil {
			return err
		}
		return h.store.FinishRestore(ctx, m)
	})
}

// Archives lists the months that have left, the latest first.
func (u *Upkeep) Archives(ctx context.Context) (all []*operations.Archive, err error) {
	err = u.with(ctx, false, func(h house) error {
		all, err = h.reader.LogArchives(ctx)
		return err
	})
	return all, err
}
