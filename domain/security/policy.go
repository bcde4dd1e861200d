package security

import "time"

// How long a session lasts. Idle ends are judged in SQL against last_seen_at, which moves at most once a minute: a
// session never outlives IdleTimeout and may end up to LastSeenStep early.
const (
	SessionLifetime = 24 * time.Hour
	IdleTimeout     = 30 * time.Minute
	LastSeenStep    = time.Minute
)
