package backup

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Check reads a whole copy and judges it: that it has the files of a cluster, as many as were written, and that the checksums of
// pages are right, where there are some. Errors: ErrDamagedPages.
func Check(r io.Reader, t Taken) error {
	in := tar.NewReader(r)
	found := map[string]bool{}
	files, size := 0, int64(0)
	for {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		found[header.Name] = true
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if header.Name != "backup_label" {
			files++
			size += header.Size
		}
		if block, pages := firstBlock(header.Name); pages && t.Checksums {
			if err := checkPages(in, header.Name, block, t); err != nil {
				return err
			}
		}
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // what the sum of the object covers beyond the last file
		return err
	}
	for _, name := range []string{"PG_VERSION", "global/pg_control", "backup_label", "pg_wal/"} {
		if !found[name] {
			return fmt.Errorf("the copy lacks %s", name)
		}
	}
	if files != t.Files || size != t.Bytes {
		return fmt.Errorf("the copy has %d files with %d bytes instead of %d with %d", files, size, t.Files, t.Bytes)
	}
	return nil
}

func checkPages(r io.Reader, name string, first uint32, t Taken) error {
	page := make([]byte, PageSize)
	for block := first; ; block++ {
		if _, err := io.ReadFull(r, page); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) { // a file that the server was growing
				return nil
			}
			return err
		}
		if judge(page, block, t.Start, t.Stop) == pageDamaged {
			return fmt.Errorf("%w in the copy: %s, block %d", ErrDamagedPages, name, block)
		}
	}
}

// Extract writes a copy into a new folder, for a user and a group unless they are 0.
func Extract(r io.Reader, folder string, uid, gid int) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	in := tar.NewReader(r)
	made := []string{folder}
	for {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if !filepath.IsLocal(header.Name) {
			return fmt.Errorf("the copy names %q, which is outside of it", header.Name)
		}
		path := filepath.Join(folder, filepath.FromSlash(header.Name))
		if header.Typeflag == tar.TypeDir {
			err = os.Mkdir(path, 0o700)
		} else {
			err = extractFile(in, path)
		}
		if err != nil {
			return err
		}
		made = append(made, path)
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // its sum is right only if this ends well
		return err
	}
	if uid == 0 {
		return nil
	}
	for _, path := range made {
		if err := os.Chown(path, uid, gid); err != nil {
			return err
		}
	}
	return nil
}

func extractFile(r io.Reader, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // checked by the caller
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
