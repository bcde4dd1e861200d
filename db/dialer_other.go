//go:build !linux

package db

import "time"

// limitUnacknowledged does nothing here: the system's own limit holds.
func limitUnacknowledged(uintptr, time.Duration) {}
