package jobs

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"lyceum/db/dbtest"
	"lyceum/store"
)

func TestARunIsNotedWithHowItEnded(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	r := &runs{store: store.NewMaintenance(d.DB), log: slog.New(slog.DiscardHandler)}
	run := func(kind string, ctx context.Context, fn func(context.Context) error) (err error) {
		defer func() { _ = recover() }()
		return r.Work(ctx, &rivertype.JobRow{Kind: kind}, fn)
	}
	ending, end := context.WithCancel(t.Context())
	end()
	broken := errors.New("no such table, said ada@test.example")
	if err := run("failing", t.Context(), func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	_ = run("failing", t.Context(), func(context.Context) error { return nil })
	_ = run("panicking", t.Context(), func(context.Context) error { panic("x") })
	_ = run("snoozing", t.Context(), func(context.Context) error { return river.JobSnooze(1) })
	_ = run("interrupted", ending, func(ctx context.Context) error { return ctx.Err() })
	var noted string
	if err := d.Owner.Get(t.Context(), &noted, dbtest.SQL(`select string_agg(concat_ws(' ', kind, runs, failures, last_error, last_failed_at is not null), ', ' order by kind) from job_runs`)); err != nil {
		t.Fatal(err)
	}
	if want := "failing 2 1 no such table, said … t, panicking 1 1 the worker panicked t"; noted != want {
		t.Errorf("%q, not %q", noted, want)
	}
}
