// Package e2e tries the whole program with real clients and neighbours: its pages in a headless Chromium, mail through Mailpit,
// certificates from pebble, PgBouncer. Its tests stand behind the build tag e2e (make e2e), since they need programs beyond Go and
// PostgreSQL; a missing one is a failure, not a skip.
package e2e
