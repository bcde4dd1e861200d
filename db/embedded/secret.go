package embedded

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeepSecret reads a secret from a file that only its owner may read, and makes it if it is not there. All who ask at the
// same time get the same one, and one that was returned is on disk.
func KeepSecret(path string) (string, error) {
	secret, err := readSecret(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := makeSecret(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("the data folder cannot be written: %w", err)
	}
	return readSecret(path)
}

func readSecret(path string) (string, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator's own folder
	if err != nil {
		return "", fmt.Errorf("the data folder cannot be read: %w", err)
	}
	secret := bytes.TrimSpace(text)
	if len(secret) == 0 {
		return "", fmt.Errorf("%s is empty, though a secret was kept in it; restore it, or remove it if nothing is protected by it", path)
	}
	return string(secret), nil
}

// makeSecret writes the whole secret aside and then gives it its name, which only the first of several can.
func makeSecret(path string) error {
	random := make([]byte, 24)
	if _, err := rand.Read(random); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".secret-") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(random) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	err = os.Link(f.Name(), path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return os.Rename(f.Name(), path) // some file systems know no links
	}
	return err
}
