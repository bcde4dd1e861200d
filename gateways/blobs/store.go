package blobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"path/filepath"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/memblob"  // mem://
	"gocloud.dev/gcerrors"

	"lyceum/domain"
)

// Store keeps files. It implements content.Blobs.
type Store struct{ bucket *blob.Bucket }

// Check tells what is wrong with a store's URL.
func Check(at string) error {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "mem" && (u.Scheme != "file" || u.Path == "") {
		return errors.New("a file store is file:///folder, or mem:// to forget all files at the end")
	}
	return nil
}

// Open opens the store at a gocloud URL.
func Open(ctx context.Context, at string) (*Store, error) {
	if err := Check(at); err != nil {
		return nil, err
	}
	u, err := url.Parse(at)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "file" {
		// Temporary files beside the others, so that giving one its name is atomic; no companions with attributes.
		q := u.Query()
		for name, value := range map[string]string{"create_dir": "true", "no_tmp_dir": "true", "metadata": "skip", "dir_file_mode": "0700"} {
			if !q.Has(name) {
				q.Set(name, value)
			}
		}
		u.RawQuery = q.Encode()
	}
	bucket, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, fmt.Errorf("the file store cannot be opened (LYCEUM_BLOBS): %w", err)
	}
	return &Store{bucket: bucket}, nil
}

// FolderURL is the URL of a store in a folder.
func FolderURL(folder string) (string, error) {
	absolute, err := filepath.Abs(folder)
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(absolute)}).String(), err
}

// key spreads the files over 256 folders.
func key(sum string) (string, error) {
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != sum {
		return "", domain.Errorf(domain.CodeInvalid, "the name of a file must be 64 lower-case hexadecimal digits")
	}
	return sum[:2] + "/" + sum, nil
}

// Has reports whether a file is there, whole.
func (s *Store) Has(ctx context.Context, sum string, bytes int64) (bool, error) {
	name, err := key(sum)
	if err != nil {
		return false, err
	}
	attributes, err := s.bucket.Attributes(ctx, name)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return false, nil
	}
	return err == nil && attributes.Size == bytes, err
}

// Put keeps a file. What does not have the sum is not kept. Errors: INVALID.
func (s *Store) Put(ctx context.Context, sum, mediaType string, content io.Reader) error {
	name, err := key(sum)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx) // ended before Close, it leaves nothing behind
	defer cancel()
	w, err := s.bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: mediaType})
	if err != nil {
		return err
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(w, hash), endable{ctx, content})
	if err == nil && hex.EncodeToString(hash.Sum(nil)) != sum {
		err = domain.Errorf(domain.CodeInvalid, "the file changed while it was read")
	}
	if err != nil {
		cancel()
		_ = w.Close() // it says that it was canceled
		return err
	}
	return w.Close()
}

// endable is a file whose reading ends with a context; neither files nor the store's writer look at it.
type endable struct {
	ctx context.Context //nolint:containedctx // io.Reader has no place for it
	io.Reader
}

func (e endable) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.Reader.Read(p)
}

// Get opens a file. Errors: NOT_FOUND.
func (s *Store) Get(ctx context.Context, sum string) (io.ReadSeekCloser, error) {
	name, err := key(sum)
	if err != nil {
		return nil, err
	}
	r, err := s.bucket.NewReader(ctx, name, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, domain.Errorf(domain.CodeNotFound, "the file is missing from the file store")
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Close gives the store back.
func (s *Store) Close() error { return s.bucket.Close() }

// Each calls fn with the sum of every file.
func (s *Store) Each(ctx context.Context, fn func(sum string) error) error {
	list := s.bucket.List(nil)
	for {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		sum := path.Base(object.Key)
		if name, err := key(sum); err != nil || name != object.Key { // what a writer that was killed left
			continue
		}
		if err := fn(sum); err != nil {
			return err
		}
	}
}
