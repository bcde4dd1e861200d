package store

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"lyceum/domain"
	"lyceum/domain/operations"
	"lyceum/store/sqlkit"
)

// RetryJob implements operations.Tx. River itself does it, so that its rules of attempts and times hold.
func (t *Tx) RetryJob(ctx context.Context, j *operations.Job) (*operations.Job, error) {
	_, err := t.outbox.JobRetryTx(ctx, t.tx.SQL(), j.Number)
	if sqlkit.Violates(err) != "" { // a kind of which only one may wait
		return nil, domain.Errorf(domain.CodeConflict, "another job of this kind waits already").Because("JOB_WAITS").At("jobId")
	}
	if err != nil {
		return nil, sqlkit.Wrap(err)
	}
	return t.HoldJob(ctx, j.ID())
}

// RequestBackup implements operations.Tx.
func (t *Tx) RequestBackup(ctx context.Context) (*operations.Job, bool, error) {
	return t.request(ctx, operations.BackupJob{Reason: operations.ByRequest})
}

// RequestDrill implements operations.Tx.
func (t *Tx) RequestDrill(ctx context.Context) (*operations.Job, bool, error) {
	return t.request(ctx, operations.DrillJob{Reason: operations.ByRequest})
}

func (t *Tx) request(ctx context.Context, args river.JobArgs) (j *operations.Job, added bool, err error) {
	made, err := t.outbox.InsertTx(ctx, t.tx.SQL(), args, BackupOptions(args.Kind()))
	if err != nil {
		return nil, false, fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	j, err = t.HoldJob(ctx, domain.JobID{UUID: domain.LogUUID(made.Job.CreatedAt, made.Job.ID)})
	return j, !made.UniqueSkippedAsDuplicate, err
}

// BackupOptions let one job of a kind and a reason wait or run, and try it three times.
func BackupOptions(kind string) *river.InsertOpts {
	queue := river.QueueDefault
	if operations.KindOf(kind).Long {
		queue = UpkeepQueue
	}
	return &river.InsertOpts{Queue: queue, MaxAttempts: 3, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning,
		rivertype.JobStateScheduled,
	}}}
}

// A message whose job is given up would wait for ever: it is given up with it, and retryMail begins anew.
var discardJob = sqlkit.Statement(`with given_up as (
		update river.river_job set state = 'discarded', finalized_at = now()
			where id = $1 and state not in ('running', 'completed', 'cancelled', 'discarded')
		returning kind, args)
	update mail_messages m set status = 'failed', last_error = 'given up by an administrator' from given_up g
	where g.kind = 'send_mail' and m.id = (g.args ->> 'mailId')::uuid and m.status = 'queued'`)

// DiscardJob implements operations.Tx.
func (t *Tx) DiscardJob(ctx context.Context, j *operations.Job) (*operations.Job, error) {
	if _, err := t.tx.Exec(ctx, discardJob, j.Number); err != nil {
		return nil, sqlkit.Wrap(err)
	}
	return t.HoldJob(ctx, j.ID())
}
