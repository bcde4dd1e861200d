package backups

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"lyceum/domain"
)

// ErrBusy means that a backup, a restore or a drill is running.
var ErrBusy error = domain.Errorf(domain.CodeConflict, "another backup, restore or drill is running")

// lock lets one at a time work in a data folder. It ends with the process at the latest. Errors: ErrBusy.
func lock(data string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(data, "backup.lock"), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator's own folder
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be written: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // it holds nothing
		return nil, ErrBusy
	}
	return func() { _ = f.Close() }, nil // the lock ends with it
}

// WhileFree does something while no backup, restore or drill runs. When one does, nothing is done.
func WhileFree(data string, do func() error) error {
	unlock, err := lock(data)
	if errors.Is(err, ErrBusy) {
		return nil
	}
	if err != nil {
		return err
	}
	defer unlock()
	return do()
}

// note keeps, in the file of the lock, the id of the backup that is begun under it. The next one removes what is left of that.
func note(data, id string) error {
	return os.WriteFile(filepath.Join(data, "backup.lock"), []byte(id), 0o600)
}

// noted is the id of the backup that was begun last here, empty if there was none.
func noted(data string) string {
	id, err := os.ReadFile(filepath.Join(data, "backup.lock")) //nolint:gosec // our own file
	if err != nil {
		return ""
	}
	return string(id)
}
