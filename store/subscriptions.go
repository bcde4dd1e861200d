package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
)

const subscriptionColumns = `s.id, s.user_id, s.plan_id, s.status, s.started_at, s.trial_ends_at, s.current_period_start, s.current_period_end,
	nullif(s.access_until, 'infinity') as access_until, s.cancel_at, s.canceled_at, s.created_at`

const subscriptionsByID = `select ` + subscriptionColumns + ` from user_subscriptions s where s.id = any($1)`

// SubscriptionsByID reads subscriptions.
func (r Reader) SubscriptionsByID(ctx context.Context, ids []domain.SubscriptionID) ([]*plans.Subscription, error) {
	return selectRows[*plans.Subscription](ctx, r.db, subscriptionsByID, pq.Array(ids))
}

const bestHoldings = `select distinct on (a.user_id) a.user_id as holder_id, a.holding, a.subscription_id as id, a.owner_id as user_id, a.plan_id,
		a.status, a.started_at, a.trial_ends_at, a.current_period_start, a.current_period_end, nullif(a.access_until, 'infinity') as access_until,
		a.cancel_at, a.canceled_at, a.created_at
	from active_user_subscriptions a
	where a.user_id = any($1) order by a.user_id, a.access_level desc, a.holding, a.subscription_id`

// BestHoldings reads the living subscription with the highest level of each person, own before seat.
func (r Reader) BestHoldings(ctx context.Context, ids []domain.UserID) ([]*plans.Holding, error) {
	return selectRows[*plans.Holding](ctx, r.db, bestHoldings, pq.Array(ids))
}

const ofOwner = `s.user_id = ?`

const subscriptionFilter = ` from user_subscriptions s where true`

var subscriptionList = list[plans.Subscription, plans.Order]{
	name: "subscriptions", query: `select ` + subscriptionColumns + subscriptionFilter, count: `select count(*)` + subscriptionFilter,
	filters: []filter{
		{text: ofOwner},
		{text: `s.status = ?`},
		{text: `s.plan_id = ?`},
		whether(`s.access_until > (select clock_now())`),
		whether(`s.cancel_at > (select clock_now())`),
		{text: `s.started_at >= ?`},
		{text: `s.started_at < ?`},
		{text: `s.access_until < ?`},
	},
	orders: map[plans.Order]order[plans.Subscription]{
		plans.NewestFirst: {columns: []string{"s.created_at::timestamptz", "s.id::uuid"}, desc: true, key: subscribedAt},
		plans.OldestFirst: {columns: []string{"s.created_at::timestamptz", "s.id::uuid"}, key: subscribedAt},
		plans.EndingSoonestFirst: {
			columns: []string{"s.access_until::timestamptz", "s.id::uuid"},
			key: func(s *plans.Subscription) []string {
				return []string{stampOr("infinity", s.AccessUntil), s.ID.String()}
			},
		},
	},
}

func subscribedAt(s *plans.Subscription) []string { return []string{stamp(s.CreatedAt), s.ID.String()} }

// ListSubscriptions reads a page of subscriptions.
func (r Reader) ListSubscriptions(ctx context.Context, f plans.Filter, by plans.Order, page domain.PageArgs) (*domain.Page[*plans.Subscription], error) {
	return subscriptionList.page(ctx, r.db, by, page, f.OwnerID, f.Status, f.PlanID, f.GivesAccess, f.Canceling, f.Since, f.Until, f.EndsBefore)
}

// FirstSubscriptions reads the first page of many people's own subscriptions, the newest first.
func (r Reader) FirstSubscriptions(ctx context.Context, owners []domain.UserID, size int32) (map[domain.UserID]*domain.Page[*plans.Subscription], error) {
	return firstPages(ctx, r.db, subscriptionList, plans.NewestFirst, parents{filter: ofOwner}, owners, size, func(s *plans.Subscription) domain.UserID { return s.OwnerID })
}

const lockSubscription = `select ` + subscriptionColumns + ` from user_subscriptions s where s.id = $1 for no key update`

// LockSubscription implements plans.Tx.
func (t *Tx) LockSubscription(ctx context.Context, id domain.SubscriptionID) (*plans.Subscription, error) {
	s, err := getRow[plans.Subscription](ctx, t, lockSubscription, id)
	if err == nil && s == nil {
		err = domain.Errorf(domain.CodeNotFound, "the subscription does not exist").At("subscriptionId")
	}
	return s, err
}

const saveSubscription = `update user_subscriptions set status = $2, trial_ends_at = $3, current_period_start = $4, current_period_end = $5,
	access_until = coalesce($6::timestamptz, 'infinity'), cancel_at = $7, canceled_at = $8 where id = $1`

// SaveSubscription implements plans.Tx.
func (t *Tx) SaveSubscription(ctx context.Context, s *plans.Subscription) error {
	_, err := t.Exec(ctx, saveSubscription, s.ID, s.Status, s.TrialEndsAt, s.CurrentPeriodStart, s.CurrentPeriodEnd, s.AccessUntil,
		s.CancelAt, s.CanceledAt)
	return wrap(err)
}

const addChange = `insert into subscription_changes (subscription_id, user_id, kind, from_plan_id, to_plan_id, from_status, to_status,
	effective_at, actor_id, reason) values ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)`

// AddChange implements plans.Tx.
func (t *Tx) AddChange(ctx context.Context, s *plans.Subscription, actor domain.UserID, c plans.Change) error {
	_, err := t.Exec(ctx, addChange, s.ID, s.OwnerID, c.Kind, s.PlanID, c.From, c.To, c.EffectiveAt, actor, c.Reason)
	return wrap(err)
}
