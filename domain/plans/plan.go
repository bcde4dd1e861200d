package plans

import (
	"time"

	"lyceum/domain"
)

// Plan is something that can be subscribed to. It opens its access level and all below.
type Plan struct {
	ID           domain.PlanID `db:"id"`
	Slug         string        `db:"slug"`
	Name         string        `db:"name"`
	Description  string        `db:"description"`
	AccessLevel  int32         `db:"access_level"`
	PriceMinor   int64         `db:"price_minor"`
	Currency     string        `db:"currency"`
	BillingCycle BillingCycle  `db:"billing_cycle"`
	TrialDays    int32         `db:"trial_days"`
	Seats        int32         `db:"seats"`
	IsOffered    bool          `db:"is_offered"`
	CreatedAt    time.Time     `db:"created_at"`
	Position     int32         `db:"position"` // on the price list
	ArchivedAt   *time.Time    `db:"archived_at"`
}

// Price is what one billing cycle costs. Columns: price_minor, currency.
func (p *Plan) Price() domain.Money { return domain.Money{Amount: p.PriceMinor, Currency: p.Currency} }

// BillingCycle is how often a plan is paid.
type BillingCycle string

// The billing cycles, as in subscription_plans_billing_cycle_known.
const (
	Monthly  BillingCycle = "monthly"
	Yearly   BillingCycle = "yearly"
	Lifetime BillingCycle = "lifetime"
)

// Subscription is a user's hold on a plan.
type Subscription struct {
	ID                 domain.SubscriptionID `db:"id"`
	OwnerID            domain.UserID         `db:"user_id"`
	PlanID             domain.PlanID         `db:"plan_id"`
	Status             SubscriptionStatus    `db:"status"`
	StartedAt          time.Time             `db:"started_at"`
	TrialEndsAt        *time.Time            `db:"trial_ends_at"`
	CurrentPeriodStart time.Time             `db:"current_period_start"`
	CurrentPeriodEnd   *time.Time            `db:"current_period_end"` // nil: a lifetime plan or a free one
	AccessUntil        *time.Time            `db:"access_until"`       // nil: for ever
	CancelAt           *time.Time            `db:"cancel_at"`
	CanceledAt         *time.Time            `db:"canceled_at"`
	EndedAt            *time.Time            `db:"ended_at"`
	SeatsTotal         int32                 `db:"seats"` // the owner's included

	ComplimentaryReason *string   `db:"complimentary_reason"` // nil: it is paid
	AnchorDay           *int16    `db:"anchor_day"`           // day of the month on which periods begin
	CreatedAt           time.Time `db:"created_at"`
}

// SubscriptionStatus tells the story of a subscription; access follows AccessUntil alone.
type SubscriptionStatus string

// The statuses, as in user_subscriptions_status_known.
const (
	Pending    SubscriptionStatus = "pending"
	Incomplete SubscriptionStatus = "incomplete"
	Trialing   SubscriptionStatus = "trialing"
	Active     SubscriptionStatus = "active"
	PastDue    SubscriptionStatus = "past_due"
	Paused     SubscriptionStatus = "paused"
	Canceled   SubscriptionStatus = "canceled"
	Expired    SubscriptionStatus = "expired"
)

// Holding is a subscription that gives access, as one user has it: their own, or a seat in another user's.
type Holding struct {
	Subscription
	HolderID domain.UserID `db:"holder_id"`
	Via      HoldingVia    `db:"holding"`
}

// KnownTo reports whether a viewer may know of a plan: everyone of what is on offer, of older plans who holds or bills them.
// holding is what the viewer holds; nil if nothing, or not looked up yet.
func (p *Plan) KnownTo(v domain.Viewer, holding *Holding) bool {
	return p.IsOffered || v.May(domain.BillingRead) || holding != nil && holding.PlanID == p.ID
}

// KnownTo reports whether a viewer may know of a subscription: who owns it, holds it by seat, or bills it.
func (s *Subscription) KnownTo(v domain.Viewer, holding *Holding) bool {
	return v.Is(s.OwnerID) || v.May(domain.BillingRead) || holding != nil && holding.ID == s.ID
}

// HoldingVia says whose subscription it is.
type HoldingVia string

// The two ways to hold a subscription.
const (
	ViaOwn  HoldingVia = "own"
	ViaSeat HoldingVia = "seat"
)

// Order is an order of the list of subscriptions.
type Order string

// The orders of subscriptions.
const (
	NewestFirst        Order = "newest_first"
	OldestFirst        Order = "oldest_first"
	EndingSoonestFirst Order = "ending_soonest_first"
)

// PlanOrder is an order of the list of plans.
type PlanOrder string

// The orders of plans.
const (
	PlansByPosition PlanOrder = "by_position"
	NewestPlanFirst PlanOrder = "newest_first"
)

// Filters narrow the lists; nil asks nothing.
type (
	// Filter narrows the list of subscriptions.
	Filter struct {
		Status       *SubscriptionStatus
		PlanID       *domain.PlanID
		OwnerID      *domain.UserID
		GivesAccess  *bool      // opens content now
		Canceling    *bool      // canceled and running out
		Since, Until *time.Time // of its beginning
		EndsBefore   *time.Time // of its access
	}
	// PlanFilter narrows the list of plans.
	PlanFilter struct {
		Offered        *bool
		BillingCycle   *BillingCycle
		MinAccessLevel *int32
	}
)
