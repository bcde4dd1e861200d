package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Set are the keys: one keyset for streams, as backups are, and one for values. The first key of each encrypts; all of them decrypt.
type Set struct {
	path     string
	streams  *keyset.Handle
	values   *keyset.Handle
	stream   tink.StreamingAEAD
	value    tink.AEAD
	exported *time.Time
}

// file is how a set is written. Tink's own JSON stands in it as it is, so that other programs can use the keysets.
type file struct {
	Note     string          `json:"note"`
	Exported *time.Time      `json:"exported,omitempty"` // when an operator last had a copy of these very keys
	Streams  json.RawMessage `json:"streams"`
	Values   json.RawMessage `json:"values"`
}

const note = "The keyset of Lyceum. Whoever has it can read the backups, and without it nobody can. Keep a copy apart from them."

// Read reads the keyset of a file. Errors: fs.ErrNotExist.
func Read(path string) (*Set, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator's own file
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the keyset cannot be read (LYCEUM_KEYS): %w; put the copy there that lyceum keys export has made", err)
	}
	if err != nil {
		return nil, fmt.Errorf("the keyset cannot be read (LYCEUM_KEYS): %w", err)
	}
	var f file
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%s is no keyset (LYCEUM_KEYS)", path) // what JSON says could quote a key
	}
	s := &Set{path: path, exported: f.Exported}
	if s.streams, err = parse(f.Streams); err == nil {
		s.values, err = parse(f.Values)
	}
	if err == nil {
		err = s.ready()
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no keyset (LYCEUM_KEYS)", path)
	}
	return s, nil
}

// Ensure reads the keyset of a file, and makes one where there is none; made says so.
func Ensure(path string) (s *Set, made bool, err error) {
	s, err = Read(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return s, false, err
	}
	s = &Set{path: path}
	if s.streams, err = keyset.NewHandle(streamingaead.AES256GCMHKDF1MBKeyTemplate()); err != nil {
		return nil, false, err
	}
	if s.values, err = keyset.NewHandle(aead.AES256GCMKeyTemplate()); err != nil {
		return nil, false, err
	}
	if err := s.ready(); err != nil {
		return nil, false, err
	}
	err = s.write(os.Link) // of several programs that begin at once, one makes it
	if errors.Is(err, fs.ErrExist) {
		s, err = Read(path)
		return s, false, err
	}
	return s, err == nil, err
}

func parse(text []byte) (*keyset.Handle, error) {
	return insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
}

func (s *Set) ready() (err error) {
	if s.stream, err = streamingaead.New(s.streams); err == nil {
		s.value, err = aead.New(s.values)
	}
	return err
}

// Rotate adds new keys, which encrypt from now on. The older ones stay, for what they have encrypted.
func (s *Set) Rotate() error {
	unlock, err := s.reload()
	if err != nil {
		return err
	}
	defer unlock()
	fresh := Set{path: s.path}
	if fresh.streams, err = rotated(s.streams, func(m *keyset.Manager) (uint32, error) {
		return m.Add(streamingaead.AES256GCMHKDF1MBKeyTemplate())
	}); err != nil {
		return err
	}
	if fresh.values, err = rotated(s.values, func(m *keyset.Manager) (uint32, error) {
		return m.Add(aead.AES256GCMKeyTemplate())
	}); err != nil {
		return err
	}
	if err := errors.Join(fresh.ready(), fresh.write(os.Rename)); err != nil {
		return err
	}
	*s = fresh
	return nil
}

// reload reads the file again and keeps other programs from changing it until unlock: what one of them added would be lost. The folder
// is locked, since the file is another one after each change.
func (s *Set) reload() (unlock func(), err error) {
	dir, err := os.Open(filepath.Dir(s.path))
	if err != nil {
		return nil, fmt.Errorf("the keyset cannot be written (LYCEUM_KEYS): %w", err)
	}
	unlock = func() { _ = dir.Close() } // the lock ends with it
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		unlock()
		return nil, fmt.Errorf("the keyset cannot be locked (LYCEUM_KEYS): %w", err)
	}
	now, err := Read(s.path)
	if err != nil {
		unlock()
		return nil, err
	}
	*s = *now
	return unlock, nil
}

func rotated(h *keyset.Handle, add func(*keyset.Manager) (uint32, error)) (*keyset.Handle, error) {
	m := keyset.NewManagerFromHandle(h)
	id, err := add(m)
	if err == nil {
		err = m.SetPrimary(id)
	}
	if err != nil {
		return nil, err
	}
	return m.Handle()
}

// Export writes the file of the keyset for safe keeping, and notes that somebody has it.
func (s *Set) Export(w io.Writer) error {
	unlock, err := s.reload()
	switch {
	case err == nil:
		defer unlock()
	case !errors.Is(err, fs.ErrPermission): // who may only read the keys exports them all the same
		return err
	}
	now := time.Now().UTC()
	s.exported = &now
	text, err := s.text()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := s.write(os.Rename); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// Exported reports whether somebody had a copy since the keys last changed.
func (s *Set) Exported() bool { return s.exported != nil }

func (s *Set) text() ([]byte, error) {
	f := file{Note: note, Exported: s.exported}
	for to, h := range map[*json.RawMessage]*keyset.Handle{&f.Streams: s.streams, &f.Values: s.values} {
		var b bytes.Buffer
		if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
			return nil, err
		}
		*to = b.Bytes()
	}
	text, err := json.MarshalIndent(f, "", "  ")
	return append(text, '\n'), err
}

// write makes the file aside, for its owner alone, and gives it its name with place.
func (s *Set) write(place func(from, to string) error) error {
	text, err := s.text()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(s.path), ".keys-") // 0600
	if err != nil {
		return fmt.Errorf("the keyset cannot be written (LYCEUM_KEYS): %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, s.giveBack(f), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("the keyset cannot be written (LYCEUM_KEYS): %w", err)
	}
	if err := place(f.Name(), s.path); err != nil {
		return fmt.Errorf("the keyset cannot be written (LYCEUM_KEYS): %w", err)
	}
	dir, err := os.Open(filepath.Dir(s.path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// giveBack lets a new file belong to whom the keyset belonged, or its folder: root changes the keys of a service that runs as another
// user, which must read them still.
func (s *Set) giveBack(f *os.File) error {
	info, err := os.Stat(s.path)
	if errors.Is(err, fs.ErrNotExist) && os.Geteuid() == 0 {
		info, err = os.Stat(filepath.Dir(s.path))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t) //nolint:forcetypeassert // every system that this builds on has it
	if int(owner.Uid) == os.Geteuid() {
		return nil
	}
	return f.Chown(int(owner.Uid), int(owner.Gid))
}

// Encrypt writes what is encrypted to w; the end is written by Close. Only who names the same object can decrypt it.
func (s *Set) Encrypt(w io.Writer, object string) (io.WriteCloser, error) {
	return s.stream.NewEncryptingWriter(w, []byte(object))
}

// Decrypt reads what Encrypt wrote for an object. What was changed, cut off or belongs to another object is an error of Read.
func (s *Set) Decrypt(r io.Reader, object string) (io.Reader, error) {
	return s.stream.NewDecryptingReader(r, []byte(object))
}

// Seal encrypts a small value for a purpose.
func (s *Set) Seal(value []byte, purpose string) ([]byte, error) {
	return s.value.Encrypt(value, []byte(purpose))
}

// Open decrypts what Seal made for the same purpose.
func (s *Set) Open(sealed []byte, purpose string) ([]byte, error) {
	return s.value.Decrypt(sealed, []byte(purpose))
}
