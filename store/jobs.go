package store

import (
	"context"

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
