package archives

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"net/url"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/memblob"  // mem://
	"gocloud.dev/gcerrors"

	"lyceum/domain"
	"lyceum/domain/operations"
)

// Store keeps archives. It implements operations.ArchiveStore.
type Store struct{ bucket *blob.Bucket }

// Check tells what is wrong with a store's URL.
func Check(at string) error {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "mem" && (u.Scheme != "file" || u.Path == "") {
		return errors.New("a store of archives is file:///folder, or mem:// to forget all files at the end")
	}
	return nil
}

// Open opens the store at a gocloud URL; a folder is made.
func Open(ctx context.Context, at string) (*Store, error) {
	if err := Check(at); err != nil {
		return nil, err
	}
	u, err := url.Parse(at)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "file" {
		q := u.Query()
		for name, value := range map[string]string{"create_dir": "true", "no_tmp_dir": "true", "metadata": "skip", "dir_file_mode": "0700"} {
			q.Set(name, value)
		}
		u.RawQuery = q.Encode()
	}
	bucket, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, fmt.Errorf("the store of archives cannot be opened (LYCEUM_ARCHIVES): %w", err)
	}
	return &Store{bucket: bucket}, nil
}

// FolderURL is the URL of a store in a folder.
func FolderURL(folder string) (string, error) {
	absolute, err := filepath.Abs(folder)
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(absolute)}).String(), err
}

// columnsKey names the list of columns in a file's own metadata.
const columnsKey = "lyceum.columns"

const parquetType = "application/vnd.apache.parquet"

// rowsPerGroup bounds what is held in memory while a file is written.
const rowsPerGroup = 50_000

// counted is a writer that sums up what passes.
type counted struct {
	to    io.Writer
	sum   hash.Hash
	bytes int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	_, _ = c.sum.Write(p[:n]) // a hash does not fail
	c.bytes += int64(n)
	return n, err
}

// Write implements operations.ArchiveStore.
func (s *Store) Write(ctx context.Context, name string, all []operations.LogColumn, next func() ([]json.RawMessage, error),
) (sums operations.FileSums, err error) {
	columns := columnsOf(all)
	described, err := json.Marshal(columns)
	if err != nil {
		return sums, err
	}
	ctx, cancel := context.WithCancel(ctx) // ended before Close, it leaves nothing behind
	defer cancel()
	to, err := s.bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: parquetType})
	if err != nil {
		return sums, err
	}
	out := &counted{to: to, sum: sha256.New()}
	w := parquet.NewGenericWriter[any](out, schemaOf(columns), parquet.KeyValueMetadata(columnsKey, string(described)),
		parquet.MaxRowsPerRowGroup(rowsPerGroup))
	digest := sha256.New()
	sums.Rows, err = pour(w, columns, digest, next)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		cancel()
		_ = to.Close() // it says that it was canceled
		return sums, fmt.Errorf("write %s: %w", name, err)
	}
	sums.Bytes, sums.SHA256, sums.Digest = out.bytes, out.sum.Sum(nil), digest.Sum(nil)
	return sums, to.Close()
}

func pour(w *parquet.GenericWriter[any], columns []column, digest hash.Hash, next func() ([]json.RawMessage, error)) (n int64, err error) {
	for {
		page, err := next()
		if err != nil || len(page) == 0 {
			return n, err
		}
		rows := make([]parquet.Row, len(page))
		for i, o := range page {
			if rows[i], err = row(columns, o); err != nil {
				return n, err
			}
			add(digest, columns, rows[i])
		}
		if _, err := w.WriteRows(rows); err != nil {
			return n, err
		}
		n += int64(len(page))
	}
}

// Read implements operations.ArchiveStore. The file is read twice, since Parquet begins at its end: for its sum, and for its rows.
func (s *Store) Read(ctx context.Context, name string, wanted []byte, page func([]json.RawMessage) error,
) (sums operations.FileSums, err error) {
	r, err := s.open(ctx, name)
	if err != nil {
		return sums, err
	}
	defer r.Close()
	whole, err := anywhere(r)
	if err != nil {
		return sums, err
	}
	out := &counted{to: io.Discard, sum: sha256.New()}
	if _, err := io.Copy(out, io.NewSectionReader(whole, 0, math.MaxInt64)); err != nil {
		return sums, err
	}
	sums.Bytes, sums.SHA256 = out.bytes, out.sum.Sum(nil)
	if wanted != nil && !bytes.Equal(wanted, sums.SHA256) {
		return sums, fmt.Errorf("%s is not the file that was written: its SHA-256 is %x, not %x", name, sums.SHA256, wanted)
	}
	sums.Rows, sums.Digest, err = readRows(whole, out.bytes, page)
	if err != nil {
		err = fmt.Errorf("%s is damaged or no archive: %w", name, err)
	}
	return sums, err
}

func (s *Store) open(ctx context.Context, name string) (*blob.Reader, error) {
	r, err := s.bucket.NewReader(ctx, name, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, domain.Errorf(domain.CodeNotFound, "the file %s is missing from the store of archives", name)
	}
	return r, err
}

// anywhere reads a file at any place. That of a folder is read where it stands: a copy would need room, and leave addresses of people
// behind when the program is killed. mem:// has it in memory anyway.
func anywhere(r *blob.Reader) (io.ReaderAt, error) {
	var raw io.Reader
	if r.As(&raw) {
		if file, ok := raw.(*os.File); ok {
			return file, nil
		}
	}
	all, err := io.ReadAll(r)
	return bytes.NewReader(all), err
}

// pageRows is how many rows are handed over at a time.
const pageRows = 20_000

func readRows(from io.ReaderAt, size int64, page func([]json.RawMessage) error) (n int64, digest []byte, err error) {
	defer func() { // the library trusts files; one that was tampered with must not end the program
		if p := recover(); p != nil {
			err = fmt.Errorf("it cannot be read: %v", p)
		}
	}()
	file, err := parquet.OpenFile(from, size)
	if err != nil {
		return 0, nil, err
	}
	described, _ := file.Lookup(columnsKey)
	var columns []column
	if err := json.Unmarshal([]byte(described), &columns); err != nil || len(columns) != len(file.Schema().Fields()) {
		return 0, nil, errors.New("it does not say its columns")
	}
	sum, reader, rows := sha256.New(), parquet.NewReader(file), make([]parquet.Row, pageRows)
	defer reader.Close()
	for {
		read, err := reader.ReadRows(rows)
		objects := make([]json.RawMessage, read)
		for i := range objects {
			var failed error
			if objects[i], failed = object(columns, rows[i]); failed != nil {
				return n, nil, failed
			}
			add(sum, columns, rows[i])
		}
		n += int64(read)
		if read > 0 && page != nil {
			if failed := page(objects); failed != nil {
				return n, nil, failed
			}
		}
		if errors.Is(err, io.EOF) {
			return n, sum.Sum(nil), nil
		}
		if err != nil {
			return n, nil, err
		}
	}
}

// Close implements operations.ArchiveStore.
func (s *Store) Close() error { return s.bucket.Close() }
