package mail_test

import (
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	smtpmock "github.com/mocktools/go-smtp-mock/v2"

	"lyceum/domain"
	"lyceum/domain/integration"
	"lyceum/gateways/mail"
)

func TestTheAddressOfAMailServerIsReadOrRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"smtps://user:pa%20ss@mail.example:465":  "",
		"smtps://mail.example":                   "",
		"smtp://user:password@mail.example:587":  "",
		"smtp://127.0.0.1:1025?tls=none":         "",
		"smtp://[::1]:1025?tls=none":             "",
		"smtp://localhost:1025?tls=none":         "",
		"smtp://mail.example:25?tls=none":        "loopback",
		"smtps://127.0.0.1:465?tls=none":         "loopback",
		"smtp://127.0.0.1:25?tls=maybe":          "tls=none",
		"smtp://127.0.0.1:25?insecure=true":      "tls=none",
		"http://mail.example":                    "must begin with",
		"mail.example:25":                        "must",
		"smtp://":                                "must look like",
		"smtp://mail.example/path":               "must look like",
		"smtp://mail.example:70000":              "port",
		"smtp://user@mail.example":               "without a password",
		"smtp://mail.example:25?tls=none&tls=no": "tls=none",
	} {
		_, err := mail.ParseSMTP(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "password@") && strings.Contains(text, "pa%20ss") {
			t.Errorf("the error says the password: %v", err)
		}
	}
}

func letter(to string) *integration.Letter {
	return &integration.Letter{
		ID: domain.MailID{UUID: uuid.New()}, Template: "plans.trial_ended", Recipient: to, Locale: "en", Values: []byte(`{"name": "Ada", "plan": "Pro"}`),
		CreatedAt: time.Now(),
	}
}

// server starts a mail server in this process and returns who delivers to it.
func server(t *testing.T, c smtpmock.ConfigurationAttr) (*smtpmock.Server, mail.Courier) {
	t.Helper()
	c.MultipleMessageReceiving = true // else it forgets a message once it is asked to
	s := smtpmock.New(c)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	smtp, err := mail.ParseSMTP(fmt.Sprintf("smtp://127.0.0.1:%d?tls=none", s.PortNumber()))
	if err != nil {
		t.Fatal(err)
	}
	return s, mail.Courier{From: &netmail.Address{Name: "Lyceum", Address: "no-reply@school.example"}, Sender: smtp}
}

func TestAMessageReachesTheServer(t *testing.T) {
	t.Parallel()
	s, courier := server(t, smtpmock.ConfigurationAttr{})
	if err := courier.Deliver(t.Context(), letter("ada@test.example")); err != nil {
		t.Fatal(err)
	}
	messages := slices.DeleteFunc(s.Messages(), func(m smtpmock.Message) bool { return !m.Msg() })
	if len(messages) != 1 || !strings.Contains(messages[0].MailfromRequest(), "<no-reply@school.example>") ||
		!strings.Contains(messages[0].RcpttoRequestResponse()[0][0], "<ada@test.example>") || !strings.Contains(messages[0].MsgRequest(), "Subject: Your trial of Pro has ended") {
		t.Errorf("%+v", messages)
	}
}

func TestARefusalForGoodIsToldFromOneThatMayPass(t *testing.T) {
	t.Parallel()
	s, courier := server(t, smtpmock.ConfigurationAttr{
		NotRegisteredEmails: []string{"gone@test.example"}, BlacklistedRcpttoEmails: []string{"late@test.example"},
		MsgRcpttoNotRegisteredEmail: "550 no such user", MsgRcpttoBlacklistedEmail: "450 try again later",
	})
	if err := courier.Deliver(t.Context(), letter("gone@test.example")); !errors.Is(err, integration.ErrRefused) || !strings.Contains(err.Error(), "550") {
		t.Errorf("a user who does not exist: %v", err)
	}
	if err := courier.Deliver(t.Context(), letter("late@test.example")); err == nil || errors.Is(err, integration.ErrRefused) {
		t.Errorf("a server that is busy: %v", err)
	}
	bad := letter("ada@test.example")
	bad.Template = "users.no_such_thing"
	if err := courier.Deliver(t.Context(), bad); !errors.Is(err, integration.ErrRefused) {
		t.Errorf("a template that is not there: %v", err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := courier.Deliver(t.Context(), letter("ada@test.example")); err == nil || errors.Is(err, integration.ErrRefused) {
		t.Errorf("a server that is down: %v", err)
	}
	courier.Sender = mail.Nowhere{}
	if err := courier.Deliver(t.Context(), letter("ada@test.example")); !errors.Is(err, mail.ErrNoServer) || errors.Is(err, integration.ErrRefused) {
		t.Errorf("no server at all: %v", err)
	}
}

func TestAServerWithoutTLSGetsNoMessage(t *testing.T) {
	t.Parallel()
	s, courier := server(t, smtpmock.ConfigurationAttr{})
	for _, scheme := range []string{"smtp", "smtps"} {
		smtp, err := mail.ParseSMTP(fmt.Sprintf("%s://user:s3cr3t-word@127.0.0.1:%d", scheme, s.PortNumber()))
		if err != nil {
			t.Fatal(err)
		}
		courier.Sender = smtp
		if err := courier.Deliver(t.Context(), letter("ada@test.example")); err == nil || strings.Contains(err.Error(), "s3cr3t-word") {
			t.Errorf("%s: %v", scheme, err)
		}
	}
	for _, m := range s.Messages() {
		if m.Mailfrom() {
			t.Errorf("a message was begun: %+v", m)
		}
	}
}

func TestAFolderKeepsEachMessageOnceTheNewestFirst(t *testing.T) {
	t.Parallel()
	folder := mail.Folder{Dir: t.TempDir() + "/inbox", Log: slog.New(slog.DiscardHandler)}
	if all, err := folder.List(); err != nil || len(all) != 0 {
		t.Fatal(all, err)
	}
	courier := mail.Courier{From: &netmail.Address{Name: "Lyceum", Address: "no-reply@school.example"}, Sender: folder}
	first, second := letter("ada@test.example"), letter("eve@test.example")
	first.ID.UUID, second.ID.UUID = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	for _, l := range []*integration.Letter{first, second, first} {
		if err := courier.Deliver(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	all, err := folder.List()
	if err != nil || len(all) != 2 || all[0].To != "<eve@test.example>" || all[1].Subject != "Your trial of Pro has ended" {
		t.Fatalf("%+v %v", all, err)
	}
	for _, id := range []string{"../../etc/passwd", "", strings.Repeat("0", 32), strings.ToUpper(all[0].ID), all[0].ID + ".eml"} {
		if m, err := folder.Read(id); m != nil && id != all[0].ID || err != nil {
			t.Errorf("%q: %+v %v", id, m, err)
		}
	}
}
