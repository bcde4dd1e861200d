package operations

import (
	"time"

	"lyceum/domain"
)

// JobState is how far a job has come. The names are River's.
type JobState string

// The states, as in the type river_job_state of the queue; a test compares them.
const (
	JobAvailable JobState = "available" // it waits for a worker
	JobCancelled JobState = "cancelled" // it ended itself, because another attempt would be in vain
	JobCompleted JobState = "completed"
	JobDiscarded JobState = "discarded" // it was given up after its last attempt, or by an administrator
	JobPending   JobState = "pending"   // it waits for something else
	JobRetryable JobState = "retryable" // its last attempt failed, and it waits for the next
	JobRunning   JobState = "running"
	JobScheduled JobState = "scheduled" // it waits for its time
)

// JobStates lists all of them.
var JobStates = []JobState{
	JobAvailable, JobCancelled, JobCompleted, JobDiscarded, JobPending, JobRetryable, JobRunning, JobScheduled,
}

// Job is what the school tells of a job in the queue: never its arguments, which may name people.
type Job struct {
	Number      int64      `db:"id"`
	CreatedAt   time.Time  `db:"created_at"`
	Kind        string     `db:"kind"`
	Queue       string     `db:"queue"`
	State       JobState   `db:"state"`
	Attempt     int32      `db:"attempt"`
	MaxAttempts int32      `db:"max_attempts"`
	ScheduledAt time.Time  `db:"scheduled_at"`
	AttemptedAt *time.Time `db:"attempted_at"`
	FinalizedAt *time.Time `db:"finalized_at"`
	LastError   *string    `db:"last_error"`
}

// ID is the job's id.
func (j *Job) ID() domain.JobID { return domain.JobID{UUID: domain.LogUUID(j.CreatedAt, j.Number)} }

// JobFilter narrows the list of jobs.
type JobFilter struct {
	State        *JobState
	Kind         *string
	Queue        *string
	Failed       *bool // it failed and was given up, or waits for another attempt
	Since, Until *time.Time
}

// JobKind is how the jobs of a kind went. Times are the machine's, as all times of the queue.
type JobKind struct {
	Name              string     `db:"name"`
	LastStartedAt     *time.Time `db:"last_started_at"`
	LastFinishedAt    *time.Time `db:"last_finished_at"`
	LastDurationUS    *int64     `db:"last_duration_us"` // microseconds
	LastFailedAt      *time.Time `db:"last_failed_at"`
	LastError         *string    `db:"last_error"`
	Runs              int64      `db:"runs"`
	Failures          int64      `db:"failures"`
	FailuresInLastDay int64      `db:"failures_in_last_day"`
	Queued            int64      `db:"queued"`
	Running           int64      `db:"running"`
	Failed            int64      `db:"failed"`
	WaitsUntil        *time.Time `db:"waits_until"` // when the next one in the queue may run
}

// Description says what such jobs do.
func (k *JobKind) Description() string { return KindOf(k.Name).Description }

// EverySeconds is how often the program starts such a job, in seconds; nil when it does not.
func (k *JobKind) EverySeconds() *int32 {
	every := KindOf(k.Name).Every
	if every == 0 {
		return nil
	}
	seconds := int32(every / time.Second) //nolint:gosec // hours at most
	return &seconds
}

// LastDurationMs is how long the last run took, in milliseconds, rounded up.
func (k *JobKind) LastDurationMs() *int64 {
	if k.LastDurationUS == nil {
		return nil
	}
	ms := (*k.LastDurationUS + 999) / 1000
	return &ms
}

// NextRunAt is when the next one is to run: what waits in the queue, else a period after the last start. It lies in the past when
// the program has not run meanwhile; nil when nothing is known to come.
func (k *JobKind) NextRunAt() *time.Time {
	every := KindOf(k.Name).Every
	if k.WaitsUntil != nil || k.LastStartedAt == nil || every == 0 {
		return k.WaitsUntil
	}
	next := k.LastStartedAt.Add(every)
	return &next
}

// Run is one run of a job that has ended.
type Run struct {
	Kind  string
	Took  time.Duration
	Error string // why it failed; empty when it did not
}

// RetryJobCommand asks for a job to be tried again now.
type RetryJobCommand struct{ JobID domain.JobID }

// DiscardJobCommand asks for a job to be given up.
type DiscardJobCommand struct{ JobID domain.JobID }
