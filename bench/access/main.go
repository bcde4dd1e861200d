// Command access times the access decision, the view user_content_access, in a school of 100,000 users and 10,000 items.
// Its exit code is 1 when a statement takes more of a plain one's time than it may, and 2 when it could not measure. ../README.md
// tells more.
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
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"lyceum/db"
)

const (
	warmUp = 8  // executions; after five PostgreSQL chooses between a generic plan and custom ones, and stays with it
	timed  = 61 // executions, of which the quickest counts
)

const aboutServer = `select 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) || ', shared_buffers '
	|| current_setting('shared_buffers') || ', jit ' || current_setting('jit')`

var errSlow = errors.New("a statement takes more of its plain one's time than it may")

func main() {
	address := flag.String("url", "",
		"a superuser's URL of the database; without it a built-in server is made, filled, and removed at the end")
	fill := flag.Bool("make", false, "migrate the database, which must hold no people, and load world.sql first")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, *address, *fill, os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	if errors.Is(err, errSlow) {
		os.Exit(1)
	}
	os.Exit(2)
}

func run(ctx context.Context, address string, fill bool, out io.Writer) (err error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if address == "" {
		s, err := startServer(ctx, log)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.remove()) }()
		address, fill = s.url, true
	}
	if fill {
		if err := makeWorld(ctx, address, log); err != nil {
			return err
		}
	}
	d, err := db.Open(ctx, db.Config{URL: address, Pool: 1, Name: "lyceum bench"})
	if err != nil {
		return err
	}
	defer d.Close()
	return report(ctx, d, out)
}

// report measures all cases and prints them as a table. Errors: errSlow.
func report(ctx context.Context, d *db.DB, out io.Writer) error {
	var about string
	if err := d.GetContext(ctx, &about, aboutServer); err != nil {
		return err
	}
	fmt.Fprintln(out, about)
	all, err := cases(ctx, d)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "query\tasked by\trows\tms\tplain ms\tratio\tlimit\t")
	slow := false
	for _, c := range all {
		m, err := c.patiently(ctx)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", c.name, c.who, err)
		}
		verdict := ""
		if !(m.ratio() <= c.limit) {
			verdict, slow = "TOO SLOW", true
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t%s\n", c.name, c.who, m.rows,
			milliseconds(m.times), milliseconds(m.plain), m.ratio(), c.limit, verdict)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if slow {
		return errSlow
	}
	return nil
}

// measured are the times of a statement and of its plain one, turn by turn.
type measured struct {
	rows         int
	times, plain []time.Duration
}

// ratio is that of the quickest turns: what disturbs a machine makes it slower and never quicker, and medians of a busy one moved
// threefold.
func (m measured) ratio() float64 {
	return slices.Min(m.times).Seconds() / slices.Min(m.plain).Seconds()
}

func milliseconds(times []time.Duration) float64 { return slices.Min(times).Seconds() * 1000 }

// tries are how often a case is measured before it is called too slow.
const tries = 3

// patiently measures a case again that is above its limit: a busy neighbour goes away, a statement that has become slow stays so.
func (c benchCase) patiently(ctx context.Context) (m measured, err error) {
	for range tries {
		again, err := c.measure(ctx)
		if err != nil {
			return m, err
		}
		if m.rows == 0 || again.ratio() < m.ratio() {
			m = again
		}
		if m.ratio() <= c.limit {
			break
		}
	}
	return m, nil
}

// measure runs both statements of a case until they are warm, then times them. It fails when fewer rows come than the case must have, or
// when the two read different numbers of rows: a query that answers nothing is not fast, and it can be compared with nothing.
func (c benchCase) measure(ctx context.Context) (m measured, err error) {
	for n := range warmUp + timed {
		took, rows, err := timeOf(ctx, c.run)
		if err != nil {
			return m, err
		}
		if rows < c.least {
			return m, fmt.Errorf("%d rows came, at least %d are there in world.sql; was it loaded (-make)?", rows, c.least)
		}
		plain, plainRows, err := timeOf(ctx, c.plain)
		if err != nil {
			return m, fmt.Errorf("without the decision: %w", err)
		}
		if plainRows != rows {
			return m, fmt.Errorf("%d rows came, but %d without the decision", rows, plainRows)
		}
		if n >= warmUp {
			m.rows, m.times, m.plain = rows, append(m.times, took), append(m.plain, plain)
		}
	}
	return m, nil
}

func timeOf(ctx context.Context, run reads) (took time.Duration, rows int, err error) {
	start := time.Now()
	rows, err = run(ctx)
	return time.Since(start), rows, err
}
