package jobs

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"lyceum/domain/integration"
	"lyceum/store"
)

// sendMail sends one stored message and notes in its row what became of it.
type sendMail struct {
	river.WorkerDefaults[integration.SendMailJob]
	store   store.Maintenance
	courier integration.Courier
	log     *slog.Logger
}

// Timeout implements river.Worker.
func (w *sendMail) Timeout(*river.Job[integration.SendMailJob]) time.Duration { return shortJob }

// NextRetry implements river.Worker.
func (w *sendMail) NextRetry(job *river.Job[integration.SendMailJob]) time.Time {
	return time.Now().Add(integration.MailPause(job.Attempt))
}

const (
	// noteWithin is how long it may take to note what became of a message once the program is told to stop.
	noteWithin = 5 * time.Second
	// longestReason is what a row keeps of an error, in characters.
	longestReason = 500
)

// Work implements river.Worker. A message that was sent is not sent again, and one whose link is of no use any longer is dropped.
func (w *sendMail) Work(ctx context.Context, job *river.Job[integration.SendMailJob]) error {
	letter, err := w.store.LetterToSend(ctx, job.Args.MailID)
	if err != nil || letter == nil || letter.Status != integration.MailQueued {
		return err
	}
	if letter.LinkIsDead {
		return w.store.MailNotSent(ctx, letter.ID, integration.MailDropped, "its link was used, replaced or too old before it was sent")
	}
	err = w.courier.Deliver(ctx, letter)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return err // the program ends; this was no attempt
	}
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	switch refused := errors.Is(err, integration.ErrRefused); {
	case err == nil:
		return w.store.MailSent(noting, letter.ID) // if this fails it is sent again, under the same Message-ID
	case refused || job.Attempt >= job.MaxAttempts:
		w.log.WarnContext(ctx, "a message was given up", "mail", letter.ID, "error", err)
		noted := w.store.MailNotSent(noting, letter.ID, integration.MailFailed, reason(err))
		if noted != nil {
			return errors.Join(err, noted)
		}
		return river.JobCancel(err)
	default:
		return errors.Join(err, w.store.MailNotSent(noting, letter.ID, integration.MailQueued, reason(err)))
	}
}

// reason is an error as a row can keep it.
func reason(err error) string {
	text := []rune(strings.ReplaceAll(strings.ToValidUTF8(err.Error(), ""), "\x00", ""))
	if len(text) > longestReason {
		text = text[:longestReason]
	}
	return string(text)
}
