package db

import (
	"time"

	"golang.org/x/sys/unix"
)

// limitUnacknowledged ends a connection whose data nobody acknowledges. It fails on what is not TCP, which needs none.
func limitUnacknowledged(fd uintptr, after time.Duration) {
	_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(after.Milliseconds()))
}
