package integration

import (
	"time"

	"lyceum/domain"
)

// Message is what the school tells of a message: never its link, nor the values that it was written with.
type Message struct {
	ID        domain.MailID  `db:"id"`
	Template  string         `db:"template"`
	Recipient string         `db:"recipient"`
	UserID    *domain.UserID `db:"user_id"`
	Locale    string         `db:"locale"`
	Status    MailStatus     `db:"status"`
	Attempts  int32          `db:"attempts"`
	LastError *string        `db:"last_error"`
	CreatedAt time.Time      `db:"created_at"`
	SentAt    *time.Time     `db:"sent_at"`
}

// MessageFilter narrows the list of messages.
type MessageFilter struct {
	Status       *MailStatus
	UserID       *domain.UserID
	Template     *string
	Since, Until *time.Time
}

// RetryCommand asks for a message to be tried again.
type RetryCommand struct{ MailID domain.MailID }
