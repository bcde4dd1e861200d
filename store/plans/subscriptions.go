package plans

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store/sqlkit"
)

var subscriptionColumns = sqlkit.FixedColumns("s", "id", "user_id", "plan_id", "status", "started_at", "trial_ends_at",
	"current_period_start", "current_period_end", "access_until", "cancel_at", "canceled_at", "created_at").
	With("access_until", `nullif(s.access_until, 'infinity')`)

var subscriptionsByID = sqlkit.Statement(`select ` + subscriptionColumns.All() + ` from user_subscriptions s where s.id = any($1)`)

// SubscriptionsByID reads subscriptions.
func (r Reader) SubscriptionsByID(ctx context.Context, ids []domain.SubscriptionID) ([]*plans.Subscription, error) {
	return sqlkit.Rows[*plans.Subscription](ctx, r.db, subscriptionsByID, pq.Array(ids))
}

// HoldingColumns are those of an active subscription with who holds it, for rows that are read together with others.
var HoldingColumns = sqlkit.ColumnsOf[plans.Subscription]("a", "holding", "plan_id", "status", "started_at", "trial_ends_at",
	"current_period_start", "current_period_end", "access_until", "cancel_at", "canceled_at", "created_at").
	With("holder_id", "a.user_id").With("id", "a.subscription_id").With("user_id", "a.owner_id").
	With("access_until", "nullif(a.access_until, 'infinity')").
	Keep("holder_id", "holding", "id", "user_id", "plan_id", "status")

var bestHoldings = sqlkit.Statement(`select distinct on (a.user_id) a.user_id as holder_id, a.holding, a.subscription_id as id,
	a.owner_id as user_id, a.plan_id,
		a.status, a.started_at, a.trial_ends_at, a.current_period_start, a.current_period_end, nullif(a.access_until,
		'infinity') as access_until,
		a.cancel_at, a.canceled_at, a.created_at
	from active_user_subscriptions a
	where a.user_id = any($1) order by a.user_id, a.access_level desc, a.holding, a.subscription_id`)

// BestHoldings reads the active subscription with the highest level of each user, own before seat.
func (r Reader) BestHoldings(ctx context.Context, ids []domain.UserID) ([]*plans.Holding, error) {
	return sqlkit.Rows[*plans.Holding](ctx, r.db, bestHoldings, pq.Array(ids))
}

const ofOwner = `s.user_id = ?`

const subscriptionFilter = ` from user_subscriptions s where true`

var subscriptionList = sqlkit.NewList(sqlkit.ListOf[plans.Subscription, plans.Order, plans.Filter]{
	Name: "subscriptions", Columns: subscriptionColumns, From: subscriptionFilter,
	Filters: sqlkit.Filters[plans.Filter]{
		sqlkit.Where(ofOwner, func(f plans.Filter) *domain.UserID { return f.OwnerID }),
		sqlkit.Where(`s.status = ?`, func(f plans.Filter) *plans.SubscriptionStatus { return f.Status }),
		sqlkit.Where(`s.plan_id = ?`, func(f plans.Filter) *domain.PlanID { return f.PlanID }),
		sqlkit.Whether(`s.access_until > (select clock_now())`, func(f plans.Filter) *bool { return f.GivesAccess }),
		sqlkit.Whether(`s.cancel_at > (select clock_now())`, func(f plans.Filter) *bool { return f.Canceling }),
		sqlkit.Where(`s.started_at >= ?`, func(f plans.Filter) *time.Time { return f.Since }),
		sqlkit.Where(`s.started_at < ?`, func(f plans.Filter) *time.Time { return f.Until }),
		sqlkit.Where(`s.access_until < ?`, func(f plans.Filter) *time.Time { return f.EndsBefore }),
	},
	Orders: map[plans.Order]sqlkit.Order[plans.Subscription]{
		plans.NewestFirst: {Columns: []string{"s.created_at::timestamptz", "s.id::uuid"}, Desc: true, Key: subscribedAt},
		plans.OldestFirst: {Columns: []string{"s.created_at::timestamptz", "s.id::uuid"}, Key: subscribedAt},
		plans.EndingSoonestFirst: {
			Columns: []string{"s.access_until::timestamptz", "s.id::uuid"},
			Key: func(s *plans.Subscription) []string {
				return []string{sqlkit.StampOr("infinity", s.AccessUntil), s.ID.String()}
			},
		},
	},
})

func subscribedAt(s *plans.Subscription) []string {
	return []string{sqlkit.Stamp(s.CreatedAt), s.ID.String()}
}

// ListSubscriptions reads a page of subscriptions.
func (r Reader) ListSubscriptions(ctx context.Context, f plans.Filter, by plans.Order, page domain.PageArgs,
) (*domain.Page[*plans.Subscription], error) {
	return subscriptionList.Page(ctx, r.db, r.projection, by, page, f)
}

var subscriptionsOfOwners = sqlkit.ChildrenOf(subscriptionList, plans.NewestFirst, sqlkit.Parents{Filter: ofOwner},
	func(s *plans.Subscription) domain.UserID { return s.OwnerID })

// FirstSubscriptions reads the first page of many users's own subscriptions, the newest first.
func (r Reader) FirstSubscriptions(ctx context.Context, owners []domain.UserID, size int32,
) (map[domain.UserID]*domain.Page[*plans.Subscription], error) {
	return subscriptionsOfOwners.First(ctx, r.db, r.projection, owners, size)
}

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

var saveSubscription = sqlkit.Statement(`update user_subscriptions
	set status = $2, trial_ends_at = $3, current_period_start = $4, current_period_end = $5,
	access_until = coalesce($6::timestamptz, 'infinity'), cancel_at = $7, canceled_at = $8 where id = $1`)

// SaveSubscription implements plans.Tx.
func (t Tx) SaveSubscription(ctx context.Context, s *plans.Subscription) error {
	_, err := t.db.Exec(ctx, saveSubscription, s.ID, s.Status, s.TrialEndsAt, s.CurrentPeriodStart, s.CurrentPeriodEnd, s.AccessUntil,
		s.CancelAt, s.CanceledAt)
	return sqlkit.Wrap(err)
}

var addChange = sqlkit.Statement(`insert into subscription_changes (subscription_id, user_id, kind, from_plan_id, to_plan_id, from_status,
	to_status,
	effective_at, actor_id, reason) values ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)`)

// AddChange implements plans.Tx.
func (t Tx) AddChange(ctx context.Context, s *plans.Subscription, actor domain.UserID, c plans.Change) error {
	_, err := t.db.Exec(ctx, addChange, s.ID, s.OwnerID, c.Kind, s.PlanID, c.From, c.To, c.EffectiveAt, actor, c.Reason)
	return sqlkit.Wrap(err)
}
