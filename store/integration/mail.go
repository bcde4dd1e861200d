package integration

import (
	"context"
	"encoding/json"
	"fmt"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/store/sqlkit"
)

// Tx has the writes of the word integration.
type Tx struct{ db db.Querier }

// NewTx writes within a transaction.
func NewTx(q db.Querier) Tx { return Tx{db: q} }

var storeMail = sqlkit.Statement(`insert into mail_messages (cause, template, recipient, user_id, locale, template_values, link_action, verification_id)
	select m.cause, m.template, m.recipient, m.user_id, m.locale, m.template_values, m.link_action, m.verification_id
	from jsonb_to_recordset($1) m (cause text, template text, recipient text, user_id uuid, locale text, template_values jsonb,
		link_action text, verification_id uuid)
	on conflict (cause) do nothing returning id`)

// mailRow is a message as storeMail takes it.
type mailRow struct {
	Cause          string                 `json:"cause"`
	Template       domain.MailTemplate    `json:"template"`
	Recipient      string                 `json:"recipient"`
	UserID         *domain.UserID         `json:"user_id"`
	Locale         string                 `json:"locale"`
	Values         map[string]string      `json:"template_values"`
	LinkAction     *domain.LinkAction     `json:"link_action"`
	VerificationID *domain.VerificationID `json:"verification_id"`
}

// StoreMail stores messages and returns the ids of those whose cause is new; only they are to be sent.
func (t Tx) StoreMail(ctx context.Context, mails []domain.Mail) ([]domain.MailID, error) {
	rows := make([]mailRow, len(mails))
	for i, m := range mails {
		rows[i] = mailRow{Cause: m.Cause, Template: m.Template, Recipient: m.To, Locale: m.Locale, Values: m.Values}
		if m.Values == nil {
			rows[i].Values = map[string]string{}
		}
		if m.UserID != domain.Anonymous {
			rows[i].UserID = &mails[i].UserID
		}
		if m.Link != nil {
			rows[i].LinkAction, rows[i].VerificationID = &m.Link.Action, &m.Link.VerificationID
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("store mail: %w", err)
	}
	return sqlkit.Rows[domain.MailID](ctx, t.db, storeMail, sqlkit.OwnText(text))
}
