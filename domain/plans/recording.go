package plans

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"lyceum/domain"
)

// PaymentTx is the part of a transaction that records payments.
type PaymentTx interface {
	// AddPayment inserts a payment. Errors: CONFLICT (PAYMENT_EXISTS).
	AddPayment(ctx context.Context, p *Payment) error
}

// PaymentCommand records money that arrived by another way than a payment provider. Its key names the payment for all time.
type PaymentCommand struct {
	IdempotencyKey string `json:"-"`
	SubscriptionID domain.SubscriptionID
	Amount         domain.Money
	PaidAt         *time.Time
	Reference      string
}

// Recorded is a payment with the subscription that it paid.
type Recorded struct {
	Payment      *Payment
	Subscription *Subscription
}

// EndCommand ends a subscription at once.
type EndCommand struct {
	IdempotencyKey string `json:"-"`
	SubscriptionID domain.SubscriptionID
	Reason         string
}

const (
	manual        = "manual" // the provider of what is recorded by hand
	maxReference  = 200      // characters
	maxPaymentAge = 366      // days
)

// RecordPayment extends a subscription by what was paid. Needs BILLING_WRITE.
// Errors: INVALID (OUT_OF_RANGE, TOO_LONG), NOT_FOUND, REFUSED (AMOUNT_MISMATCH, ALREADY_ENDED, LIFETIME, SUBSCRIPTION_IN_FORCE),
// CONFLICT (PAYMENT_EXISTS, IDEMPOTENCY_KEY_REUSED).
func (s Service) RecordPayment(ctx context.Context, viewer domain.Viewer, c PaymentCommand) (*Recorded, error) {
	now := s.Clock()
	paidAt := now
	set(&paidAt, c.PaidAt)
	switch {
	case paidAt.After(now) || paidAt.Before(now.AddDate(0, 0, -maxPaymentAge)):
		return nil, domain.Errorf(domain.CodeInvalid, "a payment arrived at most %d days ago and not in the future", maxPaymentAge).
			Because("OUT_OF_RANGE").At("paidAt")
	case utf8.RuneCountInString(c.Reference) > maxReference:
		return nil, domain.Errorf(domain.CodeInvalid, "a reference must have at most %d characters", maxReference).
			Because("TOO_LONG").At("reference")
	}
	return once(ctx, s, viewer, "recordPayment", c.IdempotencyKey, c, func(tx Tx) (*Recorded, error) {
		sub, err := s.lockOwn(ctx, tx, viewer, c.SubscriptionID)
		if err != nil {
			return nil, err
		}
		plan, err := tx.SharePlan(ctx, sub.PlanID)
		if err != nil {
			return nil, err
		}
		if c.Amount != plan.Price() || plan.free() {
			return nil, domain.Errorf(domain.CodeRefused, "the plan costs %s, and that must be the amount", moneyText(plan.Price())).
				Because("AMOUNT_MISMATCH").At("amount")
		}
		saved, err := s.applyPayment(ctx, tx, viewer, *sub, plan, paidAt)
		if err != nil {
			return nil, err
		}
		return s.writePayment(ctx, tx, c, saved, plan, paidAt)
	})
}

// applyPayment pays a locked subscription and lets time catch up: a payment that is recorded late may be for a period that is over. Only
// one that is in force then takes the place of a free plan, and it may itself be the one that the database takes for in force.
func (s Service) applyPayment(ctx context.Context, tx Tx, viewer domain.Viewer, sub Subscription, plan *Plan, paidAt time.Time,
) (*Subscription, error) {
	now := s.Clock()
	settled, brought := settle(sub, now, s.grace())
	paid, payment, err := pay(settled, *plan, paidAt, s.grace())
	if err != nil {
		return nil, err
	}
	saved, since := settle(paid, now, s.grace())
	if inForce(saved.Status) && !inForce(sub.Status) {
		if err := s.makeRoom(ctx, tx, viewer, &saved, plan); err != nil {
			return nil, err
		}
	}
	told := entriesOf(&saved, domain.Anonymous, since...)
	entries := slices.Concat(entriesOf(&saved, domain.Anonymous, brought...), entriesOf(&saved, viewer.UserID, payment), told)
	if err := write(ctx, tx, &saved, entries); err != nil {
		return nil, err
	}
	return &saved, s.tellOwners(ctx, tx, told)
}

func (s Service) writePayment(ctx context.Context, tx Tx, c PaymentCommand, sub *Subscription, plan *Plan, paidAt time.Time,
) (*Recorded, error) {
	payment := &Payment{
		ID: domain.PaymentID{UUID: s.IDs()}, UserID: sub.OwnerID, SubscriptionID: &sub.ID, Status: PaymentSucceeded, AmountMinor: c.Amount.Amount,
		Currency: c.Amount.Currency, Provider: manual, ProviderPaymentID: c.IdempotencyKey, Reference: c.Reference, PaidAt: &paidAt,
		CreatedAt: s.Clock(),
	}
	if err := tx.AddPayment(ctx, payment); err != nil {
		return nil, err
	}
	recorded := &Recorded{Payment: payment, Subscription: sub}
	owner, err := tx.Subscribers(ctx, []domain.UserID{sub.OwnerID})
	if err != nil || len(owner) == 0 { // whose account is suspended or closed
		return recorded, err
	}
	return recorded, tx.SendMail(ctx, owner[0].mail("payment:"+payment.ID.String(), mailPaymentReceived, "plan", plan.Name,
		"amount", moneyText(payment.Amount()), "until", until(sub.CurrentPeriodEnd)))
}

// End ends a subscription at once. Needs BILLING_WRITE. Errors: INVALID (TOO_LONG), NOT_FOUND, REFUSED (ALREADY_ENDED), CONFLICT.
func (s Service) End(ctx context.Context, viewer domain.Viewer, c EndCommand) (*Subscription, error) {
	if err := reasonFits(c.Reason); err != nil {
		return nil, err
	}
	return once(ctx, s, viewer, "endSubscription", c.IdempotencyKey, c, func(tx Tx) (*Subscription, error) {
		begun := false
		end := func(sub Subscription, now time.Time) (Subscription, Change, error) {
			begun = inForce(sub.Status)
			return endNow(sub, now, s.grace(), c.Reason)
		}
		saved, err := s.change(ctx, tx, viewer, c.SubscriptionID, end)
		if err != nil || !begun { // nobody was told that it waits for a payment
			return saved, err
		}
		ended := Change{Kind: ChangeCanceled, From: Active, EffectiveAt: *saved.EndedAt}
		return saved, s.tellOwners(ctx, tx, entriesOf(saved, viewer.UserID, ended))
	})
}
