package plans

import (
	"context"
	"time"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store/sqlkit"
)

var changeColumns = sqlkit.FixedColumns("c", "id", "subscription_id", "user_id", "kind", "from_plan_id", "to_plan_id", "from_status",
	"to_status", "amount_minor", "currency", "effective_at", "actor_id", "reason", "created_at").
	With("currency", `p.currency`)

const changeSource = ` from subscription_changes c left join subscription_plans p on p.id = coalesce(c.to_plan_id, c.from_plan_id)
	where true`

var changesByID = sqlkit.Statement(`select ` + changeColumns.All() + changeSource + ` and c.id = any($1)`)

// ChangesByID reads entries of the history of subscriptions.
func (r Reader) ChangesByID(ctx context.Context, ids []domain.ChangeID) ([]*plans.ChangeEntry, error) {
	return sqlkit.Rows[*plans.ChangeEntry](ctx, r.db, changesByID, pq.Array(ids))
}

const changeOf = `c.subscription_id = ?`

var changeList = sqlkit.NewList(sqlkit.ListOf[plans.ChangeEntry, domain.TimeOrder, plans.ChangeFilter]{
	Name: "changes", Columns: changeColumns, From: changeSource, Count: `select count(*) from subscription_changes c where true`,
	Filters: sqlkit.Filters[plans.ChangeFilter]{
		sqlkit.Where(`c.user_id = ?`, func(f plans.ChangeFilter) *domain.UserID { return f.UserID }),
		sqlkit.Where(changeOf, func(f plans.ChangeFilter) *domain.SubscriptionID { return f.SubscriptionID }),
		sqlkit.Where(`c.kind = ?`, func(f plans.ChangeFilter) *plans.ChangeKind { return f.Kind }),
		sqlkit.Where(`c.created_at >= ?`, func(f plans.ChangeFilter) *time.Time { return f.Since }),
		sqlkit.Where(`c.created_at < ?`, func(f plans.ChangeFilter) *time.Time { return f.Until }),
	},
	Orders: sqlkit.InTime("c.created_at", "c.id::uuid",
		func(c *plans.ChangeEntry) []string { return []string{sqlkit.Stamp(c.CreatedAt), c.ID.String()} }),
})

// ListChanges reads a page of the history of subscriptions.
func (r Reader) ListChanges(ctx context.Context, f plans.ChangeFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*plans.ChangeEntry], error) {
	return changeList.Page(ctx, r.db, r.projection, by, page, f)
}

var changesOfSubscriptions = sqlkit.ChildrenOf(changeList, domain.NewestFirst, sqlkit.Parents{Filter: changeOf},
	func(c *plans.ChangeEntry) domain.SubscriptionID { return c.SubscriptionID })

// FirstChanges reads the first page of many subscriptions' history, the newest first.
func (r Reader) FirstChanges(ctx context.Context, subscriptions []domain.SubscriptionID, size int32,
) (map[domain.SubscriptionID]*domain.Page[*plans.ChangeEntry], error) {
	return changesOfSubscriptions.First(ctx, r.db, r.projection, subscriptions, size)
}

const (
	seatSource = ` from subscription_seats t where true`
	seatIn     = `t.subscription_id = ?`
)

// seatFilter narrows the list of seats.
type seatFilter struct{ subscription *domain.SubscriptionID }

var seatList = sqlkit.NewList(sqlkit.ListOf[plans.Seat, domain.TimeOrder, seatFilter]{
	Name: "seats", Columns: sqlkit.FixedColumns("t", "subscription_id", "user_id", "assigned_by", "created_at"), From: seatSource,
	Filters: sqlkit.Filters[seatFilter]{
		sqlkit.Where(seatIn, func(f seatFilter) *domain.SubscriptionID { return f.subscription }),
	},
	Orders: sqlkit.InTime("t.created_at", "t.user_id::uuid",
		func(s *plans.Seat) []string { return []string{sqlkit.Stamp(s.CreatedAt), s.UserID.String()} }),
})

// ListSeats reads a page of the seats in a subscription, the newest first.
func (r Reader) ListSeats(ctx context.Context, subscription domain.SubscriptionID, page domain.PageArgs,
) (*domain.Page[*plans.Seat], error) {
	return seatList.Page(ctx, r.db, r.projection, domain.NewestFirst, page, seatFilter{&subscription})
}

var seatsOfSubscriptions = sqlkit.ChildrenOf(seatList, domain.NewestFirst, sqlkit.Parents{Filter: seatIn},
	func(s *plans.Seat) domain.SubscriptionID { return s.SubscriptionID })

// FirstSeats reads the first page of the seats in many subscriptions, the newest first.
func (r Reader) FirstSeats(ctx context.Context, subscriptions []domain.SubscriptionID, size int32,
) (map[domain.SubscriptionID]*domain.Page[*plans.Seat], error) {
	return seatsOfSubscriptions.First(ctx, r.db, r.projection, subscriptions, size)
}
