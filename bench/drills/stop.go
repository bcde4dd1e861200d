package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	smtpmock "github.com/mocktools/go-smtp-mock/v2"
)

// What is under way when SIGTERM comes.
const (
	slow       = 12 // requests that wait in the database; fewer than the pool has connections
	steady     = 8  // clients that ask all the time
	sockets    = 20 // idle websockets
	idle       = 20 // connections that are kept alive and do nothing
	letters    = 10 // mails, of which four are sent at a time
	slowMail   = 3  // seconds that the mail server takes for each
	exitWithin = 30 * time.Second
	gather     = 500 * time.Millisecond // for the slow requests to arrive; the program gives up after a second
	lockFor    = 300 * time.Millisecond // after SIGTERM
)

const invite = `mutation ($key: String!, $users: [NewUserInput!]!) {
	inviteUsers(input: {idempotencyKey: $key, users: $users}) { results { user { id } userErrors { code } } userErrors { code } } }`

// outcome is what became of one request.
type outcome struct {
	written time.Time // when all of it had been sent
	ended   time.Time
	failure error
}

// tracked asks and notes when the request was on its way.
func (c *client) tracked(ctx context.Context, query string) (o outcome) {
	var at atomic.Int64
	wrote := func(httptrace.WroteRequestInfo) { at.Store(time.Now().UnixNano()) }
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: wrote})
	a, err := c.ask(ctx, query, nil)
	if err == nil && !a.acknowledged() {
		err = fmt.Errorf("%d %.200s", a.status, a.text)
	}
	o.failure, o.ended = err, time.Now()
	if n := at.Load(); n != 0 {
		o.written = time.Unix(0, n)
	}
	return o
}

// stopDrill sends SIGTERM among all that can be under way.
func stopDrill(ctx context.Context, b *bench) (err error) {
	dir, err := os.MkdirTemp("", "lyceum-stop-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // PostgreSQL may run as another user
		return err
	}
	post := smtpmock.New(smtpmock.ConfigurationAttr{ResponseDelayMessage: slowMail, MultipleMessageReceiving: true})
	if err := post.Start(); err != nil {
		return err
	}
	defer post.Stop() //nolint:errcheck // it is the drill's own, and the drill ends
	s, err := b.newSchool(ctx, dir, fmt.Sprintf("LYCEUM_SMTP_URL=smtp://127.0.0.1:%d?tls=none", post.PortNumber()),
		"LYCEUM_MAIL_FROM=Lyceum <no-reply@school.example>")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(ctx); err != nil {
		return fmt.Errorf("%w\n%s", err, &s.log)
	}
	u := &underWay{school: s}
	if err := u.begin(ctx); err != nil {
		return err
	}
	d, err := s.database(ctx)
	if err != nil {
		return err
	}
	working := func() (n int) {
		_ = d.GetContext(ctx, &n, "select count(*) from river.river_job where state = 'running' and queue = 'mail'") // asked again
		return n
	}
	if err := until(ctx, 30*time.Second, "mail is being sent", func() bool { return working() > 1 }); err != nil {
		return err
	}
	jobs, due, waiting := working(), 0, 0
	if err := d.GetContext(ctx, &due, "select count(*) from mail_messages where recipient like 'letter%'"); err != nil {
		return err
	}
	free, err := holdTable(ctx, d.DB, lockAll)
	if err != nil {
		return err
	}
	u.ask(ctx, slow)
	for end := time.Now().Add(gather); waiting < slow && time.Now().Before(end); {
		if err := d.GetContext(ctx, &waiting, "select count(*) from pg_locks where not granted"); err != nil {
			return err
		}
	}
	time.AfterFunc(lockFor, free)
	signalled := time.Now()
	took, ended := s.stop()
	free()
	_ = d.Close() // its server is gone
	failed, finished, late := u.count(signalled)
	for _, failure := range failed {
		fmt.Fprintf(b.out, "  failed: %v\n", failure)
	}
	b.figure("requests under way at SIGTERM that were answered", finished, fmt.Sprintf(">= %d", waiting), waiting > 0 && finished >= waiting)
	b.figure("requests under way at SIGTERM that failed", len(failed), "0", len(failed) == 0)
	b.figure("requests sent later, which found nobody", late, "", true)
	b.figure("websockets that were closed in good order", u.closed.Load(), fmt.Sprint(sockets), u.closed.Load() == sockets)
	b.figure("mails on their way at SIGTERM", jobs, "> 0", jobs > 0)
	b.figure("exit after", took, "30s", took <= exitWithin)
	b.figure("exit code 0", ended == nil, "true", ended == nil)
	return b.allDelivered(ctx, s, post, due)
}

