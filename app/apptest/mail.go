package apptest

import (
	"testing"

	"lyceum/app"
	"lyceum/domain"
)

// Mail is a message as it waits to be sent.
type Mail struct {
	Template  string `db:"template"`
	Recipient string `db:"recipient"`
	Locale    string `db:"locale"`
	Values    []byte `db:"template_values"`
	Action    string `db:"link_action"`
	Token     string // of its link; empty for a message without one

	VerificationID *domain.VerificationID `db:"verification_id"`
}

// Mails are the messages to an address, the oldest first, with the tokens that only their readers get.
func (h *App) Mails(t *testing.T, address string) []Mail {
	t.Helper()
	var mails []Mail
	if err := h.DB.Owner.SelectContext(t.Context(), &mails, `select template, recipient, locale, template_values, coalesce(link_action, '') link_action,
		verification_id from mail_messages where lower(recipient) = lower($1) order by created_at, id`, address); err != nil {
		t.Fatal(err)
	}
	key, err := app.LinkKey(h.config)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range mails {
		if m.VerificationID != nil {
			mails[i].Token = key.Token(*m.VerificationID)
		}
	}
	return mails
}
