// Command drills breaks the real program in the ways that operations know, and prints what became of its users. Each drill builds the
// program and serves the demo school of a folder of its own:
//
//	ledger  32 writers note what was acknowledged, while the program is killed, PostgreSQL is stopped at once, and the disk fills up
//	pool    200 clients hold all connections to the database: the others hear so within a second
//	stop    SIGTERM comes among requests, idle sockets and jobs
//
// Its exit code is 1 when a limit is missed, and 2 when it could not measure. ../README.md tells more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

var errMissed = errors.New("a limit was missed")

// drill is one of them.
type drill struct {
	name string
	run  func(context.Context, *bench) error
}

var drills = []drill{{"ledger", ledgerDrill}, {"pool", poolDrill}, {"stop", stopDrill}}

// bench is what drills share.
type bench struct {
	short   bool
	program string
	out     io.Writer
	missed  bool
}

// figure prints one and notes whether it keeps its limit.
func (b *bench) figure(name string, value any, limit string, kept bool) {
	verdict := "ok"
	switch {
	case limit == "":
		verdict = ""
	case !kept:
		verdict, b.missed = "MISSED", true
	}
	if d, ok := value.(time.Duration); ok {
		value = d.Round(time.Millisecond)
	}
	fmt.Fprintf(b.out, "  %-58s %14v  %-10s %s\n", name, value, limit, verdict)
}

func main() {
	short := flag.Bool("short", false, "break things fewer times and for shorter")
	program := flag.String("program", "", "the program to break; built from this clone when not given")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: drills [-short] [-program FILE] [ledger] [pool] [stop]; all of them without a name")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *short, *program, flag.Args(), os.Stdout)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "drills:", err)
	if errors.Is(err, errMissed) {
		os.Exit(1)
	}
	os.Exit(2)
}

func run(ctx context.Context, short bool, program string, names []string, out io.Writer) (err error) {
	for _, name := range names {
		if !slices.ContainsFunc(drills, func(d drill) bool { return d.name == name }) {
			return fmt.Errorf("there is no drill %q", name)
		}
	}
	dir, err := os.MkdirTemp("", "lyceum-drills-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{short: short, program: program, out: out}
	if program == "" {
		b.program = filepath.Join(dir, "lyceum")
		build := exec.CommandContext(ctx, "go", "build", "-o", b.program, "lyceum") //nolint:gosec // a path of ours
		if text, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build the program: %w: %s", err, text)
		}
	} else if b.program, err = filepath.Abs(program); err != nil {
		return err
	}
	for _, d := range drills {
		if len(names) > 0 && !slices.Contains(names, d.name) {
			continue
		}
		began := time.Now()
		fmt.Fprintf(out, "%s\n", d.name)
		if err := d.run(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		fmt.Fprintf(out, "  (%.0f s)\n", time.Since(began).Seconds())
	}
	if b.missed {
		return errMissed
	}
	return nil
}
