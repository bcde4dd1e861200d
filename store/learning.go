package store

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
)

var consumptionColumns = columnsOf("content.Consumption", "c", "id", "created_at", "user_id", "content_id", "event", "progress", "seconds", "withheld_seconds",
	"position_seconds", "begins_visit").with("occurred_at", "coalesce(c.occurred_at, c.created_at)").
	keep("id", "created_at", "user_id")

const consumptionByKey = ` from content_consumption c where c.created_at = $1 and c.id = $2`

// Consumption reads a logged report; nil when there is none.
func (r Reader) Consumption(ctx context.Context, id domain.ConsumptionID) (*content.Consumption, error) {
	at, n := domain.LogKey(id.UUID)
	return getRow[content.Consumption](ctx, r.db, `select `+consumptionColumns.text(r.projection)+consumptionByKey, at, n)
}

const (
	consumptionSource = ` from content_consumption c where true`
	consumedBy        = `c.user_id = ?`
)

var consumptionList = list[content.Consumption, domain.TimeOrder]{
	name: "consumption", rows: func(p Projection, _ []string) string {
		return `select ` + consumptionColumns.text(p) + consumptionSource
	}, count: `select count(*)` + consumptionSource,
	filters: on(consumedBy, `c.content_id = ?`, `c.event = ?`, `c.created_at >= ?`, `c.created_at < ?`),
	orders:  inTime("c.created_at", "c.id::bigint", func(c *content.Consumption) []string { return logKey(c.CreatedAt, c.Number) }),
}

// ListConsumption reads a page of logged reports.
func (r Reader) ListConsumption(ctx context.Context, f content.ConsumptionFilter, by domain.TimeOrder, page domain.PageArgs) (*domain.Page[*content.Consumption], error) {
	return projected(r, consumptionList, by).page(ctx, r.db, by, page, f.UserID, f.ItemID, f.Event, f.Since, f.Until)
}

// A report is logged together with the record of where its learner stands with the item. All reports on an item arrive between
// its start and its last sight, and as many items as the page is long have a report each: months outside of what these span
// have nothing for the first page, and need not be looked into.
var ofLearner = parents{
	filter: consumedBy,
	known: `cross join lateral (select min(t.started_at) as since, max(t.last_at) as until
		from (select l.started_at, l.last_at from learning_analytics l where l.user_id = parent.id order by l.last_at desc limit ?) t) span`,
	within: ` and c.created_at between span.since and span.until`,
}

// FirstConsumption reads the first page of what many people's clients reported, the newest first.
func (r Reader) FirstConsumption(ctx context.Context, people []domain.UserID, size int32) (map[domain.UserID]*domain.Page[*content.Consumption], error) {
	return firstPages(ctx, r.db, projected(r, consumptionList, domain.NewestFirst), domain.NewestFirst, ofLearner, people, size,
		func(c *content.Consumption) domain.UserID { return c.UserID })
}

const (
	progressSource = ` from learning_analytics l where true`
	progressBy     = `l.user_id = ?`
	progressWith   = `l.content_id = ?`
)

var progressList = list[content.Progress, content.ProgressOrder]{
	name: "progress", query: `select ` + progressColumns + progressSource, count: `select count(*)` + progressSource,
	filters: []filter{
		{text: progressBy},
		{text: progressWith},
		whether(`l.completed_at is not null`),
	},
	orders: map[content.ProgressOrder]order[content.Progress]{
		content.RecentlyUpdatedFirst:      {columns: progressKey, desc: true, key: lastAt},
		content.LeastRecentlyUpdatedFirst: {columns: progressKey, key: lastAt},
	},
}

var progressKey = []string{"l.last_at::timestamptz", "l.user_id::uuid", "l.content_id::uuid"}

func lastAt(p *content.Progress) []string {
	return []string{stamp(p.LastAt), p.UserID.String(), p.ItemID.String()}
}

// ProgressOf reads a page of where one person stands.
func (r Reader) ProgressOf(ctx context.Context, user domain.UserID, f content.ProgressFilter, by content.ProgressOrder, page domain.PageArgs) (*domain.Page[*content.Progress], error) {
	return progressList.page(ctx, r.db, by, page, &user, (*domain.ItemID)(nil), f.Completed)
}

// Learners reads a page of where the learners of one item stand.
func (r Reader) Learners(ctx context.Context, item domain.ItemID, f content.ProgressFilter, by content.ProgressOrder, page domain.PageArgs) (*domain.Page[*content.Progress], error) {
	return progressList.page(ctx, r.db, by, page, (*domain.UserID)(nil), &item, f.Completed)
}

// FirstProgress reads the first page of where many people stand, last seen first.
func (r Reader) FirstProgress(ctx context.Context, people []domain.UserID, size int32) (map[domain.UserID]*domain.Page[*content.Progress], error) {
	return firstPages(ctx, r.db, progressList, content.RecentlyUpdatedFirst, parents{filter: progressBy}, people, size, func(p *content.Progress) domain.UserID { return p.UserID })
}

// FirstLearners reads the first page of where the learners of many items stand, last seen first.
func (r Reader) FirstLearners(ctx context.Context, items []domain.ItemID, size int32) (map[domain.ItemID]*domain.Page[*content.Progress], error) {
	return firstPages(ctx, r.db, progressList, content.RecentlyUpdatedFirst, parents{filter: progressWith}, items, size, func(p *content.Progress) domain.ItemID { return p.ItemID })
}
