//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"sync/atomic"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/integration"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	"lyceum/gateways/mail"
	"lyceum/jobs"
	"lyceum/store"
)

// many is how many messages are sent.
const many = 50

// queueMail stores messages as a mutation does.
func queueMail(t *testing.T, d *dbtest.Database) {
	t.Helper()
	outbox, err := store.NewOutbox()
	if err != nil {
		t.Fatal(err)
	}
	var all []domain.Mail
	for n := range many {
		all = append(all, domain.Mail{
			Cause: fmt.Sprintf("test:%d", n), Template: "plans.trial_ended", To: fmt.Sprintf("user%d@test.example", n), Locale: []string{"en", "de-CH"}[n%2],
			Values: map[string]string{"name": "Ada Müller", "plan": "Pro"},
		})
	}
	err = store.Users{Writer: store.Writer{DB: d.DB, Outbox: outbox}}.InTx(t.Context(), domain.Actor{}, func(tx users.Tx) error {
		return tx.(domain.MailTx).SendMail(t.Context(), all...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// nothingDue is a school without subscriptions.
type nothingDue struct{}

func (nothingDue) Sweep(context.Context) (plans.Swept, error) { return plans.Swept{}, nil }

// work runs the jobs until the end of the test.
func work(t *testing.T, d *dbtest.Database, courier integration.Courier) {
	t.Helper()
	pool, err := db.Open(t.Context(), db.Config{URL: d.AppURL, Pool: 6})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	runner, err := jobs.New(pool.DB.DB, store.NewMaintenance(pool), jobs.Services{Courier: courier, Subscriptions: nothingDue{}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := runner.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

func (m *mailpit) courier(format string) mail.Courier {
	m.t.Helper()
	smtp, err := mail.ParseSMTP(fmt.Sprintf(format, m.smtp))
	if err != nil {
		m.t.Fatal(err)
	}
	smtp.Roots = m.roots
	return mail.Courier{From: &netmail.Address{Name: "Lyceum", Address: "no-reply@school.example"}, Sender: smtp}
}

// allSent waits until every row says that it was sent.
func allSent(t *testing.T, d *dbtest.Database) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		var states []string
		if err := d.Owner.SelectContext(t.Context(), &states, `select status || ' ' || max(last_error) from mail_messages where status <> 'sent' group by status`); err != nil {
			t.Fatal(err)
		}
		if len(states) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("not sent: %v", states)
		}
	}
}

func TestEveryMessageReachesARealServerWithAndWithoutTLS(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ url, require string }{
		"without TLS":        {"smtp://%s?tls=none", ""},
		"STARTTLS":           {"smtp://ada:secret@%s", "--smtp-require-starttls"},
		"TLS from the start": {"smtps://ada:secret@%s", "--smtp-require-tls"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, m := dbtest.New(t), newMailpit(t)
			if c.require == "" {
				m.run()
			} else {
				m.run(append(m.withTLS(c.require), "--smtp-auth-accept-any")...)
			}
			queueMail(t, d)
			work(t, d, m.courier(c.url))
			allSent(t, d)
			if got := m.received(); len(got) != many {
				t.Errorf("%d messages arrived of %d", len(got), many)
			}
		})
	}
}

func TestACertificateThatNobodyVouchesForGetsNoMail(t *testing.T) {
	t.Parallel()
	m := newMailpit(t)
	m.run(append(m.withTLS("--smtp-require-tls"), "--smtp-auth-accept-any")...)
	courier := m.courier("smtps://ada:secret@%s")
	courier.Sender.(*mail.SMTP).Roots = nil
	err := courier.Deliver(t.Context(), &integration.Letter{Template: "plans.trial_ended", Recipient: "ada@test.example", Values: []byte(`{"name": "a", "plan": "b"}`)})
	if err == nil || errors.Is(err, integration.ErrRefused) || len(m.received()) > 0 {
		t.Errorf("%v, %d messages", err, len(m.received()))
	}
}

func TestAServerThatWasDownGetsEveryMessageOnceItIsUp(t *testing.T) {
	t.Parallel()
	d, m := dbtest.New(t), newMailpit(t)
	queueMail(t, d)
	work(t, d, m.courier("smtp://%s?tls=none"))
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		var tried int
		if err := d.Owner.GetContext(t.Context(), &tried, `select count(*) from mail_messages where attempts > 0 and last_error <> '' and status = 'queued'`); err != nil {
			t.Fatal(err)
		}
		if tried == many {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d were tried", tried)
		}
	}
	m.run()
	allSent(t, d)
	if got := m.received(); len(got) != many {
		t.Errorf("%d messages arrived of %d", len(got), many)
	}
}

// forgetful is a worker that ends between the server's 250 and its own note of it, for each message once.
type forgetful struct {
	mail.Courier
	died atomic.Int64
}

// Deliver implements integration.Courier.
func (f *forgetful) Deliver(ctx context.Context, l *integration.Letter) error {
	if err := f.Courier.Deliver(ctx, l); err != nil {
		return err
	}
	if f.died.Add(1) <= many {
		return errors.New("the worker was killed")
	}
	return nil
}

func TestAMessageThatIsSentAgainKeepsItsMessageID(t *testing.T) {
	t.Parallel()
	d, m := dbtest.New(t), newMailpit(t)
	m.run()
	queueMail(t, d)
	work(t, d, &forgetful{Courier: m.courier("smtp://%s?tls=none")})
	allSent(t, d)
	twice := 0
	got := m.received()
	for _, n := range got {
		if n > 1 {
			twice++
		}
	}
	if len(got) != many || twice == 0 {
		t.Errorf("%d Message-IDs of %d messages, %d of them twice", len(got), many, twice)
	}
}

func TestAMailServerIsAskedWhetherItLetsTheProgramIn(t *testing.T) {
	t.Parallel()
	m := newMailpit(t)
	smtp, err := mail.ParseSMTP(fmt.Sprintf("smtps://ada:secret@%s", m.smtp))
	if err != nil {
		t.Fatal(err)
	}
	smtp.Roots = m.roots
	if err := smtp.Ping(t.Context()); err == nil {
		t.Error("nobody is there, and lets the program in")
	}
	m.run(append(m.withTLS("--smtp-require-tls"), "--smtp-auth-accept-any")...)
	if err := smtp.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	smtp.Roots = nil
	if err := smtp.Ping(t.Context()); err == nil {
		t.Error("a certificate that nobody vouches for is believed")
	}
	if got := m.received(); len(got) > 0 {
		t.Errorf("asking sent %v", got)
	}
}
