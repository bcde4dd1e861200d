package integration

import (
	"context"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/integration"
	"lyceum/store/sqlkit"
)

// Maintenance notes what becomes of messages.
type Maintenance struct{ db db.Querier }

// NewMaintenance works through a pool whose statements may take long.
func NewMaintenance(q db.Querier) Maintenance { return Maintenance{db: q} }

var mailSent = sqlkit.Statement(`update mail_messages set status = 'sent', attempts = attempts + 1, sent_at = clock_now(), last_error = ''
	where id = $1 and status <> 'sent'`)

// MailSent notes that the server has taken a message.
func (m Maintenance) MailSent(ctx context.Context, id domain.MailID) error {
	_, err := m.db.Exec(ctx, mailSent, id)
	return sqlkit.Wrap(err)
}

var mailNotSent = sqlkit.Statement(`update mail_messages set status = $2, attempts = attempts + 1, last_error = $3
	where id = $1 and status = 'queued'`)

// MailNotSent notes why an attempt failed, and whether the message waits on, was given up, or is of no use any longer.
func (m Maintenance) MailNotSent(ctx context.Context, id domain.MailID, status integration.MailStatus, why string) error {
	_, err := m.db.Exec(ctx, mailNotSent, id, status, why)
	return sqlkit.Wrap(err)
}

var forgetMail = sqlkit.Statement(`delete from mail_messages where status <> 'queued'
	and created_at < clock_now() - (select keep_for('mail_messages'))`)

// Expired are the statements that end or delete what ran out, by what it is.
func Expired() map[string]db.Statement {
	return map[string]db.Statement{"mail_messages": forgetMail}
}
