package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"lyceum/store"
)

// monthsAhead is how many monthly partitions stand ready.
const monthsAhead = 3

// partitionsJob has the monthly partitions of logs and consumption made ahead.
type partitionsJob struct{}

// Kind names the job in the queue.
func (partitionsJob) Kind() string { return "ensure_partitions" }

type ensurePartitions struct {
	river.WorkerDefaults[partitionsJob]
	store store.Maintenance
	log   *slog.Logger
}

// Timeout implements river.Worker.
func (w *ensurePartitions) Timeout(*river.Job[partitionsJob]) time.Duration { return shortJob }

// Work implements river.Worker.
func (w *ensurePartitions) Work(ctx context.Context, _ *river.Job[partitionsJob]) error {
	made, err := w.store.EnsurePartitions(ctx, monthsAhead)
	if len(made) > 0 {
		w.log.InfoContext(ctx, "partitions made", "names", made)
	}
	return err
}

// cleanUpJob ends what ran out: sessions, tokens, keys, throttles.
type cleanUpJob struct{}

// Kind names the job in the queue.
func (cleanUpJob) Kind() string { return "clean_up" }

type cleanUp struct {
	river.WorkerDefaults[cleanUpJob]
	store store.Maintenance
	log   *slog.Logger
}

// Timeout implements river.Worker.
func (w *cleanUp) Timeout(*river.Job[cleanUpJob]) time.Duration { return shortJob }

// Work implements river.Worker.
func (w *cleanUp) Work(ctx context.Context, _ *river.Job[cleanUpJob]) error {
	done, err := w.store.CleanUp(ctx)
	w.log.DebugContext(ctx, "cleaned up", "rows", done)
	return err
}

const (
	// sealEvery keeps the promise that a log row is sealed at most 2 s after it was committed.
	sealEvery = time.Second
	// sealPatience ends a call whose answer does not come: what waits in silence is not seen. A call links 30,000 rows at most.
	sealPatience = 5 * time.Second
	// remindEvery is how often it is said again that nothing is sealed.
	remindEvery = time.Minute
)

// sealer links new log rows into the chain. It is no River job: one every second would fill the queue's own tables. Of
// several programs only one seals at a time; the database sees to that.
type sealer struct {
	store store.Maintenance
	log   *slog.Logger
	end   context.CancelFunc
	done  sync.WaitGroup

	failingSince, told time.Time // zero while rows are sealed
}

func (s *sealer) start(ctx context.Context) {
	ctx, s.end = context.WithCancel(context.WithoutCancel(ctx))
	s.done.Go(func() {
		for {
			s.seal(ctx)
			select {
			case <-ctx.Done():
				return
			case <-time.After(sealEvery):
			}
		}
	})
}

// seal seals what waits, and raises the alarm when that fails: the database waits two seconds for whoever seals already.
func (s *sealer) seal(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, sealPatience)
	defer cancel()
	_, err := s.store.SealAudit(limited)
	switch now := time.Now(); {
	case ctx.Err() != nil: // the program ends
	case err != nil:
		if s.failingSince.IsZero() {
			s.failingSince = now
		}
		if now.Sub(s.told) >= remindEvery {
			s.log.ErrorContext(ctx, "audit rows cannot be sealed; trying on", "since", s.failingSince, "error", err)
			s.told = now
		}
	case !s.failingSince.IsZero():
		s.log.InfoContext(ctx, "audit rows are sealed again", "after", now.Sub(s.failingSince))
		s.failingSince, s.told = time.Time{}, time.Time{}
	}
}

func (s *sealer) stop() {
	if s.end != nil {
		s.end()
	}
	s.done.Wait()
}
