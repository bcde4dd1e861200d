package plans

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store/sqlkit"
)

var lockSubscription = sqlkit.Statement(`select ` + subscriptionColumns.All() + ` from user_subscriptions s
	where s.id = $1 for no key update`)

// LockSubscription implements plans.Tx.
func (t Tx) LockSubscription(ctx context.Context, id domain.SubscriptionID) (*plans.Subscription, error) {
	s, err := sqlkit.Row[plans.Subscription](ctx, t.db, lockSubscription, id)
	if err == nil && s == nil {
		err = domain.Errorf(domain.CodeNotFound, "the subscription does not exist").At("subscriptionId")
	}
	return s, err
}

var dueSubscriptions = sqlkit.Statement(`select ` + subscriptionColumns.All() + ` from user_subscriptions s
	where s.next_due_at <= $1 order by s.next_due_at, s.id limit $2 for no key update skip locked`)

// DueSubscriptions implements plans.Tx.
func (t Tx) DueSubscriptions(ctx context.Context, now time.Time, limit int) ([]*plans.Subscription, error) {
	return sqlkit.Rows[*plans.Subscription](ctx, t.db, dueSubscriptions, now, limit)
}

var saveSubscriptions = sqlkit.Statement(`update user_subscriptions s
	set status = r.status, trial_ends_at = r.trial_ends_at, current_period_start = r.current_period_start,
		current_period_end = r.current_period_end, access_until = coalesce(r.access_until, 'infinity'), cancel_at = r.cancel_at,
		canceled_at = r.canceled_at, ended_at = r.ended_at, complimentary_reason = r.complimentary_reason, anchor_day = r.anchor_day
	from jsonb_to_recordset($1) r (id uuid, status text, trial_ends_at timestamptz, current_period_start timestamptz,
		current_period_end timestamptz, access_until timestamptz, cancel_at timestamptz, canceled_at timestamptz, ended_at timestamptz,
		complimentary_reason text, anchor_day smallint)
	where s.id = r.id`)

// subscriptionRow is a subscription as saveSubscriptions and addSubscription take it.
type subscriptionRow struct {
	ID                  domain.SubscriptionID    `json:"id"`
	Status              plans.SubscriptionStatus `json:"status"`
	TrialEndsAt         *time.Time               `json:"trial_ends_at"`
	CurrentPeriodStart  time.Time                `json:"current_period_start"`
	CurrentPeriodEnd    *time.Time               `json:"current_period_end"`
	AccessUntil         *time.Time               `json:"access_until"`
	CancelAt            *time.Time               `json:"cancel_at"`
	CanceledAt          *time.Time               `json:"canceled_at"`
	EndedAt             *time.Time               `json:"ended_at"`
	ComplimentaryReason *string                  `json:"complimentary_reason"`
	AnchorDay           *int16                   `json:"anchor_day"`
}

// SaveSubscriptions implements plans.Tx.
func (t Tx) SaveSubscriptions(ctx context.Context, saved ...*plans.Subscription) error {
	rows := make([]subscriptionRow, len(saved))
	for i, s := range saved {
		rows[i] = subscriptionRow{
			ID: s.ID, Status: s.Status, TrialEndsAt: s.TrialEndsAt, CurrentPeriodStart: s.CurrentPeriodStart, CurrentPeriodEnd: s.CurrentPeriodEnd,
			AccessUntil: s.AccessUntil, CancelAt: s.CancelAt, CanceledAt: s.CanceledAt, EndedAt: s.EndedAt,
			ComplimentaryReason: s.ComplimentaryReason, AnchorDay: s.AnchorDay,
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("save subscriptions: %w", err)
	}
	_, err = t.db.Exec(ctx, saveSubscriptions, string(text))
	return inForceAlready(sqlkit.Wrap(err), err)
}

// inForceAlready is told the error as it is for clients and as PostgreSQL said it.
func inForceAlready(wrapped, said error) error {
	if sqlkit.Violates(said) == "user_subscriptions_one_living" {
		return sqlkit.Because(said, plans.InForceAlready())
	}
	return wrapped
}

// Entries of one batch are told apart by microseconds: the history is read in the order of created_at.
var addChanges = sqlkit.Statement(`insert into subscription_changes (subscription_id, user_id, kind, from_plan_id, to_plan_id, from_status,
		to_status, amount_minor, effective_at, actor_id, reason, created_at)
	select r.subscription_id, r.user_id, r.kind, case when r.from_status is not null then r.plan_id end, r.plan_id, r.from_status, r.to_status,
		r.amount_minor, r.effective_at, r.actor_id, r.reason, (select clock_now()) + r.place * interval '1 microsecond'
	from jsonb_to_recordset($1) r (subscription_id uuid, user_id uuid, kind text, plan_id uuid, from_status text, to_status text,
		amount_minor bigint, effective_at timestamptz, actor_id uuid, reason text, place integer)`)

// changeRow is an entry of the history as addChanges takes it.
type changeRow struct {
	SubscriptionID domain.SubscriptionID     `json:"subscription_id"`
	UserID         domain.UserID             `json:"user_id"`
	Kind           plans.ChangeKind          `json:"kind"`
	PlanID         domain.PlanID             `json:"plan_id"`
	FromStatus     *plans.SubscriptionStatus `json:"from_status"`
	ToStatus       plans.SubscriptionStatus  `json:"to_status"`
	AmountMinor    int64                     `json:"amount_minor"`
	EffectiveAt    time.Time                 `json:"effective_at"`
	ActorID        *domain.UserID            `json:"actor_id"`
	Reason         string                    `json:"reason"`
	Place          int                       `json:"place"`
}

// AddChanges implements plans.Tx.
func (t Tx) AddChanges(ctx context.Context, entries ...plans.Entry) error {
	rows, last, place := make([]changeRow, len(entries)), domain.SubscriptionID{}, 0
	for i, e := range entries {
		if place++; e.Subscription.ID != last {
			last, place = e.Subscription.ID, 0
		}
		rows[i] = changeRow{
			SubscriptionID: e.Subscription.ID, UserID: e.Subscription.OwnerID, PlanID: e.Subscription.PlanID, Kind: e.Kind, ToStatus: e.To,
			AmountMinor: e.AmountMinor, EffectiveAt: e.EffectiveAt, ActorID: known(e.Actor), Reason: e.Reason, Place: place,
		}
		if e.From != "" {
			rows[i].FromStatus = &entries[i].From
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("add changes: %w", err)
	}
	_, err = t.db.Exec(ctx, addChanges, string(text))
	return sqlkit.Wrap(err)
}

// known is nil for the program itself.
func known(actor domain.UserID) *domain.UserID {
	if actor == domain.Anonymous {
		return nil
	}
	return &actor
}

var subscribers = sqlkit.Statement(`select u.id, u.email, u.first_name, u.username, u.locale, u.email_verified_at is not null as email_verified
	from users u where u.id = any($1) and u.account_status in ('active', 'locked') and u.deleted_at is null`)

// Subscribers implements plans.Tx.
func (t Tx) Subscribers(ctx context.Context, ids []domain.UserID) ([]*plans.Subscriber, error) {
	return sqlkit.Rows[*plans.Subscriber](ctx, t.db, subscribers, pq.Array(ids))
}

// PlansOf implements plans.Tx.
func (t Tx) PlansOf(ctx context.Context, ids []domain.PlanID) ([]*plans.Plan, error) {
	return sqlkit.Rows[*plans.Plan](ctx, t.db, plansByID, pq.Array(ids))
}
