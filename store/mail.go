package store

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/integration"
	"lyceum/store/sqlkit"
)

var letterToSend = sqlkit.Statement(`select m.id, m.template, m.recipient, m.locale, m.template_values, m.link_action, m.verification_id, m.status, m.created_at,
	coalesce(v.used_at is not null or v.expires_at <= (select clock_now()), m.verification_id is not null) as link_is_dead
	from mail_messages m left join user_verifications v on v.id = m.verification_id where m.id = $1`)

// LetterToSend reads a message with what became of its link; nil when there is none.
func (m Maintenance) LetterToSend(ctx context.Context, id domain.MailID) (*integration.Letter, error) {
	return sqlkit.Row[integration.Letter](ctx, m.db, letterToSend, id)
}
