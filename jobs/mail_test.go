package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/domain"
	"lyceum/domain/integration"
	"lyceum/domain/users"
	"lyceum/jobs"
	"lyceum/store"
	"lyceum/store/storetest"
)

// postman answers for each recipient as told, and notes who was delivered to.
type postman struct {
	mu        sync.Mutex
	delivered []string
	tries     map[string]int
	answer    func(to string, try int) error
}

// Deliver implements integration.Courier.
func (p *postman) Deliver(_ context.Context, l *integration.Letter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries[l.Recipient]++
	if err := p.answer(l.Recipient, p.tries[l.Recipient]); err != nil {
		return err
	}
	p.delivered = append(p.delivered, l.Recipient)
	return nil
}

// sendMails has messages stored and queued as a mutation does.
func sendMails(t *testing.T, d *dbtest.Database, mails ...domain.Mail) {
	t.Helper()
	outbox, err := store.NewOutbox()
	if err != nil {
		t.Fatal(err)
	}
	err = store.Users{Writer: store.Writer{DB: d.DB, Outbox: outbox}}.InTx(t.Context(), domain.Actor{}, func(tx users.Tx) error {
		return tx.(domain.MailTx).SendMail(t.Context(), mails...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mailTo(to string) domain.Mail {
	return domain.Mail{Cause: "test:" + to, Template: "plans.trial_ended", To: to, Locale: "en", Values: map[string]string{"name": "Ada", "plan": "Pro"}}
}

func startRunner(t *testing.T, d *dbtest.Database, courier integration.Courier) {
	t.Helper()
	pool, err := db.Open(t.Context(), db.Config{URL: d.AppURL, Pool: 6})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	runner, err := jobs.New(pool.DB.DB, store.NewMaintenance(pool), jobs.Services{Courier: courier, Subscriptions: sweeper(t, pool)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := runner.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestMailIsSentOnceTriedAgainOrGivenUp(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	b := storetest.New(t, d.Owner)
	ada := b.User("ada")
	used := uuid.New()
	b.Exec(`insert into user_verifications (id, user_id, purpose, target, token_hash, expires_at, used_at)
		values ($1, $2, 'email', 'ada@test.example', sha256('x'), clock_now() + interval '1 hour', clock_now())`, used, ada)
	dead := mailTo("dead@test.example")
	dead.Link = &domain.MailLink{Action: domain.LinkVerify, VerificationID: domain.VerificationID{UUID: used}}
	gone := mailTo("gone@test.example")
	gone.Link = &domain.MailLink{Action: domain.LinkVerify, VerificationID: domain.VerificationID{UUID: uuid.New()}}
	sendMails(t, d, mailTo("good@test.example"), mailTo("late@test.example"), mailTo("bad@test.example"), dead, gone)
	sendMails(t, d, mailTo("good@test.example")) // the same cause: nothing
	p := &postman{tries: map[string]int{}, answer: func(to string, try int) error {
		switch {
		case to == "bad@test.example":
			return fmt.Errorf("%w: 550 no such user", integration.ErrRefused)
		case to == "late@test.example" && try == 1:
			return errors.New("450 try again")
		}
		return nil
	}}
	startRunner(t, d, p)
	status := func(to, status string, attempts int, lastError string) {
		t.Helper()
		eventually(t, d, to+" is "+status, fmt.Sprintf(`select exists (select from mail_messages where recipient = '%s' and status = '%s' and attempts = %d
			and last_error like '%s' and (sent_at is not null) = (status = 'sent'))`, to, status, attempts, lastError))
	}
	status("good@test.example", "sent", 1, "")
	status("bad@test.example", "failed", 1, "%550%")
	status("dead@test.example", "dropped", 1, "%link%")
	status("gone@test.example", "dropped", 1, "%link%")
	status("late@test.example", "sent", 2, "")
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.Sort(p.delivered)
	if !slices.Equal(p.delivered, []string{"good@test.example", "late@test.example"}) {
		t.Errorf("delivered: %v", p.delivered)
	}
	var queues []string
	if err := d.Owner.SelectContext(t.Context(), &queues, `select distinct queue || ' ' || max_attempts from river.river_job where kind = 'send_mail'`); err != nil ||
		!slices.Equal(queues, []string{"mail 80"}) {
		t.Errorf("queues: %v %v", queues, err)
	}
}

func TestAHundredLongMessagesAreStoredInOneCall(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	var many []domain.Mail
	for n := range 100 {
		m := mailTo(fmt.Sprintf("user%d@test.example", n))
		m.Values["plan"] = fmt.Sprintf("%0500d", n)
		many = append(many, m)
	}
	sendMails(t, d, many...)
	var stored, queued int
	if err := d.Owner.GetContext(t.Context(), &stored, `select count(*) from mail_messages`); err != nil || stored != 100 {
		t.Errorf("%d stored: %v", stored, err)
	}
	if err := d.Owner.GetContext(t.Context(), &queued, `select count(*) from river.river_job where kind = 'send_mail'`); err != nil || queued != 100 {
		t.Errorf("%d queued: %v", queued, err)
	}
}

func TestOldMailIsForgottenButWhatWaitsIsNot(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for status, sentAt := range map[string]string{"sent": "now()", "failed": "null", "dropped": "null", "queued": "null"} {
		for _, age := range []int{29, 31} {
			storetest.New(t, d.Owner).Exec(fmt.Sprintf(`insert into mail_messages (cause, template, recipient, status, sent_at, created_at)
				values ('%s %d', 't', 'a@b.example', '%s', %s, clock_now() - interval '%d days')`, status, age, status, sentAt, age))
		}
	}
	if _, err := store.NewMaintenance(d.DB).CleanUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left []string
	if err := d.Owner.SelectContext(t.Context(), &left, `select cause from mail_messages order by cause`); err != nil ||
		!slices.Equal(left, []string{"dropped 29", "failed 29", "queued 29", "queued 31", "sent 29"}) {
		t.Errorf("left: %v %v", left, err)
	}
}

func TestThePausesBetweenAttemptsGrowFromSecondsToAnHour(t *testing.T) {
	t.Parallel()
	var all, first time.Duration
	for n := 1; n < integration.MailAttempts; n++ {
		pause := integration.MailPause(n)
		if n > 1 && pause < integration.MailPause(n-1) || pause > time.Hour {
			t.Errorf("after %d attempts: %v", n, pause)
		}
		if all += pause; n == 3 {
			first = all
		}
	}
	if first > time.Minute || all < 48*time.Hour || all > 96*time.Hour {
		t.Errorf("three attempts take %v, all take %v", first, all)
	}
}
