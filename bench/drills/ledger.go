package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"lyceum/db"
)

// How the ledger is kept.
const (
	writers     = 32
	learners    = 8
	backWithin  = 5 * time.Second
	tmpfsSize   = "size=900m"
	underway    = 1500 * time.Millisecond // of writing between two faults
	retryPause  = 30 * time.Millisecond
	diskHeldFor = 5 * time.Second
)

// ledger is what was acknowledged.
type ledger struct {
	mu       sync.Mutex
	acked    map[string]bool // by what the row says of itself
	lastAck  time.Time
	refusals map[string]int // by code
	repeats  int            // writes that were sent more than once
}

func (l *ledger) note(key string, sent int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acked[key], l.lastAck = true, time.Now()
	if sent > 1 {
		l.repeats++
	}
}

func (l *ledger) refused(code string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refusals[code]++
}

// ackAfter reports whether anything was acknowledged after a moment, and when that was noticed.
func (l *ledger) ackAfter(t time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lastAck.After(t)
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

const (
	report = `mutation ($item: ID!, $key: UUID!, $n: Int!) {
		reportProgress(input: {itemId: $item, eventKey: $key, percent: 50, seconds: 1, positionSeconds: $n}) { progress { percent } userErrors { code } } }`
	grant = `mutation ($key: String!, $user: ID!, $item: ID!) {
		grantContentAccess(input: {idempotencyKey: $key, userId: $user, itemId: $item, reason: $key}) { grant { id } userErrors { code } } }`
	openItems = `{ contentItems(first: 50) { nodes { id access { hasAccess } } } }`
)

// writer reports progress and grants access in turn. It sends each write until it is acknowledged, always under the same key.
type writer struct {
	number         int
	learner, admin *client
	learnerID      string // 32 digits
	item           string // a global id
	target         string // who gets grants
	ledger         *ledger
}

func (w *writer) work(ctx context.Context) {
	for n := 1; ctx.Err() == nil; n++ {
		key := uuid.NewString()
		w.send(ctx, fmt.Sprintf("report %s %s %d", w.learnerID, digits(w.item), n), func(ctx context.Context) (answer, error) {
			return w.learner.ask(ctx, report, map[string]any{"item": w.item, "key": key, "n": n})
		})
		if ctx.Err() != nil {
			return
		}
		reason := fmt.Sprintf("drill %d %d", w.number, n)
		w.send(ctx, "grant "+reason, func(ctx context.Context) (answer, error) {
			return w.admin.ask(ctx, grant, map[string]any{"key": reason, "user": w.target, "item": w.item})
		})
	}
}

// send goes on after the end of ctx until the write is acknowledged: no write is left whose fate nobody asks for.
func (w *writer) send(ctx context.Context, key string, try func(context.Context) (answer, error)) {
	var end time.Time
	for sent := 1; ; sent++ {
		a, err := try(context.WithoutCancel(ctx))
		switch {
		case err == nil && a.acknowledged():
			w.ledger.note(key, sent)
			return
		case err != nil:
			w.ledger.refused("no answer")
		default:
			w.ledger.refused(a.code)
		}
		if ctx.Err() != nil && end.IsZero() {
			end = time.Now().Add(30 * time.Second)
		}
		if !end.IsZero() && time.Now().After(end) {
			return
		}
		time.Sleep(retryPause)
	}
}

// digits are the 32 of a global id.
func digits(id string) string { return id[strings.LastIndexByte(id, '_')+1:] }

// cast makes the people of the drill and signs them in.
func cast(ctx context.Context, s *school, l *ledger) ([]*writer, error) {
	d, err := s.database(ctx)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if _, err := d.Exec(ctx, db.NewStatement(`insert into users (email, username, password_hash, email_verified_at)
		select 'drill' || n || '@demo.test', 'drill' || n, password_hash, clock_now() from users, generate_series(1, $1::int) n
		where email = 'pro@demo.test'`), learners); err != nil {
		return nil, err
	}
	var targets []string
	if err := d.Select(ctx, &targets, db.NewStatement(`select 'user_' || replace(id::text, '-', '') from users
		where email like '%@demo.test' and email not like 'drill%' and account_status = 'active' order by email`)); err != nil {
		return nil, err
	}
	admin, err := signedIn(ctx, s, "admin@demo.test", writers)
	if err != nil {
		return nil, err
	}
	var all []*writer
	for n := range learners {
		learner, err := signedIn(ctx, s, fmt.Sprintf("drill%d@demo.test", n+1), writers)
		if err != nil {
			return nil, err
		}
		a, err := learner.must(ctx, `{ viewer { id } }`, nil)
		if err != nil {
			return nil, err
		}
		id, _ := a.field("viewer.id").(string)
		items, err := opened(ctx, learner)
		if err != nil {
			return nil, err
		}
		for i := range writers / learners {
			all = append(all, &writer{
				number: len(all), learner: learner, admin: admin, learnerID: digits(id), item: items[i%len(items)],
				target: targets[len(all)%len(targets)], ledger: l,
			})
		}
	}
	return all, nil
}

// opened are the items that somebody may open.
func opened(ctx context.Context, c *client) (ids []string, err error) {
	a, err := c.must(ctx, openItems, nil)
	if err != nil {
		return nil, err
	}
	nodes, _ := a.field("contentItems.nodes").([]any)
	for _, node := range nodes {
		one := answer{data: node.(map[string]any)} //nolint:forcetypeassert // of our own query
		if has, _ := one.field("access.hasAccess").(bool); has {
			ids = append(ids, one.field("id").(string)) //nolint:forcetypeassert // as above
		}
	}
	if len(ids) < writers/learners {
		return nil, fmt.Errorf("%d items are open; %d are needed", len(ids), writers/learners)
	}
	return ids, nil
}

// ledgerDrill keeps the ledger through all faults and then compares.
func ledgerDrill(ctx context.Context, b *bench) (err error) {
	dir, err := os.MkdirTemp("", "lyceum-ledger-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if !b.short { // the short form fills no disk, so that anybody can run it
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, tmpfsSize); err != nil {
			return fmt.Errorf("a small disk in memory cannot be mounted (%w): only root may; otherwise run it under `unshare -rm`", err)
		}
		defer func() { err = errors.Join(err, syscall.Unmount(dir, syscall.MNT_DETACH)) }()
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // PostgreSQL may run as another user
		return err
	}
	s, err := b.newSchool(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(ctx); err != nil {
		return fmt.Errorf("%w\n%s", err, &s.log)
	}
	l := &ledger{acked: map[string]bool{}, refusals: map[string]int{}}
	all, err := cast(ctx, s, l)
	if err != nil {
		return err
	}
	f := &faults{school: s, ledger: l, ballast: filepath.Join(dir, "ballast")}
	if f.at, err = s.databaseURL(ctx); err != nil {
		return err
	}
	writing, rest := context.WithCancel(ctx)
	defer rest()
	var done sync.WaitGroup
	for _, w := range all {
		done.Go(func() { w.work(writing) })
	}
	if err := f.all(ctx, b.short); err != nil {
		return fmt.Errorf("%w\n%s", err, &s.log)
	}
	rest()
	done.Wait()
	return l.compare(ctx, b, s, f)
}

// row is how often a write is in the database.
type row struct {
	Key  string
	Rows int
}

// judge compares what was acknowledged with what is there.
func judge(acked map[string]bool, rows []row) (lost, doubled, unheard int) {
	found := map[string]bool{}
	for _, r := range rows {
		found[r.Key] = true
		if r.Rows > 1 {
			doubled++
		}
		if !acked[r.Key] {
			unheard++
		}
	}
	for key := range acked {
		if !found[key] {
			lost++
		}
	}
	return lost, doubled, unheard
}

// compare reads the rows and prints what became of the writes.
func (l *ledger) compare(ctx context.Context, b *bench, s *school, f *faults) error {
	d, err := s.database(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	var rows []row
	if err := d.Select(ctx, &rows, db.NewStatement(`select 'report ' || replace(user_id::text, '-', '') || ' ' || replace(content_id::text, '-', '')
			|| ' ' || position_seconds as key, count(*) as rows
		from content_consumption where user_id in (select id from users where email like 'drill%@demo.test') group by 1
		union all select 'grant ' || reason, count(*) from user_content_permissions where reason like 'drill %' group by 1`)); err != nil {
		return err
	}
	lost, doubled, unheard := judge(l.acked, rows)
	b.figure("writes that were acknowledged", len(l.acked), "", true)
	b.figure("sent more than once until they were", l.repeats, "", true)
	b.figure("written and never acknowledged", unheard, "", true)
	b.figure("lost", lost, "0", lost == 0)
	b.figure("doubled", doubled, "0", doubled == 0)
	for _, name := range slices.Sorted(maps.Keys(f.longest)) {
		longest := f.longest[name]
		b.figure(fmt.Sprintf("longest until it answers, after %s (%d times)", name, f.times[name]), longest, "5s", longest <= backWithin)
	}
	if !b.short {
		b.figure("PostgreSQL crashed for lack of room", f.crashed, "", true)
	}
	own := 0
	for _, code := range slices.Sorted(maps.Keys(l.refusals)) {
		b.figure("refused meanwhile: "+code, l.refusals[code], "", true)
		if code == "INTERNAL" || strings.HasPrefix(code, "user error") {
			own += l.refusals[code]
		}
	}
	b.figure("refused for no good reason (INTERNAL, errors in the input)", own, "0", own == 0)
	return nil
}
