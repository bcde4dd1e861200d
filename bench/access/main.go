// Command access times the access decision, the view user_content_access, in a school of 100,000 people and 10,000 items.
// Its exit code is 1 when a median is above its limit and 2 when it could not measure. ../README.md tells more.
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
	warmUp = 8 // executions; after five PostgreSQL chooses between a generic plan and custom ones, and stays with it
	timed  = 5 // executions, of which the median counts
)

const aboutServer = `select 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1) || ', shared_buffers '
	|| current_setting('shared_buffers') || ', jit ' || current_setting('jit')`

var errSlow = errors.New("a median is above its limit")

func main() {
	address := flag.String("url", "", "a superuser's URL of the database; without it a built-in server is made, filled, and removed at the end")
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
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "query\tasked by\trows\tmedian ms\tlimit ms\t")
	slow := false
	for _, c := range cases(d) {
		rows, median, err := c.measure(ctx)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", c.name, c.who, err)
		}
		verdict := ""
		if median > c.limit {
			verdict, slow = "TOO SLOW", true
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%.2f\t%d\t%s\n", c.name, c.who, rows, median.Seconds()*1000, c.limit.Milliseconds(), verdict)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if slow {
		return errSlow
	}
	return nil
}

// measure runs a case until it is warm, then times it. It says how many rows came, and fails when that is fewer than
// the case must have: a query that answers nothing is not fast.
func (c benchCase) measure(ctx context.Context) (rows int, median time.Duration, err error) {
	var times []time.Duration
	for n := range warmUp + timed {
		start := time.Now()
		if rows, err = c.run(ctx); err != nil {
			return 0, 0, err
		}
		if rows < c.least {
			return 0, 0, fmt.Errorf("%d rows came, at least %d are there in world.sql; was it loaded (-make)?", rows, c.least)
		}
		if n >= warmUp {
			times = append(times, time.Since(start))
		}
	}
	slices.Sort(times)
	return rows, times[len(times)/2], nil
}
