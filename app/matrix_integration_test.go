package app_test

import (
	"lyceum/app/apptest"
	"lyceum/domain"
)

// integrationRows are the rows of the matrix for mail.
var integrationRows = map[string]row{
	"Query.mailMessages": listRow("mailMessages", admin, billing, support),
	"Mutation.retryMail": {
		ask: `mutation { retryMail(input: {mailId: "MAIL"}) { mail { id } userErrors { code } } }`, at: "retryMail.mail", may: []string{admin},
	},
}

// givenUp is a message that was given up.
func givenUp(h *apptest.App) string {
	var id domain.MailID
	h.Get(&id, `insert into mail_messages (cause, template, recipient, status, attempts, last_error)
		values ('test', 'users.account_closed', 'ada@test.example', 'failed', 80, '550 no such user') returning id`)
	return domain.FormatID(id)
}

func integrationThings(h *apptest.App) []string { return []string{"MAIL", givenUp(h)} }

func integrationAgain(h *apptest.App) (things []string, mutations map[string]string) {
	return []string{"MAIL", givenUp(h)}, map[string]string{
		"retryMail": `(input: {mailId: "MAIL"}) { mail { id template recipient user { id } locale status attempts lastError createdAt sentAt } userErrors { code message path } } }`,
	}
}
