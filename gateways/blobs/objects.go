package blobs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/s3blob" // s3://
	"gocloud.dev/gcerrors"

	"lyceum/domain"
)

// Cipher encrypts objects, each for its own name.
type Cipher interface {
	Encrypt(w io.Writer, object string) (io.WriteCloser, error)
	Decrypt(r io.Reader, object string) (io.Reader, error)
}

// Objects is a place for what grows, such as backups. Objects are streamed, compressed and encrypted, and end with the sum of
// their content, so that each can be checked by itself. One that is there is whole: a writer that breaks off leaves nothing.
type Objects struct {
	bucket *blob.Bucket
	cipher Cipher
	folder string // of a place that is a folder, whose files are synced to the disk; else empty
	name   string // of a place that is a bucket
}

// CheckObjects tells what is wrong with the URL of a place.
func CheckObjects(at string) error {
	u, err := url.Parse(at)
	isFolder, isBucket := err == nil && u.Scheme == "file" && u.Path != "" && u.Host == "", err == nil && u.Scheme == "s3" && u.Host != ""
	if !isFolder && !isBucket {
		return errors.New("it must be file:///folder or s3://bucket?region=…, with endpoint=… and use_path_style=true for a server of one's own")
	}
	// PostgreSQL hands the URL over on a command line, which every user of the machine can read.
	endpoint, err := url.Parse(u.Query().Get("endpoint"))
	if err != nil || endpoint.User != nil || u.User != nil {
		return errors.New("it must not have a user or a password: the keys of S3 stand in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in " +
			"the files of AWS's own tools")
	}
	return nil
}

// MakeFolder makes the folder of a place that is one. Nothing else makes it: what is missing may be a disk that is not mounted.
func MakeFolder(at string) error {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "file" {
		return err
	}
	if err := os.MkdirAll(filepath.FromSlash(u.Path), 0o700); err != nil {
		return fmt.Errorf("the folder of %s cannot be made: %w", Name(at), err)
	}
	return nil
}

// OpenObjects opens a place. S3's keys come from the environment or the files of AWS's own tools, never from the URL. An s3 URL
// may have prefix=…/. A folder that is missing is not made.
func OpenObjects(ctx context.Context, at string, cipher Cipher) (*Objects, error) {
	if err := CheckObjects(at); err != nil {
		return nil, err
	}
	u, err := url.Parse(at)
	if err != nil {
		return nil, err
	}
	o := &Objects{cipher: cipher, name: u.Host}
	if u.Scheme == "file" {
		o.folder = filepath.FromSlash(u.Path)
		if _, err := os.Stat(o.folder); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("the folder %s is missing: is its disk mounted? If it is to be a new one, make it", o.folder)
		}
		u.RawQuery = url.Values{"no_tmp_dir": {"true"}, "metadata": {"skip"}, "dir_file_mode": {"0700"}}.Encode()
	}
	if u.Scheme == "s3" { // each object has a sum of its own; where the store sends none, its driver would warn of every one
		query := u.Query()
		if !query.Has("response_checksum_validation") {
			query.Set("response_checksum_validation", "when_required")
		}
		u.RawQuery = query.Encode()
	}
	if o.bucket, err = blob.OpenBucket(ctx, u.String()); err != nil {
		return nil, fmt.Errorf("%s cannot be opened: %w", Name(at), o.explain(err))
	}
	return o, nil
}

// Name is a place's URL without what it says of how to get there.
func Name(at string) string {
	u, err := url.Parse(at)
	if err != nil {
		return "the place"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// Close gives the place back.
func (o *Objects) Close() error { return o.bucket.Close() }

// The sum stands in a frame that readers of zstd skip, after the content: its magic, its length and SHA-256.
var sumMagic = []byte{0x50, 0x2a, 0x4d, 0x18, sha256.Size, 0, 0, 0}

// Writer writes one object.
type Writer struct {
	ctx    context.Context //nolint:containedctx // of the object, not of one write
	cancel context.CancelFunc
	o      *Objects
	name   string
	out    *blob.Writer
	sealed io.WriteCloser
	packed *zstd.Encoder
	sum    hash.Hash
	bytes  int64
}

// Create begins an object. Whoever calls it calls Close, which keeps it, or Cancel.
func (o *Objects) Create(ctx context.Context, name string) (*Writer, error) {
	ctx, cancel := context.WithCancel(ctx)
	w := &Writer{ctx: ctx, cancel: cancel, o: o, name: name, sum: sha256.New()}
	var err error
	if w.out, err = o.bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: "application/octet-stream"}); err != nil {
		cancel()
		return nil, o.explain(err)
	}
	if w.sealed, err = o.cipher.Encrypt(w.out, name); err == nil {
		w.packed, err = zstd.NewWriter(w.sealed, zstd.WithEncoderConcurrency(1))
	}
	if err != nil {
		w.Cancel()
		return nil, err
	}
	return w, nil
}

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.packed.Write(p)
	w.sum.Write(p[:n])
	w.bytes += int64(n)
	return n, w.o.explain(err)
}

