package operations

import (
	"time"

	"lyceum/domain"
)

// BackupReason is what a backup or a restore drill was begun for.
type BackupReason string

// The reasons.
const (
	BySchedule BackupReason = "schedule"
	ByRequest  BackupReason = "request" // of an administrator, in the graph
	ByCommand  BackupReason = "command"
)

// BackupReasons lists all of them.
var BackupReasons = []BackupReason{BySchedule, ByRequest, ByCommand}

// BackupKind is which program takes a backup.
type BackupKind string

// The kinds.
const (
	BuiltInBackup BackupKind = "built_in"
	PgBackRest    BackupKind = "pgbackrest"
)

// BackupKinds lists all of them.
var BackupKinds = []BackupKind{BuiltInBackup, PgBackRest}

// BackupState is how far a backup has come.
type BackupState string

// The states.
const (
	BackupRunning BackupState = "running"
	BackupWhole   BackupState = "whole" // it was read back and found good
	BackupFailed  BackupState = "failed"
)

// BackupStates lists all of them.
var BackupStates = []BackupState{BackupRunning, BackupWhole, BackupFailed}

// Backup is a backup that was begun. Times are the machine's.
type Backup struct {
	ID             domain.BackupID `db:"id"`
	Name           *string         `db:"name"` // in the place; nil when it is not whole
	Kind           BackupKind      `db:"kind"`
	State          BackupState     `db:"state"`
	Reason         BackupReason    `db:"reason"`
	StartedAt      time.Time       `db:"started_at"`
	FinishedAt     *time.Time      `db:"finished_at"`
	RestorableFrom *time.Time      `db:"restorable_from"`
	ClusterBytes   *int64          `db:"cluster_bytes"`
	StoredBytes    *int64          `db:"stored_bytes"`
	Files          *int32          `db:"files"` // of the file store
	RemovedAt      *time.Time      `db:"removed_at"`
	LastError      *string         `db:"last_error"`
}

// BackupFilter narrows the list of backups.
type BackupFilter struct {
	State *BackupState
	Kept  *bool // whole and not removed
}

// DrillState is how a restore drill went.
type DrillState string

// The states.
const (
	DrillRunning DrillState = "running"
	DrillPassed  DrillState = "passed"
	DrillFailed  DrillState = "failed"
)

// DrillStates lists all of them.
var DrillStates = []DrillState{DrillRunning, DrillPassed, DrillFailed}

// Drill is a restore that was tried. Times are the machine's.
type Drill struct {
	ID          domain.RestoreDrillID `db:"id"`
	BackupName  *string               `db:"backup_name"`
	State       DrillState            `db:"state"`
	Reason      BackupReason          `db:"reason"`
	StartedAt   time.Time             `db:"started_at"`
	FinishedAt  *time.Time            `db:"finished_at"`
	LostMs      *int64                `db:"lost_ms"` // milliseconds between the last archived commit and the beginning of the drill
	TookMs      *int64                `db:"took_ms"` // milliseconds until the school could have opened
	Tables      *int32                `db:"tables"`
	RowsCounted *int64                `db:"rows_counted"`
	LastError   *string               `db:"last_error"`
}

// DrillFilter narrows the list of drills.
type DrillFilter struct{ State *DrillState }

// Counted is how many tables a school has, and how many rows they have together.
type Counted struct {
	Tables int32 `db:"tables"`
	Rows   int64 `db:"rows"`
}

// Epoch says what a restore ended, see begin_epoch.
type Epoch struct {
	SessionsEnded    int64 `db:"sessions_ended"`
	TokensRevoked    int64 `db:"tokens_revoked"`
	DevicesForgotten int64 `db:"devices_forgotten"`
	LinksVoided      int64 `db:"links_voided"`
	RequestsDropped  int64 `db:"requests_dropped"`
	MailsHeld        int64 `db:"mails_held"`
}

// BackupJob takes a backup. One that is scheduled does nothing when a whole one is young enough.
type BackupJob struct {
	Reason BackupReason `json:"reason"`
}

// Kind names the job in the queue.
func (BackupJob) Kind() string { return "take_backup" }

// DrillJob tries a restore. One that is scheduled does nothing when one was tried within a week.
type DrillJob struct {
	Reason BackupReason `json:"reason"`
}

// Kind names the job in the queue.
func (DrillJob) Kind() string { return "restore_drill" }

// CopyJob brings files to the place of backups, and the second place what it lacks.
type CopyJob struct{}

// Kind names the job in the queue.
func (CopyJob) Kind() string { return "copy_backups" }
