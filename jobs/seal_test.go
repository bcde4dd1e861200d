package jobs_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"lyceum/db"
	"lyceum/db/dbtest"
	"lyceum/jobs"
	"lyceum/store"
)

// written is what a log has said so far.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

func (w *written) waitFor(t *testing.T, words string) {
	t.Helper()
	for end := time.Now().Add(40 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		w.mu.Lock()
		said := w.text.String()
		w.mu.Unlock()
		if strings.Contains(said, words) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("it was never said that %q: %s", words, said)
		}
	}
}

func TestASealerThatIsHeldUpRaisesTheAlarmAndSaysWhenItIsOver(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	// The serving role may call the function, and holds its lock for as long as it likes if it then does nothing.
	held, err := d.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Rollback() //nolint:errcheck // after the first time it says ErrTxDone
	attempt := "select track_login_attempt('a@b.c', 'failed', '10.0.0.1', '', '', '')"
	if _, err := d.Owner.ExecContext(t.Context(), attempt); err != nil {
		t.Fatal(err)
	}
	if _, err := held.ExecContext(t.Context(), "select seal_audit()"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Owner.ExecContext(t.Context(), attempt); err != nil {
		t.Fatal(err)
	}
	pool, err := db.Open(t.Context(), db.Config{URL: d.AppURL, Pool: 6})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	log := &written{}
	runner, err := jobs.New(pool.DB.DB, store.NewMaintenance(pool), jobs.Services{Subscriptions: sweeper(t, pool)}, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := runner.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	log.waitFor(t, `level=ERROR msg="audit rows cannot be sealed`)
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	log.waitFor(t, "audit rows are sealed again")
	eventually(t, d, "the rows are sealed", "select not exists (select from audit_unsealed)")
}
