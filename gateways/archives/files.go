package archives

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"lyceum/domain"
)

// Each hands over the name of every file. One may be deleted before it is opened: a month that leaves again has a new one.
func (s *Store) Each(ctx context.Context, do func(name string) error) error {
	return s.list(ctx, func(o *blob.ListObject) error {
		if leftover(o) {
			return nil
		}
		return do(o.Key)
	})
}

// Sweep implements operations.ArchiveStore.
func (s *Store) Sweep(ctx context.Context, before time.Time) error {
	return s.list(ctx, func(o *blob.ListObject) error {
		if !leftover(o) || !o.ModTime.Before(before) {
			return nil
		}
		if err := s.Delete(ctx, o.Key); domain.CodeOf(err) != domain.CodeNotFound {
			return err
		}
		return nil
	})
}

func (s *Store) list(ctx context.Context, do func(*blob.ListObject) error) error {
	for all := s.bucket.List(nil); ; {
		o, err := all.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && !o.IsDir {
			err = do(o)
		}
		if err != nil {
			return err
		}
	}
}

// leftover reports whether a file is one that is being written, or was when its writer was killed: its rows are in no archive.
func leftover(o *blob.ListObject) bool { return strings.HasSuffix(o.Key, ".tmp") }

// Has reports whether there is a file of this name.
func (s *Store) Has(ctx context.Context, name string) (bool, error) {
	return s.bucket.Exists(ctx, name)
}

// Open reads a file as it stands. Errors: NOT_FOUND.
func (s *Store) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	return s.open(ctx, name)
}

// Put stores a file that Open once read. What is cut short leaves nothing behind.
func (s *Store) Put(ctx context.Context, name string, r io.Reader) error {
	ctx, cancel := context.WithCancel(ctx) // ended before Close, it leaves nothing behind; the bucket's own Upload keeps what it got
	defer cancel()
	w, err := s.bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: parquetType})
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, r); err != nil {
		cancel()
		_ = w.Close() // it says that it was canceled
		return err
	}
	return w.Close()
}

// Delete implements operations.ArchiveStore.
func (s *Store) Delete(ctx context.Context, name string) error {
	err := s.bucket.Delete(ctx, name)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return domain.Errorf(domain.CodeNotFound, "the file %s is missing from the store of archives", name)
	}
	return err
}
