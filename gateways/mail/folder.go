package mail

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"lyceum/domain"
)

// Folder keeps messages as files, one for each, for development without a mail server. Names are the messages' ids, so that they
// sort by time and a message that is sent again is there once.
type Folder struct {
	Dir string
	Log *slog.Logger
}

const suffix = ".eml"

// Send implements Sender.
func (f Folder) Send(ctx context.Context, id domain.MailID, m *gomail.Msg) error {
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		return err
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return fmt.Errorf("the inbox folder cannot be made: %w", err)
	}
	path := filepath.Join(f.Dir, hex.EncodeToString(id.UUID[:])+suffix)
	aside, err := os.CreateTemp(f.Dir, ".mail-")
	if err != nil {
		return fmt.Errorf("the inbox folder cannot be written: %w", err)
	}
	_, err = aside.Write(text.Bytes())
	if err := errors.Join(err, aside.Close()); err != nil {
		return errors.Join(err, os.Remove(aside.Name()))
	}
	if err := os.Rename(aside.Name(), path); err != nil {
		return err
	}
	f.Log.InfoContext(ctx, "mail for the inbox page", "to", m.GetToString(), "file", path)
	return nil
}

// Stored is a message of the folder.
type Stored struct {
	ID                string
	To, From, Subject string
	Date              time.Time
	Text, HTML        string
}

// mostListed is what the inbox page shows.
const mostListed = 200

// List returns the newest messages, the newest first; a file that cannot be read is left out.
func (f Folder) List() ([]*Stored, error) {
	entries, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	slices.Reverse(entries)
	var all []*Stored
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), suffix)
		if len(all) == mostListed {
			break
		}
		if m, err := f.Read(id); ok && err == nil && m != nil {
			all = append(all, m)
		}
	}
	return all, err
}

// Read returns a message, nil when there is none with this id.
func (f Folder) Read(id string) (*Stored, error) {
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 || id != strings.ToLower(id) {
		return nil, nil //nolint:nilnil,nilerr // no id of a message: there is none
	}
	text, err := os.ReadFile(filepath.Join(f.Dir, id+suffix)) //nolint:gosec // 32 digits
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // as the comment says
	}
	if err != nil {
		return nil, err
	}
	m, err := readMessage(text)
	if err != nil {
		return nil, err
	}
	m.ID = id
	return m, nil
}
