package serve

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"lyceum/auth"
	"lyceum/domain"
)

// lookout asks whether the sessions behind streams last. Where that cannot be told a stream goes on: else a moment without the
// database would end all of them. The log says so, for all streams together once in a while.
type lookout struct {
	lasts func(context.Context) error
	log   *slog.Logger
	told  atomic.Int64 // when it was said last, in nanoseconds
}

// remindEvery is how often it is said that sessions cannot be read.
const remindEvery = time.Minute

func newLookout(gate *auth.Gate, log *slog.Logger) *lookout {
	return &lookout{lasts: gate.Lasts, log: log}
}

// ended returns an error once the session that a stream began with has ended. Errors: UNAUTHENTICATED.
func (l *lookout) ended(ctx context.Context) error {
	err := l.lasts(ctx)
	if domain.CodeOf(err) == domain.CodeUnauthenticated && ctx.Err() == nil {
		return err
	}
	if err != nil && ctx.Err() == nil { // else the stream is over, and so is the question
		l.say(ctx, err)
	}
	return nil
}

func (l *lookout) say(ctx context.Context, err error) {
	now, told := time.Now().UnixNano(), l.told.Load()
	if now-told >= int64(remindEvery) && l.told.CompareAndSwap(told, now) {
		l.log.WarnContext(ctx, "it cannot be told whether the sessions behind open streams last; they go on", "error", err)
	}
}
