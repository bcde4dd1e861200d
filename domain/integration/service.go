package integration

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
	// HoldMail reads a message and keeps others from changing it until the end; nil when there is none.
	HoldMail(ctx context.Context, id domain.MailID) (*Message, error)
	// RetryMail has a message sent once the transaction is committed, and returns it as it is then.
	RetryMail(ctx context.Context, id domain.MailID) (*Message, error)
}

// Service is what the word does when it is asked.
type Service struct{ Store Store }

// Retry has a message tried again that was given up. One that waits or was sent is left as it is. Errors: FORBIDDEN, NOT_FOUND,
// REFUSED (LINK_EXPIRED).
func (s Service) Retry(ctx context.Context, viewer domain.Viewer, c RetryCommand) (m *Message, err error) {
	if !viewer.May(domain.UsersWrite) {
		return nil, domain.Errorf(domain.CodeForbidden, "this requires the permission users.write")
	}
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		if m, err = tx.HoldMail(ctx, c.MailID); err != nil {
			return err
		}
		again, err := retry(m)
		if err != nil || !again {
			return err
		}
		m, err = tx.RetryMail(ctx, c.MailID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// retry is the rule: whether a message is to be tried again.
func retry(m *Message) (bool, error) {
	switch {
	case m == nil:
		return false, domain.Errorf(domain.CodeNotFound, "there is no such message").At("mailId")
	case m.Status == MailDropped:
		return false, domain.Errorf(domain.CodeRefused, "the link in this message was used or has expired: the user must ask for a new one").
			Because("LINK_EXPIRED").At("mailId")
	default:
		return m.Status == MailFailed, nil
	}
}
