package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/store"
)

// Backups takes backups, and tries whether they can be restored. What is scheduled is done if it is due. CONFLICT means that another
// one is running.
type Backups interface {
	Take(ctx context.Context, reason operations.BackupReason) error
	Drill(ctx context.Context, reason operations.BackupReason) error
	Copy(ctx context.Context) error
}

// BackupSchedule says when backups are taken every day, in UTC.
type BackupSchedule struct{ Hour, Minute int }

// Next implements river.PeriodicSchedule.
func (s BackupSchedule) Next(now time.Time) time.Time {
	now = now.UTC()
	next := time.Date(now.Year(), now.Month(), now.Day(), s.Hour, s.Minute, 0, 0, time.UTC)
	if !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

const (
	// backupLimit is how long a backup or a drill of a large school may take.
	backupLimit = 12 * time.Hour
	copyLimit   = time.Hour
	// busyPause is how long a backup waits for another one.
	busyPause = 10 * time.Second
)

// backupJobs are the periodic ones; none where backups are off.
func backupJobs(b Backups, at BackupSchedule) []*river.PeriodicJob {
	if b == nil {
		return nil
	}
	scheduled := func(args river.JobArgs, when river.PeriodicSchedule) *river.PeriodicJob {
		return river.NewPeriodicJob(when, func() (river.JobArgs, *river.InsertOpts) { return args, store.BackupOptions(args.Kind()) },
			&river.PeriodicJobOpts{RunOnStart: true})
	}
	every := func(args river.JobArgs) *river.PeriodicJob {
		return scheduled(args, river.PeriodicInterval(operations.KindOf(args.Kind()).Every))
	}
	return []*river.PeriodicJob{
		scheduled(operations.BackupJob{Reason: operations.BySchedule}, at), every(operations.DrillJob{Reason: operations.BySchedule}),
		every(operations.CopyJob{}),
	}
}

var errBackupsOff = errors.New("LYCEUM_BACKUP is not set where this program runs")

// patiently tries again a little later what another backup keeps from running.
func patiently(b Backups, do func() error) error {
	if b == nil {
		return river.JobCancel(errBackupsOff)
	}
	err := do()
	if domain.CodeOf(err) == domain.CodeConflict {
		return river.JobSnooze(busyPause)
	}
	return err
}

type takeBackup struct {
	river.WorkerDefaults[operations.BackupJob]
	backups Backups
}

// Timeout implements river.Worker.
func (w *takeBackup) Timeout(*river.Job[operations.BackupJob]) time.Duration { return backupLimit }

// Work implements river.Worker.
func (w *takeBackup) Work(ctx context.Context, job *river.Job[operations.BackupJob]) error {
	return patiently(w.backups, func() error { return w.backups.Take(ctx, job.Args.Reason) })
}

type restoreDrill struct {
	river.WorkerDefaults[operations.DrillJob]
	backups Backups
}

// Timeout implements river.Worker.
func (w *restoreDrill) Timeout(*river.Job[operations.DrillJob]) time.Duration { return backupLimit }

// Work implements river.Worker.
func (w *restoreDrill) Work(ctx context.Context, job *river.Job[operations.DrillJob]) error {
	return patiently(w.backups, func() error { return w.backups.Drill(ctx, job.Args.Reason) })
}

type copyBackups struct {
	river.WorkerDefaults[operations.CopyJob]
	backups Backups
}

// Timeout implements river.Worker.
func (w *copyBackups) Timeout(*river.Job[operations.CopyJob]) time.Duration { return copyLimit }

// Work implements river.Worker.
func (w *copyBackups) Work(ctx context.Context, _ *river.Job[operations.CopyJob]) error {
	return patiently(w.backups, func() error { return w.backups.Copy(ctx) })
}
