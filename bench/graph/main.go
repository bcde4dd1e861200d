// Command graph measures the product beside PostGraphile and beside the best single SQL, on the large demo: the real program,
// its endpoint, its sessions and guards. Its exit code is 1 when a goal is missed and 2 when it could not measure.
// ../README.md tells more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"lyceum/db/demo"
)

var errMissed = errors.New("a goal is missed")

type options struct {
	seconds, profile float64
	rounds, clients  int
	pairs            int
	ops, dir         string
	beside           string // another build of the product
	sizes            demo.Sizes
	compareOnly      bool
	planned          bool // PostGraphile's statements are planned afresh as PostgreSQL likes
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == bareCommand {
		if err := serveBare(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		return
	}
	var o options
	flag.Float64Var(&o.seconds, "seconds", 5, "how long each target is asked each operation in a round")
	flag.IntVar(&o.rounds, "rounds", 3, "how often")
	flag.IntVar(&o.clients, "clients", 16, "how many ask at a time")
	flag.StringVar(&o.beside, "beside", "",
		"another build of the product; then both take turns on the same school, and nothing else is measured")
	flag.IntVar(&o.pairs, "pairs", 10, "how often both take turns with -beside")
	flag.StringVar(&o.ops, "ops", "", "some of q1,q2,q3,q4,q5,q6,q7; all without it")
	flag.StringVar(&o.dir, "dir", "",
		"a folder to keep the loaded school in, and to find it again; without it a temporary one is removed at the end")
	flag.BoolVar(&o.compareOnly, "compare", false, "only compare the answers")
	flag.Float64Var(&o.profile, "profile", 0,
		"ask the product alone, for so many seconds each, and write a CPU profile of each operation into the folder")
	flag.BoolVar(&o.planned, "planned", false, "leave it to PostgreSQL when to plan PostGraphile's statements anew, which is slower")
	flag.IntVar(&o.sizes.Users, "users", 100_000, "people in the school")
	flag.IntVar(&o.sizes.Items, "items", 10_000, "items")
	flag.IntVar(&o.sizes.Events, "events", 5_000_000, "learning events")
	flag.Parse()
	o.sizes.Seed = 1
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, o, os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	if errors.Is(err, errMissed) {
		os.Exit(1)
	}
	os.Exit(2)
}

func (o options) check() error {
	within := func(n, most int) bool { return n >= 1 && n <= most }
	if o.seconds < 1 || o.seconds > 600 || o.profile < 0 || o.profile > 600 ||
		!within(o.rounds, 100) || !within(o.clients, 100) || !within(o.pairs, 100) {
		return errors.New("-seconds must be 1 to 600, -profile 0 to 600, -rounds, -clients and -pairs 1 to 100")
	}
	if o.beside != "" && (o.profile > 0 || o.compareOnly) {
		return errors.New("-beside compares and measures two builds; -profile and -compare are not for it")
	}
	if _, err := exec.LookPath("wrk"); err != nil {
		return errors.New("wrk is missing, which asks the servers; on Debian: apt-get install wrk")
	}
	return o.sizes.Check()
}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	var names []string
	if o.ops != "" {
		names = strings.Split(o.ops, ",")
	}
	ops, err := operations(names)
	if err := errors.Join(err, o.check()); err != nil {
		return err
	}
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "lyceum-bench-graph-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	}
	if o.dir, err = filepath.Abs(o.dir); err == nil {
		err = os.MkdirAll(o.dir, 0o700)
	}
	if err != nil {
		return err
	}
	s, err := openSchool(ctx, o.dir, o.sizes, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	b := &bench{options: o, school: s, ops: ops, log: log}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.open(ctx); err != nil {
		return err
	}
	if o.profile > 0 {
		return b.profiles(ctx)
	}
	if o.beside != "" {
		return b.measureBeside(ctx, out)
	}
	if err := b.openPeers(ctx); err != nil {
		return err
	}
	for _, op := range ops {
		size, err := compare(ctx, op, s, &b.product.target, &b.peer.target, &b.bare.target)
		if err != nil {
			return err
		}
		log.Info("the answers are the same", "op", op.name, "bytes", size)
	}
	if o.compareOnly {
		return nil
	}
	measured, missed, err := b.measureWays(ctx)
	if err != nil {
		return err
	}
	about, err := s.about(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s; %d clients, %d rounds of %.0f s\n\n", about, o.clients, o.rounds, o.seconds)
	measured.report(out, b.names())
	return judge(out, append(measured.missed(b.names()), missed...))
}

// judge shows what was missed. Errors: errMissed.
func judge(out io.Writer, missed []string) error {
	for _, m := range missed {
		fmt.Fprintln(out, "MISSED", m)
	}
	if len(missed) > 0 {
		return errMissed
	}
	return nil
}
