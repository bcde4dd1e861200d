// Package dbtest gives a test a database of its own in one line: dbtest.New(t).
//
// One cluster serves a whole `go test ./...`. The first test process starts it (in /dev/shm where there is room), the
// others attach, and a reaper stops and removes it when no test has used it for a while. Each database is cloned from a
// migrated template. Without PostgreSQL the tests fail; they never skip.
package dbtest