// allDelivered starts the program again and looks whether each mail comes, and comes once.
func (b *bench) allDelivered(ctx context.Context, s *school, post *smtpmock.Server, due int) error {
	before := delivered(post)
	if err := s.open(ctx); err != nil {
		return err
	}
	err := until(ctx, time.Minute, "all mail is delivered", func() bool { return len(delivered(post)) >= due })
	doubled := 0
	for _, n := range delivered(post) {
		doubled += n - 1
	}
	missing := due - len(delivered(post))
	after := len(delivered(post)) - len(before)
	b.figure("mails delivered before the exit, and after the next start", fmt.Sprintf("%d, %d", len(before), after), "", true)
	b.figure("mails lost", missing, "0", err == nil && missing == 0)
	b.figure("mails doubled", doubled, "0", doubled == 0)
	return nil
}

// delivered counts what the mail server took, by the reader's address. What the school tells its administrators of itself does not count.
func delivered(post *smtpmock.Server) map[string]int {
	counts := map[string]int{}
	for _, m := range post.Messages() {
		if to := m.RcpttoRequestResponse(); m.IsConsistent() && len(to) > 0 && strings.Contains(to[0][0], "letter") {
			counts[to[0][0]]++
		}
	}
	return counts
}

// underWay is all that goes on.
type underWay struct {
	school *school
	many   *client
	closed atomic.Int32 // sockets that were told that it is over
	done   sync.WaitGroup

	mu       sync.Mutex
	outcomes []outcome
}

func (u *underWay) note(o outcome) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.outcomes = append(u.outcomes, o)
}

// begin opens what is idle, has clients ask all the time, and causes mail.
func (u *underWay) begin(ctx context.Context) (err error) {
	if u.many, err = newClient(u.school, idle+slow); err != nil {
		return err
	}
	for range sockets {
		if err := u.socket(ctx); err != nil {
			return err
		}
	}
	var opening sync.WaitGroup // side by side, so that each takes a connection of its own
	for range idle {
		opening.Go(func() { u.note(u.many.tracked(ctx, `{ categories { name } }`)) })
	}
	opening.Wait()
	admin, err := signedIn(ctx, u.school, "admin@demo.test", 1)
	if err != nil {
		return err
	}
	var users []any
	for n := range letters {
		users = append(users, map[string]any{"email": fmt.Sprintf("letter%d@school.example", n)})
	}
	if _, err := admin.must(ctx, invite, map[string]any{"key": "drill", "users": users}); err != nil {
		return err
	}
	for range steady {
		c, err := newClient(u.school, 1)
		if err != nil {
			return err
		}
		u.done.Go(func() {
			for over := false; !over; {
				o := c.tracked(ctx, `{ categories { name } }`)
				u.note(o)
				over = o.failure != nil
			}
		})
	}
	return nil
}

// ask sends requests that wait in the database.
func (u *underWay) ask(ctx context.Context, n int) {
	for range n {
		u.done.Go(func() { u.note(u.many.tracked(ctx, locked)) })
	}
}

// socket opens a websocket that does nothing.
func (u *underWay) socket(ctx context.Context) error {
	options := &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}}
	conn, _, err := websocket.Dial(ctx, u.school.url+"/graphql", options) //nolint:bodyclose // it is the connection's
	if err != nil {
		return err
	}
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
		return err
	}
	if _, _, err := conn.Read(ctx); err != nil {
		return err
	}
	u.done.Go(func() {
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				if code := websocket.CloseStatus(err); code == websocket.StatusGoingAway || code == websocket.StatusNormalClosure {
					u.closed.Add(1)
				}
				return
			}
		}
	})
	return nil
}

// count waits for all, and sorts requests by whether they were on their way before a moment.
func (u *underWay) count(moment time.Time) (failed []error, finished, late int) {
	u.done.Wait()
	for _, o := range u.outcomes {
		switch before := !o.written.IsZero() && o.written.Before(moment); {
		case before && o.failure != nil:
			failed = append(failed, fmt.Errorf("%s before SIGTERM, after %s: %w", moment.Sub(o.written), o.ended.Sub(o.written), o.failure))
		case !before && o.failure != nil:
			late++
		case before && o.ended.After(moment):
			finished++
		}
	}
	return failed, finished, late
}
