package plans

import (
	"time"

	"lyceum/domain"
)

// Payment is money that was asked for.
type Payment struct {
	ID                domain.PaymentID       `db:"id"`
	UserID            domain.UserID          `db:"user_id"`
	SubscriptionID    *domain.SubscriptionID `db:"subscription_id"`
	Status            PaymentStatus          `db:"status"`
	AmountMinor       int64                  `db:"amount_minor"`
	RefundedMinor     int64                  `db:"refunded_minor"`
	Currency          string                 `db:"currency"`
	Provider          string                 `db:"provider"`
	ProviderPaymentID string                 `db:"provider_payment_id"`
	Reference         string                 `db:"reference"` // of a payment by hand
	FailureCode       *string                `db:"failure_code"`
	PaidAt            *time.Time             `db:"paid_at"`
	CreatedAt         time.Time              `db:"created_at"`
}

// Amount is what was asked for.
func (p *Payment) Amount() domain.Money {
	return domain.Money{Amount: p.AmountMinor, Currency: p.Currency}
}

// Refunded is what of it was given back.
func (p *Payment) Refunded() domain.Money {
	return domain.Money{Amount: p.RefundedMinor, Currency: p.Currency}
}

// PaymentStatus is what became of a payment.
type PaymentStatus string

// The statuses, as in payments_status_known.
const (
	PaymentPending   PaymentStatus = "pending"
	PaymentSucceeded PaymentStatus = "succeeded"
	PaymentFailed    PaymentStatus = "failed"
	PaymentRefunded  PaymentStatus = "refunded"
)

// PaymentOrder is an order of the list of payments.
type PaymentOrder string

// The orders of payments.
const (
	NewestPaymentFirst  PaymentOrder = "newest_first"
	OldestPaymentFirst  PaymentOrder = "oldest_first"
	LargestPaymentFirst PaymentOrder = "largest_first"
)

// ChangeEntry is a row of a subscription's history, as it is read.
type ChangeEntry struct {
	ID             domain.ChangeID       `db:"id"`
	SubscriptionID domain.SubscriptionID `db:"subscription_id"`
	UserID         domain.UserID         `db:"user_id"`
	Kind           ChangeKind            `db:"kind"`
	FromPlanID     *domain.PlanID        `db:"from_plan_id"`
	ToPlanID       *domain.PlanID        `db:"to_plan_id"`
	FromStatus     *SubscriptionStatus   `db:"from_status"`
	ToStatus       *SubscriptionStatus   `db:"to_status"`
	AmountMinor    int64                 `db:"amount_minor"`
	Currency       *string               `db:"currency"` // of the plan after, else before
	EffectiveAt    time.Time             `db:"effective_at"`
	ActorID        *domain.UserID        `db:"actor_id"`
	Reason         string                `db:"reason"`
	CreatedAt      time.Time             `db:"created_at"`
}

// Amount is what the change cost; nil where no plan says in which currency.
func (c *ChangeEntry) Amount() *domain.Money {
	if c.Currency == nil {
		return nil
	}
	return &domain.Money{Amount: c.AmountMinor, Currency: *c.Currency}
}

// Seat is somebody else's place in a subscription.
type Seat struct {
	SubscriptionID domain.SubscriptionID `db:"subscription_id"`
	UserID         domain.UserID         `db:"user_id"`
	AssignedBy     *domain.UserID        `db:"assigned_by"`
	CreatedAt      time.Time             `db:"created_at"`
}

// Filters narrow the lists; nil asks nothing.
type (
	// PaymentFilter narrows the list of payments.
	PaymentFilter struct {
		UserID         *domain.UserID
		SubscriptionID *domain.SubscriptionID
		Status         *PaymentStatus
		Provider       *string
		Currency       *string
		Since, Until   *time.Time
	}
	// ChangeFilter narrows the history of subscriptions.
	ChangeFilter struct {
		UserID         *domain.UserID
		SubscriptionID *domain.SubscriptionID
		Kind           *ChangeKind
		Since, Until   *time.Time
	}
)
