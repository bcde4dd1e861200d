// Command restore measures what is lost when a school's machine goes, and how long it is away: it fills a school with the large demo,
// backs it up while it writes, takes the place of the backups away at the worst moment, and restores on a bare folder, once to a moment
// and once to the end.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lyceum/db"
)

// mostLost is what a lost machine may cost.
const mostLost = time.Minute

func main() {
	size := flag.Float64("size", 1, "how large the school is; 1 has 100,000 people, 10,000 items and 5,000,000 events")
	keep := flag.String("dir", "", "work in this folder and leave it; else in one that is removed")
	flag.Parse()
	if err := run(context.Background(), *size, *keep); err != nil {
		log.Fatal(err)
	}
}

// drill is one run.
type drill struct {
	dir, program string
}

func run(ctx context.Context, size float64, dir string) error {
	if dir == "" {
		made, err := os.MkdirTemp("", "lyceum-restore")
		if err != nil {
			return err
		}
		defer os.RemoveAll(made)
		dir = made
	}
	d := drill{dir: dir, program: filepath.Join(dir, "lyceum")}
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", d.program, "lyceum").CombinedOutput(); err != nil { //nolint:gosec // ours
		return fmt.Errorf("%s: %w", out, err)
	}
	if err := d.fill(ctx, size); err != nil {
		return err
	}
	b, err := d.lose(ctx)
	if err != nil {
		return err
	}
	return d.measure(ctx, b)
}

func (d drill) settings(machine, place string) []string {
	return append(os.Environ(), "LYCEUM_DATA_DIR="+filepath.Join(d.dir, machine), "LYCEUM_BACKUP=file://"+filepath.Join(d.dir, place),
		"LYCEUM_KEYS="+filepath.Join(d.dir, "keys.json"), "LYCEUM_ENV=development", "LYCEUM_PUBLIC_URL=")
}

func (d drill) command(ctx context.Context, machine, place string, args ...string) error {
	began := time.Now()
	cmd := exec.CommandContext(ctx, d.program, args...) //nolint:gosec // our own program
	cmd.Env = d.settings(machine, place)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("lyceum %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	fmt.Printf("%-46s %6.1f s\n", "lyceum "+strings.Join(args, " "), time.Since(began).Seconds())
	return nil
}

func (d drill) fill(ctx context.Context, size float64) error {
	if err := d.command(ctx, "first", "place", "migrate", "--create"); err != nil {
		return err
	}
	count := func(n float64) string { return strconv.Itoa(max(10, int(n*size))) }
	return d.command(ctx, "first", "place", "demo", "--users", count(100_000), "--items", count(10_000), "--events", count(5_000_000))
}

// serve runs a server and returns when it is ready, with how to end it.
func (d drill) serve(ctx context.Context, machine, place string) (stop func() error, err error) {
	public, ops := free(), free()
	cmd := exec.CommandContext(ctx, d.program) //nolint:gosec // our own program
	cmd.Env = append(d.settings(machine, place), "LYCEUM_LISTEN="+public, "LYCEUM_OPS_LISTEN="+ops)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			return nil, fmt.Errorf("the server ended: %w\n%s", err, said.String())
		case <-time.After(20 * time.Millisecond):
		}
		if response, err := http.Get("http://" + ops + "/readyz"); err == nil { //nolint:noctx // our own server
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return func() error { return errors.Join(cmd.Process.Signal(syscall.SIGTERM), <-ended) }, nil
			}
		}
	}
}

func free() string {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (d drill) open(ctx context.Context, machine string) (*db.DB, error) {
	read := func(name string) string {
		text, _ := os.ReadFile(filepath.Join(d.dir, machine, "postgres", name)) //nolint:gosec // ours
		return strings.TrimSpace(string(text))
	}
	url := fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%s/lyceum?sslmode=disable", read("postgres.password"), read("port"))
	return db.Open(ctx, db.Config{URL: url, Pool: 1, Patience: 10 * time.Second})
}

// beats are what the school wrote: the last beat before a moment, that moment, which lies after its commit, and the last beat of all.
type beats struct{ before, moment, last time.Time }

const sinceArchived = "select coalesce(extract(epoch from now() - last_archived_time), 0)::float8 from pg_stat_archiver"

// lose backs the school up and writes a beat every 20 ms until the log was last archived nearly as long ago as it may be: then the
// place is gone, as it would be for a machine that is.
func (d drill) lose(ctx context.Context) (b beats, err error) {
	stop, err := d.serve(ctx, "first", "place")
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	school, err := d.open(ctx, "first")
	if err != nil {
		return b, err
	}
	defer school.Close()
	if _, err := school.ExecContext(ctx, "create table beats (at timestamptz primary key)"); err != nil {
		return b, err
	}
	for end := time.Now().Add(time.Hour); ; time.Sleep(time.Second) { // the server takes its first backup by itself
		var whole bool
		if err := school.GetContext(ctx, &whole, "select exists (select from backups where state = 'whole')"); err != nil {
			return b, err
		}
		if whole {
			break
		}
		if time.Now().After(end) {
			return b, errors.New("the server takes no backup")
		}
	}
	began := time.Now()
	for {
		if err := school.GetContext(ctx, &b.last, "insert into beats values (clock_timestamp()) returning at"); err != nil {
			return b, err
		}
		if b.moment.IsZero() && time.Since(began) > 5*time.Second {
			b.before = b.last
			if err := school.GetContext(ctx, &b.moment, "select clock_timestamp()"); err != nil {
				return b, err
			}
		}
		var since float64
		if err := school.GetContext(ctx, &since, sinceArchived); err != nil {
			return b, err
		}
		if time.Since(began) > mostLost && since > 48 {
			return b, os.Rename(filepath.Join(d.dir, "place"), filepath.Join(d.dir, "left"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (d drill) measure(ctx context.Context, b beats) error {
	// The first restore begins a new timeline, which the second would follow.
	for _, c := range []struct{ machine, to string }{{"second", b.moment.UTC().Format(time.RFC3339Nano)}, {"third", "latest"}} {
		began := time.Now()
		if err := os.Mkdir(filepath.Join(d.dir, c.machine), 0o700); err != nil {
			return err
		}
		if err := d.command(ctx, c.machine, "left", "restore", "--to", c.to, "--timeline", "1"); err != nil {
			return err
		}
		stop, err := d.serve(ctx, c.machine, "left")
		if err != nil {
			return err
		}
		took := time.Since(began)
		school, err := d.open(ctx, c.machine)
		if err != nil {
			return err
		}
		var last time.Time
		var size int64
		err = school.QueryRowxContext(ctx, "select max(at), pg_database_size(current_database()) from beats").Scan(&last, &size)
		if err := errors.Join(err, school.Close(), stop()); err != nil {
			return err
		}
		if c.to != "latest" {
			fmt.Printf("to a moment: RTO %.1f s for %d MB, until the server was ready\n", took.Seconds(), size>>20)
			if !last.Equal(b.before) {
				return errors.New("the moment was not restored exactly")
			}
			continue
		}
		gone := b.last.Sub(last)
		fmt.Printf("to the end: RPO %.1f s (at most %.0f s), RTO %.1f s for %d MB\n", gone.Seconds(), mostLost.Seconds(), took.Seconds(),
			size>>20)
		if gone > mostLost {
			return errors.New("too much was lost")
		}
	}
	return nil
}
