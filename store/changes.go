package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
)

const changeColumns = `c.id, c.subscription_id, c.user_id, c.kind, c.from_plan_id, c.to_plan_id, c.from_status, c.to_status, c.amount_minor,
	p.currency, c.effective_at, c.actor_id, c.reason, c.created_at`

const changeSource = ` from subscription_changes c left join subscription_plans p on p.id = coalesce(c.to_plan_id, c.from_plan_id) where true`

const changesByID = `select ` + changeColumns + changeSource + ` and c.id = any($1)`

// ChangesByID reads entries of the history of subscriptions.
func (r Reader) ChangesByID(ctx context.Context, ids []domain.ChangeID) ([]*plans.ChangeEntry, error) {
	return selectRows[*plans.ChangeEntry](ctx, r.db, changesByID, pq.Array(ids))
}

const changeOf = `c.subscription_id = ?`

var changeList = list[plans.ChangeEntry, domain.TimeOrder]{
	name: "changes", query: `select ` + changeColumns + changeSource, count: `select count(*) from subscription_changes c where true`,
	filters: on(`c.user_id = ?`, changeOf, `c.kind = ?`, `c.created_at >= ?`, `c.created_at < ?`),
	orders:  inTime("c.created_at", "c.id::uuid", func(c *plans.ChangeEntry) []string { return []string{stamp(c.CreatedAt), c.ID.String()} }),
}

// ListChanges reads a page of the history of subscriptions.
func (r Reader) ListChanges(ctx context.Context, f plans.ChangeFilter, by domain.TimeOrder, page domain.PageArgs) (*domain.Page[*plans.ChangeEntry], error) {
	return changeList.page(ctx, r.db, by, page, f.UserID, f.SubscriptionID, f.Kind, f.Since, f.Until)
}

// FirstChanges reads the first page of many subscriptions' history, the newest first.
func (r Reader) FirstChanges(ctx context.Context, subscriptions []domain.SubscriptionID, size int32) (map[domain.SubscriptionID]*domain.Page[*plans.ChangeEntry], error) {
	return firstPages(ctx, r.db, changeList, domain.NewestFirst, parents{filter: changeOf}, subscriptions, size,
		func(c *plans.ChangeEntry) domain.SubscriptionID { return c.SubscriptionID })
}

const (
	seatSource = ` from subscription_seats t where true`
	seatIn     = `t.subscription_id = ?`
)

var seatList = list[plans.Seat, domain.TimeOrder]{
	name: "seats", query: `select t.subscription_id, t.user_id, t.assigned_by, t.created_at` + seatSource, count: `select count(*)` + seatSource,
	filters: on(seatIn),
	orders:  inTime("t.created_at", "t.user_id::uuid", func(s *plans.Seat) []string { return []string{stamp(s.CreatedAt), s.UserID.String()} }),
}

// ListSeats reads a page of the seats in a subscription, the newest first.
func (r Reader) ListSeats(ctx context.Context, subscription domain.SubscriptionID, page domain.PageArgs) (*domain.Page[*plans.Seat], error) {
	return seatList.page(ctx, r.db, domain.NewestFirst, page, &subscription)
}

// FirstSeats reads the first page of the seats in many subscriptions, the newest first.
func (r Reader) FirstSeats(ctx context.Context, subscriptions []domain.SubscriptionID, size int32) (map[domain.SubscriptionID]*domain.Page[*plans.Seat], error) {
	return firstPages(ctx, r.db, seatList, domain.NewestFirst, parents{filter: seatIn}, subscriptions, size,
		func(s *plans.Seat) domain.SubscriptionID { return s.SubscriptionID })
}
