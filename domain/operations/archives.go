package operations

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"time"
)

// LogMonth is a month of a log. Only login_attempts and security_audit_log are archived: progress and analytics read consumption of any
// age.
type LogMonth struct {
	Log   string    `db:"log"`
	Month time.Time `db:"month"` // its first day, in UTC
}

// String writes a month as people do: login_attempts 2025-01.
func (m LogMonth) String() string { return m.Log + " " + m.Month.Format("2006-01") }

// Archive is what is known of a month that has left.
type Archive struct {
	LogMonth

	File       string     `db:"file"` // its name in the store of archives
	Bytes      int64      `db:"bytes"`
	SHA256     []byte     `db:"sha256"`
	Rows       int64      `db:"row_count"`
	ArchivedAt time.Time  `db:"archived_at"`
	CheckedAt  time.Time  `db:"checked_at"`
	DroppedAt  *time.Time `db:"dropped_at"`
	RestoredAt *time.Time `db:"restored_at"`
}

// Checksum is the SHA-256 of the file, in hexadecimal digits.
func (a *Archive) Checksum() string { return hex.EncodeToString(a.SHA256) }

// LogColumn is a column of a log as the database has it.
type LogColumn struct {
	Name string `db:"name"`
	Type string `db:"type"` // PostgreSQL's name
}

// FileSums is what was found while a file was written or read.
type FileSums struct {
	Bytes  int64
	SHA256 []byte
	Rows   int64
	Digest []byte // over all rows, in an order of names of ours, so that what was written can be compared with what is read
}

// ArchiveStore keeps the files of archives. Rows are JSON objects as the database writes them.
type ArchiveStore interface {
	// Write makes a file of the rows that next returns page by page until a page is empty. A file that was begun is not left behind.
	Write(ctx context.Context, name string, columns []LogColumn, next func() ([]json.RawMessage, error)) (FileSums, error)
	// Read hands all rows of a file over page by page; page may be nil. A file with another sum than the one that is wanted is not looked
	// into; a nil sum is any. Errors: NOT_FOUND, and what the file is damaged by.
	Read(ctx context.Context, name string, wanted []byte, page func([]json.RawMessage) error) (FileSums, error)
	// Delete removes a file. Errors: NOT_FOUND.
	Delete(ctx context.Context, name string) error
	// Sweep removes what writers that were killed have left, if it is older than a time: younger ones may be at work.
	Sweep(ctx context.Context, before time.Time) error
	// Close gives the store back.
	Close() error
}
