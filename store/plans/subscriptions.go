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
	"current_period_start", "current_period_end", "access_until", "cancel_at", "canceled_at", "ended_at", "seats", "complimentary_reason",
	"anchor_day", "created_at").
	With("access_until", `nullif(s.access_until, 'infinity')`)

var subscriptionsByID = sqlkit.Statement(`select ` + subscriptionColumns.All() + ` from user_subscriptions s where s.id = any($1)`)

// SubscriptionsByID reads subscriptions.
func (r Reader) SubscriptionsByID(ctx context.Context, ids []domain.SubscriptionID) ([]*plans.Subscription, error) {
	return sqlkit.Rows[*plans.Subscription](ctx, r.db, subscriptionsByID, pq.Array(ids))
}

// HoldingColumns are those of an active subscription with who holds it, for rows that are read together with others.
var HoldingColumns = sqlkit.ColumnsOf[plans.Subscription]("a", "holding", "plan_id", "status", "started_at", "trial_ends_at",
	"current_period_start", "current_period_end", "access_until", "cancel_at", "canceled_at", "ended_at", "seats", "complimentary_reason",
	"anchor_day", "created_at").
	With("holder_id", "a.user_id").With("id", "a.subscription_id").With("user_id", "a.owner_id").
	With("access_until", "nullif(a.access_until, 'infinity')").
	Keep("holder_id", "holding", "id", "user_id", "plan_id", "status")

var bestHoldings = sqlkit.Statement(`select distinct on (a.user_id) a.user_id as holder_id, a.holding, a.subscription_id as id,
	a.owner_id as user_id, a.plan_id,
		a.status, a.started_at, a.trial_ends_at, a.current_period_start, a.current_period_end, nullif(a.access_until,
		'infinity') as access_until,
		a.cancel_at, a.canceled_at, a.ended_at, a.seats, a.complimentary_reason, a.anchor_day, a.created_at
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
