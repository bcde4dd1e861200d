package blobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// ErrDamaged means that an object is there, but not what was written: it was changed or cut off, or encrypted with other keys.
var ErrDamaged = errors.New("the object is damaged, or other keys made it")

// Open reads an object. What is read may be trusted only once io.EOF was returned: then its sum was right. Errors: NOT_FOUND,
// ErrDamaged; of Read as well. A place that fails while it is read says nothing about the object: its error is returned as it is.
func (o *Objects) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	in, err := o.bytesOf(ctx, name)
	if err != nil {
		return nil, err
	}
	r := &reader{o: o, name: name, in: in, source: &source{r: in}, sum: sha256.New()}
	plain, err := o.cipher.Decrypt(r.source, name)
	if err != nil {
		return nil, errors.Join(r.blame(err), in.Close())
	}
	r.tail = &tail{r: plain}
	if r.unpacked, err = zstd.NewReader(r.tail, zstd.WithDecoderConcurrency(1)); err != nil {
		return nil, errors.Join(r.blame(err), in.Close())
	}
	return r, nil
}

type reader struct {
	o        *Objects
	name     string
	in       io.Closer
	source   *source
	tail     *tail
	unpacked *zstd.Decoder
	sum      hash.Hash
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	n, err := r.unpacked.Read(p)
	r.sum.Write(p[:n])
	switch {
	case errors.Is(err, io.EOF) && r.source.failed == nil:
		if !bytes.Equal(r.tail.last, append(slices.Clone(sumMagic), r.sum.Sum(nil)...)) {
			return n, fmt.Errorf("%s: %w: its sum is another", r.name, ErrDamaged)
		}
	case err != nil:
		err = r.blame(err)
	}
	return n, err
}

// blame says whose fault an error is: the place's, if it failed to hand the bytes over, else the object's. The decryption names no
// reason, and tells of a connection that broke as of a key that does not fit.
func (r *reader) blame(err error) error {
	if failed := r.source.failed; failed != nil {
		return fmt.Errorf("%s cannot be read: %w", r.name, r.o.explain(failed))
	}
	return fmt.Errorf("%s: %w: %w", r.name, ErrDamaged, err)
}

// Close implements io.Closer.
func (r *reader) Close() error {
	r.unpacked.Close()
	return r.in.Close()
}

// source remembers why the place could not go on.
type source struct {
	r      io.Reader
	failed error
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed = err
	}
	return n, err
}

// tail remembers the end of what was read, where the sum stands.
type tail struct {
	r    io.Reader
	last []byte
}

// Read implements io.Reader.
func (t *tail) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.last = append(t.last, p[max(0, n-sumFrame):n]...)
	t.last = t.last[max(0, len(t.last)-sumFrame):]
	return n, err
}

const sumFrame = 8 + sha256.Size