// Cancel leaves nothing of the object. After Close it does nothing.
func (w *Writer) Cancel() {
	if w.ctx.Err() == nil {
		w.cancel()
		_ = w.out.Close() // it says that it was canceled
	}
}

// Close keeps the object: when it returns, the object is on disk.
func (w *Writer) Close() error {
	err := w.packed.Close()
	if err == nil {
		_, err = w.sealed.Write(append(slices.Clone(sumMagic), w.sum.Sum(nil)...))
	}
	if err == nil {
		err = w.sealed.Close()
	}
	if err != nil {
		w.Cancel()
		return w.o.explain(err)
	}
	err = w.out.Close()
	w.cancel()
	if err != nil {
		return w.o.explain(err)
	}
	return w.o.sync(w.name)
}

// Sum is the SHA-256 of what was written, and how many bytes it was.
func (w *Writer) Sum() ([]byte, int64) { return w.sum.Sum(nil), w.bytes }

// Put keeps an object with the content of r.
func (o *Objects) Put(ctx context.Context, name string, r io.Reader) error {
	w, err := o.Create(ctx, name)
	if err != nil {
		return err
	}
	defer w.Cancel()
	if _, err := io.Copy(w, r); err != nil {
		return err
	}
	return w.Close()
}

// sync has the file of an object, and the folders that lead to it, on disk: the driver leaves that to the system.
func (o *Objects) sync(name string) error {
	if o.folder == "" {
		return nil
	}
	path := filepath.Join(o.folder, filepath.FromSlash(name))
	for {
		f, err := os.Open(path) //nolint:gosec // below the operator's own folder
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
		if path == o.folder || len(path) <= len(o.folder) {
			return nil
		}
		path = filepath.Dir(path)
	}
}

// Info is an object as it stands in the place.
type Info struct {
	Name  string
	Bytes int64 // encrypted
	At    time.Time
}

// List calls each for every object whose name begins with a prefix, in the order of names.
func (o *Objects) List(ctx context.Context, prefix string, each func(Info) error) error {
	list := o.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return o.explain(err)
		}
		if o.leftover(object.Key) {
			continue
		}
		if err := each(Info{Name: object.Key, Bytes: object.Size, At: object.ModTime}); err != nil {
			return err
		}
	}
}

// leftoverForm is how the driver names a file that is being written: with the time in nanoseconds behind the object's name.
var leftoverForm = regexp.MustCompile(`\.[0-9a-f]{16}\.tmp$`)

// leftover reports whether a name is what a writer that was killed left in a folder: it never became an object.
func (o *Objects) leftover(name string) bool { return o.folder != "" && leftoverForm.MatchString(name) }

// Sweep removes what writers that were killed have left below a prefix, if it is older than a time: younger ones may be at work.
func (o *Objects) Sweep(ctx context.Context, prefix string, before time.Time) error {
	list := o.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return o.explain(err)
		}
		if o.leftover(object.Key) && object.ModTime.Before(before) {
			if err := o.Delete(ctx, object.Key); err != nil {
				return err
			}
		}
	}
}

// Folders are the names below a prefix up to the next slash.
func (o *Objects) Folders(ctx context.Context, prefix string) (names []string, err error) {
	list := o.bucket.List(&blob.ListOptions{Prefix: prefix, Delimiter: "/"})
	for {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, o.explain(err)
		}
		if object.IsDir {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(object.Key, prefix), "/"))
		}
	}
}

// Has reports whether an object is there, whatever is in it.
func (o *Objects) Has(ctx context.Context, name string) (bool, error) {
	found, err := o.bucket.Exists(ctx, name)
	return found, o.explain(err)
}

// Delete removes an object. One that is gone is no error.
func (o *Objects) Delete(ctx context.Context, name string) error {
	err := o.bucket.Delete(ctx, name)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil
	}
	return o.explain(err)
}

// bytesOf opens an object as it stands in the place. What is no file in a folder was not written there by this program: whoever opens a
// named pipe waits for ever, and a device has no end. Errors: NOT_FOUND, ErrDamaged.
func (o *Objects) bytesOf(ctx context.Context, name string) (*blob.Reader, error) {
	if o.folder != "" {
		info, err := os.Stat(filepath.Join(o.folder, filepath.FromSlash(name)))
		if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
			return nil, fmt.Errorf("%s: %w: it is no file", name, ErrDamaged)
		}
	}
	r, err := o.bucket.NewReader(ctx, name, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, domain.Errorf(domain.CodeNotFound, "there is no object %s", name)
	}
	return r, o.explain(err)
}

// Copy brings an object to another place as it is, encrypted. Errors: NOT_FOUND, ErrDamaged for what is no file.
func (o *Objects) Copy(ctx context.Context, name string, to *Objects) error {
	r, err := o.bytesOf(ctx, name)
	if err != nil {
		return err
	}
	defer r.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := to.bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return to.explain(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		cancel()
		_ = w.Close() // it says that it was canceled
		return to.explain(err)
	}
	if err := w.Close(); err != nil {
		return to.explain(err)
	}
	return to.sync(name)
}
