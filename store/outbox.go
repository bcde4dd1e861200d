package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivertype"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/integration"
)

// QueueSchema is where River keeps its tables.
const QueueSchema = "river"

// MailQueue is the queue of messages, so that a mail server that is slow keeps nothing else waiting.
const MailQueue = "mail"

// UpkeepQueue is the queue of jobs that may take long, so that they keep nothing else waiting.
const UpkeepQueue = "upkeep"

// NewOutbox is a client that only inserts jobs, with the transaction of whoever asks. Workers are in the package jobs.
func NewOutbox() (*river.Client[*sql.Tx], error) {
	return river.NewClient(riverdatabasesql.New(nil), &river.Config{Schema: QueueSchema})
}

// EnqueueRefresh implements analytics.Tx.
func (t *Tx) EnqueueRefresh(ctx context.Context) error {
	return t.enqueue(ctx, analytics.RefreshJob{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{
		// One that waits is enough; one that runs may have begun before this change.
		ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning,
			rivertype.JobStateScheduled,
		},
	}})
}

func (t *Tx) enqueue(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) error {
	if _, err := t.outbox.InsertTx(ctx, t.tx.SQL(), args, opts); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// SendMail implements domain.MailTx.
func (t *Tx) SendMail(ctx context.Context, mails ...domain.Mail) error {
	stored, err := t.StoreMail(ctx, mails)
	if err != nil || len(stored) == 0 {
		return err
	}
	jobs := make([]river.InsertManyParams, len(stored))
	for i, id := range stored {
		jobs[i] = river.InsertManyParams{Args: integration.SendMailJob{MailID: id}, InsertOpts: sendOptions()}
	}
	if _, err := t.outbox.InsertManyFastTx(ctx, t.tx.SQL(), jobs); err != nil {
		return fmt.Errorf("enqueue mail: %w", err)
	}
	return nil
}

func sendOptions() *river.InsertOpts {
	return &river.InsertOpts{Queue: MailQueue, MaxAttempts: integration.MailAttempts}
}

// RetryMail implements integration.Tx.
func (t *Tx) RetryMail(ctx context.Context, id domain.MailID) (*integration.Message, error) {
	m, err := t.RequeueMail(ctx, id)
	if err != nil || m == nil {
		return nil, err
	}
	return m, t.enqueue(ctx, integration.SendMailJob{MailID: id}, sendOptions())
}
