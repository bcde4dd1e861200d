package integration

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"lyceum/domain"
)

// MailStatus is how far a message has come.
type MailStatus string

// The statuses. mail_messages_status_known in migration 021 holds the same list.
const (
	MailQueued  MailStatus = "queued"  // it waits, perhaps for another attempt
	MailSent    MailStatus = "sent"    // the server has taken it
	MailFailed  MailStatus = "failed"  // it was given up; retryMail begins anew
	MailDropped MailStatus = "dropped" // its link was of no use any longer when it was to be sent
)

// Letter is a stored message with all that is needed to write it.
type Letter struct {
	ID             domain.MailID          `db:"id"`
	Template       domain.MailTemplate    `db:"template"`
	Recipient      string                 `db:"recipient"`
	Locale         string                 `db:"locale"`
	Values         json.RawMessage        `db:"template_values"`
	Action         *domain.LinkAction     `db:"link_action"`
	VerificationID *domain.VerificationID `db:"verification_id"`
	Status         MailStatus             `db:"status"`
	CreatedAt      time.Time              `db:"created_at"`
	LinkIsDead     bool                   `db:"link_is_dead"` // used, run out, or deleted
}

// Courier delivers letters. Errors: ErrRefused when another attempt would be in vain; any other means that one is worth it.
type Courier interface {
	Deliver(ctx context.Context, l *Letter) error
}

// ErrRefused means that a message will never be taken as it is.
var ErrRefused = errors.New("the message was refused for good")

// MailAttempts is how often a message is tried, over about three days.
const MailAttempts = 80

// pauses are what comes between the first attempts; later ones are an hour apart.
var pauses = []time.Duration{
	5 * time.Second, 15 * time.Second, 40 * time.Second, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute,
	30 * time.Minute,
}

// MailPause is how long to wait after so many attempts: a server that restarts is asked again within a minute, one that is down for
// a night is not asked thousands of times.
func MailPause(attempts int) time.Duration {
	if attempts < 1 {
		return 0
	}
	if attempts > len(pauses) {
		return time.Hour
	}
	return pauses[attempts-1]
}
