package operations

import (
	"context"

	"lyceum/domain"
)

// Store opens transactions.
type Store interface {
	InTx(ctx context.Context, actor domain.Actor, fn func(Tx) error) error
}

// Tx has the writes of the word.
type Tx interface {
	AlertTx
	// HoldJob reads a job and keeps workers and others from changing it until the end; nil when there is none.
	HoldJob(ctx context.Context, id domain.JobID) (*Job, error)
	// RetryJob has a job run as soon as a worker is free, and returns it as it is then. Errors: CONFLICT (JOB_WAITS).
	RetryJob(ctx context.Context, j *Job) (*Job, error)
	// DiscardJob gives a job up, and the message that it was to send, and returns the job as it is then.
	DiscardJob(ctx context.Context, j *Job) (*Job, error)
	// RequestBackup has a job take a backup, and RequestDrill one try a restore; one that an administrator asked for and that waits or
	// runs is returned instead, and added is false.
	RequestBackup(ctx context.Context) (j *Job, added bool, err error)
	RequestDrill(ctx context.Context) (j *Job, added bool, err error)
	// AddJobEvent writes into the event log what was done to a job, and by whom.
	AddJobEvent(ctx context.Context, name string, j *Job, by domain.Actor) error
}

// Service is what the word does when it is asked.
type Service struct {
	Store   Store
	Backups bool // whether the program takes backups
}

// Retry has a job tried again now that failed. One that waits, runs or is completed is left as it is. Errors: FORBIDDEN, NOT_FOUND,
// CONFLICT (JOB_WAITS), REFUSED (RETRIED_OTHERWISE).
func (s Service) Retry(ctx context.Context, viewer domain.Viewer, c RetryJobCommand) (*Job, error) {
	return s.change(ctx, viewer, c.JobID, "job_retried", retry, Tx.RetryJob)
}

// Discard gives a job up. One that is over is left as it is. Errors: FORBIDDEN, NOT_FOUND, REFUSED (JOB_RUNNING).
func (s Service) Discard(ctx context.Context, viewer domain.Viewer, c DiscardJobCommand) (*Job, error) {
	return s.change(ctx, viewer, c.JobID, "job_discarded", discard, Tx.DiscardJob)
}

func (s Service) change(ctx context.Context, viewer domain.Viewer, id domain.JobID, event string, rule func(*Job) (bool, error),
	do func(Tx, context.Context, *Job) (*Job, error),
) (j *Job, err error) {
	if !viewer.May(domain.OperationsWrite) {
		return nil, domain.Errorf(domain.CodeForbidden, "this requires the permission operations.write")
	}
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		if j, err = tx.HoldJob(ctx, id); err != nil {
			return err
		}
		changes, err := rule(j)
		if err != nil || !changes {
			return err
		}
		if j, err = do(tx, ctx, j); err != nil {
			return err
		}
		return tx.AddJobEvent(ctx, event, j, viewer.Actor())
	})
	if err != nil {
		return nil, err
	}
	return j, nil
}

// RequestBackup asks for a backup. Errors: FORBIDDEN, REFUSED (BACKUPS_OFF).
func (s Service) RequestBackup(ctx context.Context, viewer domain.Viewer) (*Job, error) {
	return s.request(ctx, viewer, "backup_requested", Tx.RequestBackup)
}

// RequestDrill asks for a restore drill. Errors: FORBIDDEN, REFUSED (BACKUPS_OFF).
func (s Service) RequestDrill(ctx context.Context, viewer domain.Viewer) (*Job, error) {
	return s.request(ctx, viewer, "restore_drill_requested", Tx.RequestDrill)
}

func (s Service) request(ctx context.Context, viewer domain.Viewer, event string, ask func(Tx, context.Context) (*Job, bool, error),
) (j *Job, err error) {
	if !viewer.May(domain.OperationsWrite) {
		return nil, domain.Errorf(domain.CodeForbidden, "this requires the permission operations.write")
	}
	if !s.Backups {
		return nil, domain.Errorf(domain.CodeRefused, "this school takes no backups itself: an operator has to say where they go").
			Because("BACKUPS_OFF")
	}
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		var added bool
		if j, added, err = ask(tx, ctx); err != nil || !added {
			return err
		}
		return tx.AddJobEvent(ctx, event, j, viewer.Actor())
	})
	if err != nil {
		return nil, err
	}
	return j, nil
}

func unknown() error {
	return domain.Errorf(domain.CodeNotFound, "there is no such job").At("jobId")
}

// retry is the rule: whether a job is to be tried again.
func retry(j *Job) (bool, error) {
	if j == nil {
		return false, unknown()
	}
	switch j.State {
	case JobRetryable:
		return true, nil
	case JobCancelled, JobDiscarded:
		if by := KindOf(j.Kind).RetriedBy; by != "" {
			return false, domain.Errorf(domain.CodeRefused, "this job was given up; the mutation %s begins anew", by).
				Because("RETRIED_OTHERWISE").At("jobId")
		}
		return true, nil
	default:
		return false, nil
	}
}

// discard is the rule: whether a job is to be given up.
func discard(j *Job) (bool, error) {
	if j == nil {
		return false, unknown()
	}
	switch j.State {
	case JobRunning:
		return false, domain.Errorf(domain.CodeRefused, "this job is running: wait until it has ended or failed").
			Because("JOB_RUNNING").At("jobId")
	case JobAvailable, JobPending, JobRetryable, JobScheduled:
		return true, nil
	default:
		return false, nil
	}
}
