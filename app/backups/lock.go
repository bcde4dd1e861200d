package backups

import (
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
