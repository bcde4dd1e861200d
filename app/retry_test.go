package app_test

import (
	"testing"

	"lyceum/app/apptest"
	"lyceum/domain"
)

func TestAMessageThatWasGivenUpIsQueuedAgainAndOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	h.UserWithRole("boss", "admin")
	h.UserWithRole("helper", "support")
	boss := h.As(t, "boss@test.example")
	jobs := func() (n int) {
		h.Get(&n, `select count(*) from river.river_job where kind = 'send_mail' and queue = 'mail'`)
		return n
	}
	retry := func(c *apptest.Caller, id string) apptest.Answer {
		return c.Ask(`mutation { retryMail(input: {mailId: "` + id + `"}) { mail { status attempts lastError } userErrors { code path } } }`)
	}
	failed := givenUp(h)
	if a := retry(h.As(t, "helper@test.example"), failed); len(a.Errors) == 0 || jobs() != 0 {
		t.Errorf("support may read, not write: %s", a.Raw)
	}
	for range 2 { // the second time changes nothing
		if a := retry(boss, failed); a.String("retryMail.mail.status") != "QUEUED" || a.String("retryMail.mail.attempts") != "80" || a.At("retryMail.mail.lastError") != nil || jobs() != 1 {
			t.Errorf("%d jobs: %s", jobs(), a.Raw)
		}
	}
	for status, code := range map[string]string{"sent": "", "dropped": "LINK_EXPIRED"} {
		var id domain.MailID
		h.Get(&id, `insert into mail_messages (cause, template, recipient, status, sent_at) values ($1, 't', 'ada@test.example', $1, now()) returning id`, status)
		a := retry(boss, domain.FormatID(id))
		if got := a.String("retryMail.userErrors.0.code"); got != code || (code == "") != (a.String("retryMail.mail.status") == "SENT") || jobs() != 1 {
			t.Errorf("%s: %s", status, a.Raw)
		}
		if node := boss.Must(`{ node(id: "` + domain.FormatID(id) + `") { id __typename } }`); node.String("node.__typename") != "MailMessage" {
			t.Error(node.Raw)
		}
		if node := h.Anonymous(t).Must(`{ node(id: "` + domain.FormatID(id) + `") { id } }`); node.At("node") != nil {
			t.Error(node.Raw)
		}
	}
	if a := retry(boss, "mail_01900000000070008000000000000001"); a.String("retryMail.userErrors.0.code") != "NOT_FOUND" {
		t.Error(a.Raw)
	}
	if a := retry(boss, "user_01900000000070008000000000000001"); len(a.Errors) == 0 && a.String("retryMail.userErrors.0.code") == "" {
		t.Error(a.Raw)
	}
	if a := boss.Must(`{ mailMessages(filter: {status: QUEUED}) { totalCount nodes { recipient template sentAt user { id } } } }`); a.String("mailMessages.totalCount") != "1" {
		t.Error(a.Raw)
	}
}
