package upkeep

import (
	"context"
	"errors"
	"time"

	"lyceum/db"
)

// Reindexed is an index that was built anew.
type Reindexed struct {
	Index         string
	Before, After int64 // bytes
}

// Reindex builds the bloated indexes anew, one after the other, largest first, as long as the window of the school holds; always says
// that the hour does not matter. now is the school's clock. What an interrupted run left behind is removed first. The partitioned
// tables are analyzed as a whole, which autovacuum never does.
func (u *Upkeep) Reindex(ctx context.Context, now func() time.Time, always bool) (done []Reindexed, err error) {
	err = u.with(ctx, false, func(h house) error {
		window, err := h.reader.MaintenanceWindow(ctx)
		if err != nil || window == nil {
			return err
		}
		open := func() bool { return always || window.Holds(now()) }
		if !open() {
			return nil
		}
		indexes, err := h.reader.IndexHealth(ctx)
		if err != nil {
			return err
		}
		var failed []error
		for _, i := range indexes {
			if !i.IsValid && db.IsLeftover(i.Index) {
				failed = append(failed, db.DropLeftover(ctx, h.db, i.Schema, i.Index))
			}
		}
		for _, i := range indexes {
			if !i.Bloated() || !open() {
				continue
			}
			if err := db.Reindex(ctx, h.db, i.Schema, i.Index); err != nil {
				failed = append(failed, err)
				continue
			}
			after, err := h.sizeOf(ctx, i.Schema, i.Index)
			failed = append(failed, err)
			u.log.InfoContext(ctx, "an index was built anew", "index", i.Index, "before", i.Bytes, "after", after)
			done = append(done, Reindexed{Index: i.Index, Before: i.Bytes, After: after})
		}
		return errors.Join(append(failed, h.store.AnalyzeParents(ctx))...)
	})
	return done, err
}

func (h house) sizeOf(ctx context.Context, schema, index string) (int64, error) {
	indexes, err := h.reader.IndexHealth(ctx)
	for _, i := range indexes {
		if i.Schema == schema && i.Index == index {
			return i.Bytes, nil
		}
	}
	return 0, err
}
