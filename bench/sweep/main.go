// Command sweep times the sweep of due subscriptions beside one set-based statement that writes the same rows in the same database,
// and watches readers meanwhile. Its exit code is 1 when the sweep has less than half of the statement's rate or a reader waited for a
// lock, and 2 when it could not measure. ../README.md tells more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"lyceum/db"
	"lyceum/db/embedded"
	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store"
)

const goal = 0.5 // of the statement's rate

var errSlow = errors.New("the sweep has less than half of the statement's rate, or a reader waited")

func main() {
	rows := flag.Int("rows", 100_000, "how many subscriptions are due")
	rounds := flag.Int("rounds", 3, "how often both are timed, in turn")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, *rows, *rounds, os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	if errors.Is(err, errSlow) {
		os.Exit(1)
	}
	os.Exit(2)
}

func run(ctx context.Context, rows, rounds int, out io.Writer) (err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "lyceum-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := embedded.Start(ctx, embedded.Options{
		Dir: dir, Cache: filepath.Join(cache, "lyceum"), Settings: map[string]string{"shared_buffers": "1GB"}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	if _, err := db.Migrate(ctx, db.Config{URL: server.SuperuserURL()}); err != nil {
		return err
	}
	d, err := db.Open(ctx, db.Config{URL: server.SuperuserURL(), Pool: 6, Name: "lyceum bench"})
	if err != nil {
		return err
	}
	defer d.Close()
	b := &bench{d: d, out: out}
	if err := b.make(ctx, rows); err != nil {
		return err
	}
	var ratios []float64
	for round := range rounds {
		ratio, err := b.round(ctx, rows, round%2 == 0)
		if err != nil {
			return err
		}
		ratios = append(ratios, ratio)
	}
	slices.Sort(ratios)
	median := ratios[len(ratios)/2]
	fmt.Fprintf(out, "median ratio %.2f (goal %.2f), samples in which a reader waited for a lock: %d\n", median, goal, b.waits)
	if median < goal || b.waits > 0 {
		return errSlow
	}
	return nil
}

// bench is a school with two populations of the same size, one for each way.
type bench struct {
	d     *db.DB
	out   io.Writer
	waits int
}

// round times both ways, each with its own population due, and returns the sweep's rate by that of the statement.
func (b *bench) round(ctx context.Context, rows int, plainFirst bool) (float64, error) {
	var plain, swept time.Duration
	ways := []func() error{
		func() (err error) { plain, err = b.plain(ctx, rows); return err },
		func() (err error) { swept, err = b.sweep(ctx, rows); return err },
	}
	if !plainFirst {
		slices.Reverse(ways)
	}
	for _, way := range ways {
		if err := way(); err != nil {
			return 0, err
		}
	}
	rate := func(took time.Duration) float64 { return float64(rows) / took.Seconds() }
	fmt.Fprintf(b.out, "one statement %.0f rows/s, sweep %.0f rows/s, ratio %.2f\n", rate(plain), rate(swept), rate(swept)/rate(plain))
	return rate(swept) / rate(plain), nil
}

func (b *bench) plain(ctx context.Context, rows int) (time.Duration, error) {
	if err := b.prepare(ctx, "plain"); err != nil {
		return 0, err
	}
	began := time.Now()
	_, err := b.d.ExecContext(ctx, oneStatement)
	took := time.Since(began)
	return took, errors.Join(err, b.check(ctx, rows))
}

func (b *bench) sweep(ctx context.Context, rows int) (time.Duration, error) {
	if err := b.prepare(ctx, "swept"); err != nil {
		return 0, err
	}
	outbox, err := store.NewOutbox()
	if err != nil {
		return 0, err
	}
	service := plans.Service{
		Store: store.Plans{Writer: store.Writer{DB: b.d, Outbox: outbox}}, IDs: domain.NewIDs(), GraceDays: 7,
		Clock: func() time.Time { return time.Now().UTC() },
	}
	watched, stop := context.WithCancel(ctx)
	seen := make(chan watch, 1)
	go func() { seen <- b.readers(watched) }()
	canceled := make(chan string, 1)
	go func() { canceled <- b.cancel(ctx, service) }()
	began := time.Now()
	done, err := service.Sweep(ctx)
	took := time.Since(began)
	stop()
	w := <-seen
	b.waits += w.waits
	fmt.Fprintf(b.out, "  %d batches; %d samples of readers, %d with a lock to wait for, %d reads, the slowest %v; %s\n",
		done.Batches, w.samples, w.waits, w.reads, w.slowest.Round(time.Millisecond), <-canceled)
	return took, errors.Join(err, w.err, b.check(ctx, rows))
}

// cancel cancels a due subscription in the middle of the sweep, and says how long that took.
func (b *bench) cancel(ctx context.Context, service plans.Service) string {
	var id domain.SubscriptionID
	if err := b.d.GetContext(ctx, &id, someDue); err != nil {
		return err.Error()
	}
	var staff domain.UserID
	if err := b.d.GetContext(ctx, &staff, `select id from users where username = 'staff'`); err != nil {
		return err.Error()
	}
	viewer := domain.Viewer{UserID: staff, Permissions: []domain.Permission{domain.BillingWrite}}
	began := time.Now()
	_, err := service.Cancel(ctx, viewer, plans.CancelCommand{IdempotencyKey: time.Now().String(), SubscriptionID: id})
	if _, refused := domain.AsUserError(err); err != nil && !refused {
		return err.Error()
	}
	return fmt.Sprintf("a cancellation in between took %v", time.Since(began).Round(time.Millisecond))
}
