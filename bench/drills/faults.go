package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"lyceum/db"
)

// faults are what goes wrong while the writers write.
type faults struct {
	school  *school
	ledger  *ledger
	at      string // the owner's URL
	ballast string // the file that fills the disk

	crashed bool                     // PostgreSQL, when the disk was full
	longest map[string]time.Duration // by fault: from the database being back to the next acknowledged write
	times   map[string]int
}

const (
	killed   = "kill -9 of the program"
	stopped  = "an immediate stop of PostgreSQL"
	diskFull = "a full disk"
)

func (f *faults) all(ctx context.Context, short bool) error {
	f.longest, f.times = map[string]time.Duration{}, map[string]int{}
	kills, stops := 10, 3
	if short {
		kills, stops = 2, 1
	}
	for range kills {
		if err := f.fault(ctx, killed, f.killProgram); err != nil {
			return err
		}
	}
	for range stops {
		if err := f.fault(ctx, stopped, f.stopDatabase); err != nil {
			return err
		}
	}
	if short {
		return nil
	}
	return f.fault(ctx, diskFull, f.fillDisk)
}

// fault lets the writers get under way, breaks something, and measures how long nobody is answered once the database is there again.
func (f *faults) fault(ctx context.Context, name string, happen func(context.Context) error) error {
	before := f.ledger.count()
	if err := until(ctx, time.Minute, "the writers write", func() bool { return f.ledger.count() > before+writers }); err != nil {
		return err
	}
	time.Sleep(underway)
	if err := happen(ctx); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := until(ctx, 2*time.Minute, "the database is back", func() bool { return f.databaseWrites(ctx) }); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	back := time.Now()
	if err := until(ctx, time.Minute, "a write is acknowledged", func() bool { return f.ledger.ackAfter(back) }); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	f.times[name]++
	f.longest[name] = max(f.longest[name], time.Since(back))
	return nil
}

// killProgram kills it, which takes its PostgreSQL along, and starts it again at once.
func (f *faults) killProgram(ctx context.Context) error {
	before := f.school.postmaster()
	if err := f.school.kill(); err != nil {
		return err
	}
	if err := f.school.start(); err != nil {
		return err
	}
	return f.another(ctx, before)
}

// stopDatabase does what `pg_ctl stop -m immediate` does, which sends this signal and waits. The program starts it again.
func (f *faults) stopDatabase(ctx context.Context) error {
	before := f.school.postmaster()
	if before == 0 {
		return errors.New("there is no PostgreSQL")
	}
	if err := syscall.Kill(before, syscall.SIGQUIT); err != nil {
		return err
	}
	return f.another(ctx, before)
}

// another waits for a PostgreSQL that is not the one before.
func (f *faults) another(ctx context.Context, before int) error {
	return until(ctx, time.Minute, "PostgreSQL is started again", func() bool {
		pid := f.school.postmaster()
		return pid != 0 && pid != before
	})
}

// fillDisk leaves no byte, has PostgreSQL notice by its log too, keeps it so for a while, and gives the room back.
func (f *faults) fillDisk(ctx context.Context) error {
	file, err := os.Create(f.ballast)
	if err != nil {
		return err
	}
	for size := 1 << 20; size > 0; size /= 2 {
		for part := make([]byte, size); err == nil; {
			_, err = file.Write(part)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return errors.Join(err, file.Close())
		}
		err = nil
	}
	if err := file.Close(); err != nil {
		return err
	}
	before, full := f.school.postmaster(), time.Now()
	for time.Since(full) < diskHeldFor {
		f.fillLog(ctx)
		f.crashed = f.crashed || f.school.postmaster() != before
		time.Sleep(retryPause)
	}
	return os.Remove(f.ballast)
}

// fillLog writes what uses up the segments of the log that are there already.
func (f *faults) fillLog(ctx context.Context) {
	d, err := db.Open(ctx, db.Config{URL: f.at, Pool: 1, Name: "lyceum drill"})
	if err != nil {
		return // it is down by now
	}
	defer d.Close()
	for range 20 {
		if _, err := d.ExecContext(ctx, "select pg_logical_emit_message(false, 'drill', repeat('x', 4000000))"); err != nil {
			return
		}
	}
}

// databaseWrites reports whether the database accepts a connection and writes.
func (f *faults) databaseWrites(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	d, err := db.Open(ctx, db.Config{URL: f.at, Pool: 1, Name: "lyceum drill"})
	if err != nil {
		return false
	}
	defer d.Close()
	_, err = d.ExecContext(ctx, "select pg_logical_emit_message(true, 'drill', 'back')")
	return err == nil
}
