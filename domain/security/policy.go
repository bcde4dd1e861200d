package security

import "time"

// SessionLifetime is how long a session lasts at most. Idle ones end after 30 minutes, judged in SQL (store/sessions.go)
// against last_seen_at, which moves at most once a minute: never later, and up to a minute early.
const SessionLifetime = 24 * time.Hour
