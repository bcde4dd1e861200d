package app

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"lyceum/gateways/mail"
)

func TestTheSettingsOfMailAreReadOrRefused(t *testing.T) {
	t.Parallel()
	settings := func(change func(*Config)) (*Config, error) {
		c := &Config{
			Listen: "127.0.0.1:8080", OpsListen: "127.0.0.1:8081", DatabasePool: 1, AnswerMB: 8, AnswersMB: 128, Env: development,
			PublicURL: "https://school.example", ExposeDemo: true,
		}
		change(c)
		return c, errors.Join(c.check()...)
	}
	for fault, change := range map[string]func(*Config){
		"LYCEUM_SMTP_URL":                   func(c *Config) { c.SMTPURL = "mail.example:25" },
		"loopback":                          func(c *Config) { c.SMTPURL = "smtp://mail.example:25?tls=none" },
		"LYCEUM_MAIL_FROM":                  func(c *Config) { c.MailFrom = "the school" },
		"no address":                        func(c *Config) { c.MailFrom = "a@b.example, c@d.example" },
		"LYCEUM_ACCOUNT_URL":                func(c *Config) { c.AccountURL = "account" },
		"neither a user nor a fragment":     func(c *Config) { c.AccountURL = "https://app.example/#/account" },
		"must be https in production":       func(c *Config) { c.Env, c.AccountURL = production, "http://app.example/account" },
		"LYCEUM_SMTP_URL: its port must be": func(c *Config) { c.SMTPURL = "smtp://mail.example:0" },
	} {
		if _, err := settings(change); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: %v", fault, err)
		}
	}
	c, err := settings(func(*Config) {})
	if err != nil || c.from.String() != `"Lyceum" <no-reply@school.example>` || c.AccountURL != "https://school.example/account" {
		t.Errorf("%v %v %s", err, c.from, c.AccountURL)
	}
	c, err = settings(func(c *Config) {
		c.PublicURL, c.MailFrom, c.AccountURL = "", "Schule Süd <schule@sued.example>", "https://app.example/me"
	})
	if err != nil || c.from.Name != "Schule Süd" || c.from.Address != "schule@sued.example" || c.AccountURL != "https://app.example/me" {
		t.Errorf("%v %v %s", err, c.from, c.AccountURL)
	}
}

func TestWhereMailGoesFollowsTheSettings(t *testing.T) {
	t.Parallel()
	courier := func(change func(*Config)) (any, string) {
		c := &Config{
			Listen: "127.0.0.1:8080", OpsListen: "127.0.0.1:8081", DatabasePool: 1, AnswerMB: 8, AnswersMB: 128, Env: development, DataDir: t.TempDir(),
		}
		change(c)
		var said strings.Builder
		if err := errors.Join(c.check()...); err != nil {
			t.Fatal(err)
		}
		courier, err := c.courier(slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		return courier.Sender, said.String()
	}
	if sender, said := courier(func(*Config) {}); said != "" {
		t.Error(sender, said)
	} else if _, ok := sender.(mail.Folder); !ok {
		t.Errorf("in development: %T", sender)
	}
	if sender, said := courier(func(c *Config) { c.Env = production }); sender != (mail.Nowhere{}) || !strings.Contains(said, "LYCEUM_SMTP_URL") {
		t.Errorf("in production: %T %s", sender, said)
	}
	for _, env := range []string{development, production} {
		if sender, said := courier(func(c *Config) { c.Env, c.SMTPURL = env, "smtps://u:p@mail.example" }); said != "" {
			t.Error(said)
		} else if _, ok := sender.(*mail.SMTP); !ok {
			t.Errorf("with a server: %T", sender)
		}
	}
}
