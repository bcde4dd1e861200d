package operations

import (
	"context"
	"time"
)

// Level is how bad something is that was found.
type Level string

// The levels. alerts_level_known and slow_checks_level_known in migration 027 hold the same list.
const (
	Warning  Level = "warning"  // it will hurt, or already hurts a few
	Critical Level = "critical" // rows, access or the school itself are in danger now
)

// Levels lists all of them.
var Levels = []Level{Warning, Critical}

// Worse reports whether a level is worse than another one.
func (l Level) Worse(than Level) bool { return l == Critical && than == Warning }

// Finding is one thing that is wrong, and what to do.
type Finding struct {
	Check  string `json:"check"`
	Level  Level  `json:"level"`
	What   string `json:"what"`   // what is wrong, half a sentence
	Remedy string `json:"remedy"` // what to do, an imperative
}

// Health is what an examination found. No findings is good news.
type Health struct {
	ExaminedAt time.Time  `json:"examinedAt"`
	Checks     []string   `json:"checks"` // the names of all checks that were made
	Findings   []*Finding `json:"findings"`
	// Unread are the checks of which nothing is known, because what they judge could not be read. The first of those that fail for the same
	// reason says so in a finding; that the others say nothing does not mean that all is well.
	Unread []string `json:"unread,omitempty"`
}

// SlowCheck is what a check said last that is too dear to be made every minute.
type SlowCheck struct {
	Name       string    `db:"name"`
	ExaminedAt time.Time `db:"examined_at"` // by the machine's clock
	Level      *Level    `db:"level"`       // nil: nothing was wrong
	What       string    `db:"what"`
	Remedy     string    `db:"remedy"`
}

// Depth is how much an examination may cost.
type Depth int

// The depths, each with what the one before it does.
const (
	Brief    Depth = iota // what a job asks every minute: a dozen statements, and what slow checks said last
	Usual                 // also what takes a moment: the mail server, known passwords
	Thorough              // also what takes as long as it takes: the seals of all logs, the certificate that the public sees
)

// Readings are what the checks judge. What was not read is nil.
type Readings struct {
	Server      *ServerReading
	Timeline    *TimelineReading
	Roles       []RoleReading
	Public      *PublicReading
	Grants      []string // that are missing
	Migrations  []string // the names of the files that were run
	Partitions  []PartitionReading
	Seals       *SealReading
	Mail        *MailReading
	Collations  []CollationReading
	Jobs        []*JobKind
	Tables      []TableReading
	Wraparound  *WraparoundReading
	Slow        []SlowCheck
	ProgramTime time.Time // the machine's, while the server's was read
}

// ServerReading is what PostgreSQL says of itself.
type ServerReading struct {
	Version           int        `db:"version"` // 150007 for 15.7
	Now               time.Time  `db:"now"`
	Fsync             string     `db:"fsync"`
	FullPageWrites    string     `db:"full_page_writes"`
	SynchronousCommit string     `db:"synchronous_commit"`
	MaxConnections    int        `db:"max_connections"`
	Reserved          int        `db:"reserved"` // of them, for superusers
	Connections       int        `db:"connections"`
	ArchiveMode       string     `db:"archive_mode"`
	ArchivedAt        *time.Time `db:"archived_at"`
	ArchiveFailedAt   *time.Time `db:"archive_failed_at"`
	ArchiveFailures   int64      `db:"archive_failures"`
}

// TimelineReading is where the database is, and where it was when it last went on without losing anything that the school knows of.
type TimelineReading struct {
	Timeline    int64 `db:"timeline"`
	Known       int64 `db:"known"`
	SameCluster bool  `db:"same_cluster"`
}

// RoleReading is what one of the program's roles may do beyond what it is for.
type RoleReading struct {
	Role     string  `db:"role"`
	Powerful bool    `db:"powerful"` // superuser, or may make roles or databases, or passes row security
	Owns     bool    `db:"owns"`
	Creates  bool    `db:"creates"` // tables in public
	Changes  *string `db:"changes"` // tables that only the owner may change, such as logs; comma-separated
}

// PublicReading is what every role of the cluster may do in the school's database.
type PublicReading struct {
	Connects  bool `db:"connects"`
	Temporary bool `db:"temporary"`
	Creates   bool `db:"creates"`
}

// PartitionReading is how a table by months is prepared for what comes.
type PartitionReading struct {
	Table       string `db:"table_name"`
	MonthsAhead int    `db:"months_ahead"` // of partitions after this month's, without a gap
	Stray       int64  `db:"stray"`        // rows in the default partition
}

// SealReading is how far the seals of the logs have come.
type SealReading struct {
	LastAt      *time.Time `db:"last_at"`
	Unsealed    int64      `db:"unsealed"`
	OldestWaits float64    `db:"oldest_waits"` // seconds
	Problem     string     `db:"-"`            // what a thorough look found; empty for nothing
}

// MailReading is how mail goes.
type MailReading struct {
	GivenUp     int64   `db:"given_up"` // of those of the last four days, the three of its attempts and one to be seen
	Waiting     int64   `db:"waiting"`
	OldestWaits float64 `db:"oldest_waits"` // seconds
}

// CollationReading is a collation whose rules have changed under the indexes that were built by them.
type CollationReading struct {
	Name   string  `db:"name"`
	Built  string  `db:"built"`
	Actual *string `db:"actual"`
}

// TableReading is a table with more rows that are dead than it should have.
type TableReading struct {
	Table string `db:"table_name"`
	Dead  int64  `db:"dead"`
	Live  int64  `db:"live"`
}

// WraparoundReading is how old the oldest transaction is that the database still has to know.
type WraparoundReading struct {
	Age int64 `db:"age"`
	Max int64 `db:"max"` // at which PostgreSQL vacuums by itself
}

// Examiner examines the school: doctor.Doctor. Its only error is that it was interrupted.
type Examiner interface {
	Examine(ctx context.Context, depth Depth) (*Health, error)
}
