package embedded

import (
	"context"
	"os"
	"syscall"
	"time"
)

// openLock opens the file of a lock without taking it.
func openLock(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // our own file
}

// tryLock takes a lock if it is free. It belongs to the open file: it ends when every process that was given the file has
// closed it or is gone, so a server that was given it holds it for exactly as long as one of its processes lives.
func tryLock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// lockFile waits for a lock.
func lockFile(ctx context.Context, path string) (*os.File, error) {
	f, err := openLock(path)
	if err != nil {
		return nil, err
	}
	for !tryLock(f) {
		select {
		case <-ctx.Done():
			_ = f.Close() // it holds nothing yet
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return f, nil
}
