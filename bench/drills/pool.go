package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// How the pool is held.
const (
	holders     = 200
	others      = 10
	heldFor     = 30 * time.Second
	heldShort   = 5 * time.Second
	toldWithin  = time.Second
	readyWithin = 5 * time.Second
)

const (
	locked   = `{ plans { name } }`                                     // of a table that somebody else has locked
	unlocked = `{ viewer { id } categories { name } }`                  // of others: its session and its rows, in statements of their own
	lockAll  = `lock table subscription_plans in access exclusive mode` // whoever reads it waits, until a limit of the program's ends that
	overload = "OVERLOADED"                                             // the house is full
	timeout  = "TIMEOUT"                                                // a statement waited too long for the lock
)

// tally counts answers, and keeps how long those of one kind took.
type tally struct {
	mu    sync.Mutex
	codes map[string]int
	full  []time.Duration // until OVERLOADED
}

func (t *tally) add(a answer, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err != nil:
		t.codes["no answer"]++
	case a.acknowledged():
		t.codes["answered"]++
	default:
		t.codes[a.code]++
		if a.code == overload {
			t.full = append(t.full, a.took)
		}
	}
}

// poolDrill has 200 clients wait for a locked table, each with a connection of the pool or for one.
func poolDrill(ctx context.Context, b *bench) (err error) {
	dir, err := os.MkdirTemp("", "lyceum-pool-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
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
	learner, err := signedIn(ctx, s, "pro@demo.test", others)
	if err != nil {
		return err
	}
	anonymous, err := newClient(s, holders)
	if err != nil {
		return err
	}
	d, err := s.database(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	free, err := holdTable(ctx, d.DB, lockAll)
	if err != nil {
		return err
	}
	defer free()

	held := heldFor
	if b.short {
		held = heldShort
	}
	holding, rest := context.WithTimeout(ctx, held)
	defer rest()
	crowd, rest2 := &tally{codes: map[string]int{}}, &tally{codes: map[string]int{}}
	var done sync.WaitGroup
	loop := func(c *client, query string, into *tally, pause time.Duration) {
		for holding.Err() == nil {
			into.add(c.ask(ctx, query, nil))
			time.Sleep(pause)
		}
	}
	for range holders {
		done.Go(func() { loop(anonymous, locked, crowd, 0) })
	}
	time.Sleep(toldWithin) // until all of them are there
	for range others {
		done.Go(func() { loop(learner, unlocked, rest2, 50*time.Millisecond) })
	}
	alive, ready := map[int]int{}, map[int]int{}
	for holding.Err() == nil {
		alive[status(ctx, s.ops+"/livez")]++
		alive[status(ctx, s.url+"/livez")]++
		ready[status(ctx, s.ops+"/readyz")]++
		time.Sleep(100 * time.Millisecond)
	}
	done.Wait()
	freed := time.Now()
	free()
	if err := until(ctx, time.Minute, "it is ready again", func() bool { return status(ctx, s.ops+"/readyz") == http.StatusOK }); err != nil {
		return err
	}
	again := time.Since(freed)
	after, err := learner.ask(ctx, locked, nil)
	if err != nil {
		return err
	}

	b.figure("clients that hold the pool, for", fmt.Sprintf("%d, %s", holders, held), "", true)
	b.tell("the 200", crowd)
	b.tell("others", rest2)
	b.figure("/livez, by status", fmt.Sprint(alive), "200", len(alive) == 1 && alive[http.StatusOK] > 0)
	b.figure("/readyz, by status", fmt.Sprint(ready), "503", len(ready) == 1 && ready[http.StatusServiceUnavailable] > 0)
	b.figure("ready again after", again, "5s", again <= readyWithin)
	b.figure("answered again", after.acknowledged(), "true", after.acknowledged())
	return nil
}

// tell prints what became of somebody's requests.
func (b *bench) tell(who string, t *tally) {
	for _, code := range slices.Sorted(maps.Keys(t.codes)) {
		expected := slices.Contains([]string{"answered", overload, timeout}, code)
		b.figure(who+": "+code, t.codes[code], "", true)
		if !expected {
			b.figure(who+": that is not expected", code, "none", false)
		}
	}
	if len(t.full) == 0 {
		b.figure(who+": OVERLOADED", 0, "> 0", false)
		return
	}
	slices.Sort(t.full)
	longest := t.full[len(t.full)-1]
	b.figure(who+": median until OVERLOADED", t.full[len(t.full)/2], "1s", t.full[len(t.full)/2] <= toldWithin)
	b.figure(who+": longest until OVERLOADED", longest, "1s", longest <= toldWithin)
}

// holdTable takes a lock outside the program until free is called.
func holdTable(ctx context.Context, d *sqlx.DB, lock string) (free func(), err error) {
	tx, err := d.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, lock); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return sync.OnceFunc(func() { _ = tx.Rollback() }), nil // it wrote nothing
}
