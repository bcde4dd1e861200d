package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"lyceum/domain/operations"
)

// Upkeep is what the owner of the database does, through connections of its own: app/upkeep. Nil where there is none, as in tests: then
// its jobs do nothing.
type Upkeep interface {
	ArchiveLogs(ctx context.Context) error
	ForgetOld(ctx context.Context) error
	ReindexInWindow(ctx context.Context) error
}

// upkeepJob may take long: months are written into files, large indexes built. One runs at a time; the next of a kind comes after an hour
// at the earliest.
const upkeepJob = 50 * time.Minute

// upkeepWorker does one part of the upkeep.
type upkeepWorker[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	upkeep Upkeep
	do     func(Upkeep, context.Context) error
}

// Timeout implements river.Worker.
func (w *upkeepWorker[T]) Timeout(*river.Job[T]) time.Duration { return upkeepJob }

// Work implements river.Worker.
func (w *upkeepWorker[T]) Work(ctx context.Context, _ *river.Job[T]) error {
	if w.upkeep == nil {
		return nil
	}
	return w.do(w.upkeep, ctx)
}

func addUpkeep(w *workers, u Upkeep) {
	add(w, &upkeepWorker[operations.ArchiveLogsJob]{upkeep: u, do: Upkeep.ArchiveLogs})
	add(w, &upkeepWorker[operations.ForgetOldJob]{upkeep: u, do: Upkeep.ForgetOld})
	add(w, &upkeepWorker[operations.ReindexJob]{upkeep: u, do: Upkeep.ReindexInWindow})
}
