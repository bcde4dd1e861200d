package content

import (
	"context"
	"path"

	"lyceum/domain"
)

// A batch is one transaction and few statements.
const (
	batchItems = 100
	batchBytes = 8 << 20
)

func (w *importWork) write(ctx context.Context) error {
	if err := w.Store.InTx(ctx, w.actor, func(tx SourceTx) error { return tx.KeepSourceLanguage(ctx, w.Source, w.language) }); err != nil {
		return err
	}
	if err := w.addBranches(ctx); err != nil {
		return err
	}
	for _, e := range w.plan.added {
		e.AuthorID, e.CategoryID = w.author, w.categories[w.plan.placed[e.Path]]
	}
	total, done := len(w.plan.added)+len(w.plan.changed)+len(w.plan.left), 0
	step := func(entries []*SourceEntry, write func(SourceTx, []*SourceEntry) error) error {
		for _, batch := range batches(entries) {
			if err := w.Store.InTx(ctx, w.actor, func(tx SourceTx) error { return write(tx, batch) }); err != nil {
				return err
			}
			done += len(batch)
			if w.Watch != nil {
				w.Watch(done, total)
			}
		}
		return nil
	}
	if err := step(w.plan.added, func(tx SourceTx, b []*SourceEntry) error { return tx.AddEntries(ctx, w.Source, b) }); err != nil {
		return err
	}
	if err := step(w.plan.changed, func(tx SourceTx, b []*SourceEntry) error { return w.change(ctx, tx, b) }); err != nil {
		return err
	}
	if err := step(w.plan.left, func(tx SourceTx, b []*SourceEntry) error { return tx.KeepEntries(ctx, b) }); err != nil {
		return err
	}
	if err := w.finish(ctx); err != nil {
		return err
	}
	w.count()
	return nil
}

// finish does what is one statement each: what vanished, what came back, what shall have another level.
func (w *importWork) finish(ctx context.Context) error {
	p := w.plan
	if len(p.back)+len(p.reset) == 0 && (len(p.gone) == 0 || !w.Prune) {
		return nil
	}
	return w.Store.InTx(ctx, w.actor, func(tx SourceTx) error {
		if len(p.back) > 0 {
			if err := tx.ReturnEntries(ctx, p.back); err != nil {
				return err
			}
		}
		if len(p.reset) > 0 {
			if err := tx.ResetEntries(ctx, p.reset); err != nil {
				return err
			}
		}
		if len(p.gone) > 0 && w.Prune {
			return tx.ArchiveEntries(ctx, p.gone)
		}
		return nil
	})
}

// addBranches makes the folders that have none categories, above before below; a folder that was renamed has one.
func (w *importWork) addBranches(ctx context.Context) error {
	if len(w.plan.folders)+len(w.followed) == 0 {
		return nil
	}
	return w.Store.InTx(ctx, w.actor, func(tx SourceTx) error {
		for _, folder := range w.followed {
			if err := tx.KeepCategory(ctx, w.Source, folder, w.categories[folder]); err != nil {
				return err
			}
		}
		for _, folder := range w.plan.folders {
			k := &Category{ID: domain.CategoryID{UUID: w.IDs()}, ParentID: w.under, Name: folderName(w.Source, folder, w.names)}
			if folder != "." {
				above := w.categories[path.Dir(folder)]
				k.ParentID = &above
			}
			k.Slug = freeSlug(pathSlug(slugOf(w.Source), folder), w.taken)
			if err := tx.AddBranch(ctx, w.Source, folder, k); err != nil {
				return err
			}
			w.categories[folder] = k.ID
		}
		return nil
	})
}

// batches cuts entries into pieces that are neither too many nor too large.
func batches(entries []*SourceEntry) (all [][]*SourceEntry) {
	from, bytes := 0, 0
	for i, e := range entries {
		if i > from && (i-from == batchItems || bytes+len(e.Body) > batchBytes) {
			all, from, bytes = append(all, entries[from:i]), i, 0
		}
		bytes += len(e.Body)
	}
	if from < len(entries) {
		all = append(all, entries[from:])
	}
	return all
}
