package upkeep

import (
	"context"
	"errors"
	"log/slog"

	"lyceum/db"
	"lyceum/domain/operations"
	"lyceum/store"
)

// Upkeep does it.
type Upkeep struct {
	owner    func(context.Context) (*db.DB, error)
	archives func(context.Context) (operations.ArchiveStore, error)
	log      *slog.Logger
}

// New takes what opens a pool of the owner's and the store of archives; both are closed after each call.
func New(owner func(context.Context) (*db.DB, error), archives func(context.Context) (operations.ArchiveStore, error),
	log *slog.Logger,
) *Upkeep {
	return &Upkeep{owner: owner, archives: archives, log: log}
}

// house is what a call works with.
type house struct {
	db     *db.DB
	store  store.Maintenance
	reader store.Reader
	files  operations.ArchiveStore
}

// with runs fn with the owner's connection, and with the files of archives where they are wanted.
func (u *Upkeep) with(ctx context.Context, files bool, fn func(house) error) (err error) {
	d, err := u.owner(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	h := house{db: d, store: store.NewMaintenance(d), reader: store.NewReader(d)}
	if files {
		if h.files, err = u.archives(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, h.files.Close()) }()
	}
	return fn(h)
}

// Forget deletes what was kept for as long as its rule says, and returns how many rows of each rule.
func (u *Upkeep) Forget(ctx context.Context) (done map[string]int64, err error) {
	err = u.with(ctx, false, func(h house) error {
		done, err = h.store.Forget(ctx)
		return err
	})
	return done, err
}

// SetRetention changes for how many days rows of a rule are kept. Errors: NOT_FOUND, INVALID (OUT_OF_RANGE).
func (u *Upkeep) SetRetention(ctx context.Context, name string, days int32) error {
	return u.with(ctx, false, func(h house) error {
		rules, err := h.reader.RetentionRules(ctx)
		if err != nil {
			return err
		}
		var rule *operations.RetentionRule
		for _, r := range rules {
			if r.Name == name {
				rule = r
			}
		}
		if err := operations.CheckRetention(rule, days); err != nil {
			return err
		}
		return h.store.SetRetention(ctx, name, days)
	})
}

// SetWindow changes the hours in which indexes are built anew. Errors: INVALID.
func (u *Upkeep) SetWindow(ctx context.Context, w operations.Window) error {
	if err := w.Check(); err != nil {
		return err
	}
	return u.with(ctx, false, func(h house) error { return h.store.SetWindow(ctx, w) })
}

// Report is what an administrator sees of the database.
type Report struct {
	Partitions []*operations.PartitionSet
	Rules      []*operations.RetentionRule
	Tables     []*operations.TableHealth
	Indexes    []*operations.IndexHealth
	Archives   []*operations.Archive
	Window     operations.Window
}

// Report reads it.
func (u *Upkeep) Report(ctx context.Context) (r Report, err error) {
	err = u.with(ctx, false, func(h house) error {
		var errs [6]error
		r.Partitions, errs[0] = h.reader.PartitionSets(ctx)
		r.Rules, errs[1] = h.reader.RetentionRules(ctx)
		r.Tables, errs[2] = h.reader.TableHealth(ctx)
		r.Indexes, errs[3] = h.reader.IndexHealth(ctx)
		r.Archives, errs[4] = h.reader.LogArchives(ctx)
		window, err := h.reader.MaintenanceWindow(ctx)
		if window != nil {
			r.Window = *window
		}
		errs[5] = err
		return errors.Join(errs[:]...)
	})
	return r, err
}
