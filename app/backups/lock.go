package backups

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrBusy means that a backup, a restore or a drill is running.
var ErrBusy = errors.New("another backup, restore or drill is running")

// Lock lets one at a time work in a data folder. It ends with the process at the latest. Errors: ErrBusy.
func (b *Backups) Lock() (unlock func(), err error) { return lock(b.config.Data) }

func lock(data string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(data, "backup.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be written: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // it holds nothing
		return nil, ErrBusy
	}
	return func() { _ = f.Close() }, nil // the lock ends with it
}
