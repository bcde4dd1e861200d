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
	domain.MailTx
	CatalogTx
	StartTx
	PaymentTx
	SeatTx
	// LockSubscription reads a subscription and holds its row to the end of the transaction. Errors: NOT_FOUND.
	LockSubscription(ctx context.Context, id domain.SubscriptionID) (*Subscription, error)
	// DueSubscriptions reads subscriptions that time has something to do with, the longest due first, and holds their rows. Those
	// that another transaction holds are left to it.
	DueSubscriptions(ctx context.Context, now time.Time, limit int) ([]*Subscription, error)
	// SaveSubscriptions writes status and dates. Errors: REFUSED (SUBSCRIPTION_IN_FORCE).
	SaveSubscriptions(ctx context.Context, saved ...*Subscription) error
	// AddChanges appends to the history, in the order given; of one subscription once in a transaction, whose moment is the same for all.
	AddChanges(ctx context.Context, entries ...Entry) error
	// Subscribers reads the users among these who have an account, for mail and rules.
	Subscribers(ctx context.Context, ids []domain.UserID) ([]*Subscriber, error)
	// PlansOf reads plans, archived ones too.
	PlansOf(ctx context.Context, ids []domain.PlanID) ([]*Plan, error)
}

// Service changes subscriptions.
type Service struct {
	Store     Store
	Clock     domain.Clock
	IDs       domain.IDs
	GraceDays int // for how long an unpaid subscription still gives access
}

func (s Service) grace() time.Duration { return time.Duration(s.GraceDays) * 24 * time.Hour }

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

// Cancel lets a subscription run out with its period; one whose period is over ends at once. Owner, or whoever may write billing.
// Errors: INVALID (TOO_LONG), NOT_FOUND, REFUSED (ALREADY_ENDED, LIFETIME, ALREADY_CANCELED), CONFLICT (IDEMPOTENCY_KEY_REUSED).
func (s Service) Cancel(ctx context.Context, viewer domain.Viewer, c CancelCommand) (*Subscription, error) {
	if err := reasonFits(c.Reason); err != nil {
		return nil, err
	}
	return once(ctx, s, viewer, "cancelSubscription", c.IdempotencyKey, c, func(tx Tx) (*Subscription, error) {
		return s.change(ctx, tx, viewer, c.SubscriptionID, func(sub Subscription, now time.Time) (Subscription, Change, error) {
			return scheduleCancel(sub, now, s.grace(), c.Reason)
		})
	})
}

// Resume takes a cancellation back before it takes effect. Owner, or whoever may write billing.
// Errors: NOT_FOUND, REFUSED (NOT_CANCELED, ALREADY_ENDED), CONFLICT (IDEMPOTENCY_KEY_REUSED).
func (s Service) Resume(ctx context.Context, viewer domain.Viewer, c ResumeCommand) (*Subscription, error) {
	return once(ctx, s, viewer, "resumeSubscription", c.IdempotencyKey, c, func(tx Tx) (*Subscription, error) {
		return s.change(ctx, tx, viewer, c.SubscriptionID, func(sub Subscription, now time.Time) (Subscription, Change, error) {
			return withdrawCancel(sub, now, s.grace())
		})
	})
}

const maxReason = 1000 // bytes

func reasonFits(reason string) error {
	if len(reason) > maxReason {
		return domain.Errorf(domain.CodeInvalid, "a reason must have at most %d bytes", maxReason).Because("TOO_LONG").At("reason")
	}
	return nil
}

// once runs a mutation in a transaction, at most once for each key.
func once[T any](ctx context.Context, s Service, viewer domain.Viewer, mutation, key string, body any, run func(Tx) (T, error)) (T, error) {
	var result T
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		result, err = domain.Once(ctx, tx, viewer.UserID, mutation, key, body, func() (T, error) { return run(tx) })
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return result, nil
}

// change applies a rule of a command to a subscription of the viewer's, or of anybody's for whoever may write billing. What time has
// brought in the meantime is applied first, as if the sweep had just come by.
func (s Service) change(ctx context.Context, tx Tx, viewer domain.Viewer, id domain.SubscriptionID,
	rule func(Subscription, time.Time) (Subscription, Change, error),
) (*Subscription, error) {
	sub, err := s.lockOwn(ctx, tx, viewer, id)
	if err != nil {
		return nil, err
	}
	return s.save(ctx, tx, viewer, *sub, rule)
}

// lockOwn locks a subscription that is the viewer's, or anybody's for whoever may write billing.
func (s Service) lockOwn(ctx context.Context, tx Tx, viewer domain.Viewer, id domain.SubscriptionID) (*Subscription, error) {
	sub, err := tx.LockSubscription(ctx, id)
	if err != nil {
		return nil, err
	}
	if !viewer.Is(sub.OwnerID) && !viewer.May(domain.BillingWrite) {
		// Whose it is, and that it exists, is nobody else's business.
		return nil, domain.Errorf(domain.CodeNotFound, "the subscription does not exist").At("subscriptionId")
	}
	return sub, nil
}

// save settles a locked subscription, applies a rule, and writes what came of both.
func (s Service) save(ctx context.Context, tx Tx, viewer domain.Viewer, sub Subscription,
	rule func(Subscription, time.Time) (Subscription, Change, error),
) (*Subscription, error) {
	now := s.Clock()
	settled, brought := settle(sub, now, s.grace())
	saved, change, err := rule(settled, now)
	if err != nil {
		return nil, err
	}
	entries := append(entriesOf(&saved, domain.Anonymous, brought...), entriesOf(&saved, viewer.UserID, change)...)
	return &saved, write(ctx, tx, &saved, entries)
}

// saveSettled writes what time has brought, and tells the owner, as the sweep would.
func (s Service) saveSettled(ctx context.Context, tx Tx, sub Subscription) error {
	settled, brought := settle(sub, s.Clock(), s.grace())
	entries := entriesOf(&settled, domain.Anonymous, brought...)
	if err := write(ctx, tx, &settled, entries); err != nil {
		return err
	}
	return s.tellOwners(ctx, tx, entries)
}

// write saves a subscription with what happened to it.
func write(ctx context.Context, tx Tx, saved *Subscription, entries []Entry) error {
	if err := tx.SaveSubscriptions(ctx, saved); err != nil {
		return err
	}
	return tx.AddChanges(ctx, entries...)
}

func entriesOf(s *Subscription, actor domain.UserID, changes ...Change) []Entry {
	entries := make([]Entry, len(changes))
	for i, c := range changes {
		entries[i] = Entry{Subscription: s, Actor: actor, Change: c}
	}
	return entries
}
