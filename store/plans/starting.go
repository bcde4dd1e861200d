package plans

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store/sqlkit"
)

var lockInForce = sqlkit.Statement(`select ` + subscriptionColumns.All() + ` from user_subscriptions s
	where s.user_id = $1 and s.status in ('trialing', 'active', 'past_due', 'paused') for no key update`)

// LockInForce implements plans.StartTx.
func (t Tx) LockInForce(ctx context.Context, owner domain.UserID) (*plans.Subscription, error) {
	return sqlkit.Row[plans.Subscription](ctx, t.db, lockInForce, owner)
}

var addSubscription = sqlkit.Statement(`insert into user_subscriptions (id, user_id, plan_id, status, seats, started_at, trial_ends_at,
		current_period_start, current_period_end, access_until, complimentary_reason, anchor_day, created_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10::timestamptz, 'infinity'), $11, $12, $13)`)

// AddSubscription implements plans.StartTx.
func (t Tx) AddSubscription(ctx context.Context, s *plans.Subscription) error {
	_, err := t.db.Exec(ctx, addSubscription, s.ID, s.OwnerID, s.PlanID, s.Status, s.SeatsTotal, s.StartedAt, s.TrialEndsAt,
		s.CurrentPeriodStart, s.CurrentPeriodEnd, s.AccessUntil, s.ComplimentaryReason, s.AnchorDay, s.CreatedAt)
	return inForceAlready(sqlkit.Wrap(err), err)
}

var hadTrial = sqlkit.Statement(`select exists (select from user_subscriptions s where s.user_id = $1 and s.trial_ends_at is not null)`)

// HadTrial implements plans.StartTx.
func (t Tx) HadTrial(ctx context.Context, owner domain.UserID) (had bool, err error) {
	return had, sqlkit.Wrap(t.db.Get(ctx, &had, hadTrial, owner))
}

var claimTrial = sqlkit.Statement(`insert into trial_digests (digest) values ($1) on conflict do nothing`)

// ClaimTrial implements plans.StartTx.
func (t Tx) ClaimTrial(ctx context.Context, digest []byte) (bool, error) {
	n, err := t.db.Exec(ctx, claimTrial, digest)
	return n == 1, sqlkit.Wrap(err)
}

var addPayment = sqlkit.Statement(`insert into payments (id, user_id, subscription_id, status, amount_minor, currency, provider, provider_payment_id,
		reference, paid_at, created_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`)

// AddPayment implements plans.PaymentTx.
func (t Tx) AddPayment(ctx context.Context, p *plans.Payment) error {
	_, err := t.db.Exec(ctx, addPayment, p.ID, p.UserID, p.SubscriptionID, p.Status, p.AmountMinor, p.Currency, p.Provider,
		p.ProviderPaymentID, p.Reference, p.PaidAt, p.CreatedAt)
	if sqlkit.Violates(err) == "payments_provider_key" {
		return sqlkit.Because(err, domain.Errorf(domain.CodeConflict, "a payment with this key was recorded before").
			Because("PAYMENT_EXISTS").At("idempotencyKey"))
	}
	return sqlkit.Wrap(err)
}
