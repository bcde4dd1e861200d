package plans

import (
	"context"
	"time"

	"lyceum/domain"
)

// Store is what the service needs of the database.
type Store interface {
	InTx(ctx context.Context, actor domain.Actor, fn func(Tx) error) error
}

// Tx is one transaction.
type Tx interface {
	domain.OnceTx
	// LockSubscription reads a subscription and holds its row to the end of the transaction. Errors: NOT_FOUND.
	LockSubscription(ctx context.Context, id domain.SubscriptionID) (*Subscription, error)
	// SaveSubscription writes status, dates and access_until.
	SaveSubscription(ctx context.Context, s *Subscription) error
	// AddChange appends to the history.
	AddChange(ctx context.Context, s *Subscription, actor domain.UserID, c Change) error
}

// Service changes subscriptions.
type Service struct {
	Store Store
	Clock domain.Clock
}

// CancelCommand asks for the end of a subscription.
type CancelCommand struct {
	IdempotencyKey string `json:"-"`
	SubscriptionID domain.SubscriptionID
	Reason         string
}

// ResumeCommand asks to keep a canceled subscription.
type ResumeCommand struct {
	IdempotencyKey string `json:"-"`
	SubscriptionID domain.SubscriptionID
}

// Cancel lets a subscription run out with its period. Owner, or whoever may write billing.
// Errors: INVALID, NOT_FOUND, REFUSED (ALREADY_ENDED, LIFETIME, ALREADY_CANCELED), CONFLICT (IDEMPOTENCY_KEY_REUSED).
func (s Service) Cancel(ctx context.Context, viewer domain.Viewer, c CancelCommand) (*Subscription, error) {
	if len(c.Reason) > maxReason {
		return nil, domain.Errorf(domain.CodeInvalid, "a reason must have at most %d bytes", maxReason).At("reason")
	}
	var saved *Subscription
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		saved, err = domain.Once(ctx, tx, viewer.UserID, "cancelSubscription", c.IdempotencyKey, c, func() (*Subscription, error) {
			return s.change(ctx, tx, viewer, c.SubscriptionID, func(sub Subscription, now time.Time) (Subscription, Change, error) {
				return scheduleCancel(sub, now, c.Reason)
			})
		})
		return err
	})
	return saved, err
}

// Resume takes a cancellation back before it takes effect. Owner, or whoever may write billing.
// Errors: NOT_FOUND, REFUSED (NOT_CANCELED, ALREADY_ENDED), CONFLICT (IDEMPOTENCY_KEY_REUSED).
func (s Service) Resume(ctx context.Context, viewer domain.Viewer, c ResumeCommand) (*Subscription, error) {
	var saved *Subscription
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		saved, err = domain.Once(ctx, tx, viewer.UserID, "resumeSubscription", c.IdempotencyKey, c, func() (*Subscription, error) {
			return s.change(ctx, tx, viewer, c.SubscriptionID, withdrawCancel)
		})
		return err
	})
	return saved, err
}

const maxReason = 1000 // bytes

func (s Service) change(ctx context.Context, tx Tx, viewer domain.Viewer, id domain.SubscriptionID,
	rule func(Subscription, time.Time) (Subscription, Change, error),
) (*Subscription, error) {
	sub, err := tx.LockSubscription(ctx, id)
	if err != nil {
		return nil, err
	}
	if !viewer.Is(sub.OwnerID) && !viewer.May(domain.BillingWrite) {
		// Whose it is, and that it exists, is nobody else's business.
		return nil, domain.Errorf(domain.CodeNotFound, "the subscription does not exist").At("subscriptionId")
	}
	saved, change, err := rule(*sub, s.Clock())
	if err != nil {
		return nil, err
	}
	if err := tx.SaveSubscription(ctx, &saved); err != nil {
		return nil, err
	}
	return &saved, tx.AddChange(ctx, &saved, viewer.UserID, change)
}
