package plans

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lyceum/domain"
)

// sweepBatch is how many subscriptions one transaction changes at most: whoever cancels one of them waits for so many.
const sweepBatch = 1000

// Swept says what a sweep has done.
type Swept struct {
	Batches       int
	Subscriptions int // that something happened to
	PastDue       int // of them, those that are past due now
	Expired       int
	Canceled      int
}

// Sweep applies all that time has brought by now: trials and complimentary subscriptions that end, periods that nobody paid for,
// days of grace that are over, cancellations that take effect. Each happens at its own moment, so that the end does not depend on
// how often the sweep comes by. Any number of sweeps may run side by side.
func (s Service) Sweep(ctx context.Context) (Swept, error) {
	var all Swept
	for now := s.Clock(); ; {
		var batch Swept
		err := s.Store.InTx(ctx, domain.Actor{}, func(tx Tx) (err error) {
			batch, err = s.sweepSome(ctx, tx, now)
			return err
		})
		if err != nil || batch.Subscriptions == 0 {
			return all, err
		}
		all.Batches++
		all.Subscriptions += batch.Subscriptions
		all.PastDue += batch.PastDue
		all.Expired += batch.Expired
		all.Canceled += batch.Canceled
	}
}

var errNothingDue = errors.New("a subscription is due and nothing is to be done with it")

func (s Service) sweepSome(ctx context.Context, tx Tx, now time.Time) (Swept, error) {
	var swept Swept
	due, err := tx.DueSubscriptions(ctx, now, sweepBatch)
	if err != nil || len(due) == 0 {
		return swept, err
	}
	entries := make([]Entry, 0, len(due))
	for _, sub := range due {
		after, changes := settle(*sub, now, s.grace())
		if len(changes) == 0 { // it would be due for ever
			return swept, fmt.Errorf("%w: %s", errNothingDue, sub.ID)
		}
		*sub = after
		entries = append(entries, entriesOf(sub, domain.Anonymous, changes...)...)
		switch after.Status { //nolint:exhaustive // the sweep leads nowhere else
		case PastDue:
			swept.PastDue++
		case Expired:
			swept.Expired++
		case Canceled:
			swept.Canceled++
		}
	}
	swept.Subscriptions = len(due)
	if err := tx.SaveSubscriptions(ctx, due...); err != nil {
		return swept, err
	}
	if err := tx.AddChanges(ctx, entries...); err != nil {
		return swept, err
	}
	return swept, s.tellOwners(ctx, tx, entries)
}
