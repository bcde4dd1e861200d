package content

import (
	"context"
	"time"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

var consumptionColumns = sqlkit.ColumnsOf[content.Consumption]("c", "id", "created_at", "user_id", "content_id", "event", "progress",
	"seconds", "withheld_seconds", "position_seconds", "begins_visit").
	With("occurred_at", "coalesce(c.occurred_at, c.created_at)").
	Keep("id", "created_at", "user_id")

var consumptionByKey = sqlkit.Select(consumptionColumns, ` from content_consumption c where c.created_at = $1 and c.id = $2`)

// Consumption reads a logged report; nil when there is none.
func (r Reader) Consumption(ctx context.Context, id domain.ConsumptionID) (*content.Consumption, error) {
	at, n := domain.LogKey(id.UUID)
	return sqlkit.Row[content.Consumption](ctx, r.db, consumptionByKey.For(r.projection), at, n)
}

const (
	consumptionSource = ` from content_consumption c where true`
	consumedBy        = `c.user_id = ?`
)

var consumptionList = sqlkit.NewList(sqlkit.ListOf[content.Consumption, domain.TimeOrder, content.ConsumptionFilter]{
	Name: "consumption", Columns: consumptionColumns, From: consumptionSource,
	Filters: sqlkit.Filters[content.ConsumptionFilter]{
		sqlkit.Where(consumedBy, func(f content.ConsumptionFilter) *domain.UserID { return f.UserID }),
		sqlkit.Where(`c.content_id = ?`, func(f content.ConsumptionFilter) *domain.ItemID { return f.ItemID }),
		sqlkit.Where(`c.event = ?`, func(f content.ConsumptionFilter) *content.ReportKind { return f.Event }),
		sqlkit.Where(`c.created_at >= ?`, func(f content.ConsumptionFilter) *time.Time { return f.Since }),
		sqlkit.Where(`c.created_at < ?`, func(f content.ConsumptionFilter) *time.Time { return f.Until }),
	},
	Orders: sqlkit.InTime("c.created_at", "c.id::bigint",
		func(c *content.Consumption) []string { return sqlkit.LogKey(c.CreatedAt, c.Number) }),
})

// ListConsumption reads a page of logged reports.
func (r Reader) ListConsumption(ctx context.Context, f content.ConsumptionFilter, by domain.TimeOrder, page domain.PageArgs,
) (*domain.Page[*content.Consumption], error) {
	return consumptionList.Page(ctx, r.db, r.projection, by, page, f)
}

// A report is logged together with the record of where its learner stands with the item. All reports on an item arrive between
// its start and its last sight, and as many items as the page is long have a report each: months outside of what these span
// have nothing for the first page, and need not be looked into.
var consumptionOfUsers = sqlkit.ChildrenOf(consumptionList, domain.NewestFirst, sqlkit.Parents{
	Filter: consumedBy,
	Known: `cross join lateral (select min(t.started_at) as since, max(t.last_at) as until
		from (select l.started_at, l.last_at from learning_analytics l where l.user_id = parent.id
			order by l.last_at desc limit ?) t) span`,
	Within: ` and c.created_at between span.since and span.until`,
}, func(c *content.Consumption) domain.UserID { return c.UserID })

// FirstConsumption reads the first page of what many users's clients reported, the newest first.
func (r Reader) FirstConsumption(ctx context.Context, people []domain.UserID, size int32,
) (map[domain.UserID]*domain.Page[*content.Consumption], error) {
	return consumptionOfUsers.First(ctx, r.db, r.projection, people, size)
}

const (
	progressSource = ` from learning_analytics l where true`
	progressBy     = `l.user_id = ?`
	progressWith   = `l.content_id = ?`
)

// progressFilter narrows the list of where learners stand.
type progressFilter struct {
	user *domain.UserID
	item *domain.ItemID
	content.ProgressFilter
}

var progressList = sqlkit.NewList(sqlkit.ListOf[content.Progress, content.ProgressOrder, progressFilter]{
	Name: "progress", Columns: progressColumns, From: progressSource,
	Filters: sqlkit.Filters[progressFilter]{
		sqlkit.Where(progressBy, func(f progressFilter) *domain.UserID { return f.user }),
		sqlkit.Where(progressWith, func(f progressFilter) *domain.ItemID { return f.item }),
		sqlkit.Whether(`l.completed_at is not null`, func(f progressFilter) *bool { return f.Completed }),
	},
	Orders: map[content.ProgressOrder]sqlkit.Order[content.Progress]{
		content.RecentlyUpdatedFirst:      {Columns: progressKey, Desc: true, Key: lastAt},
		content.LeastRecentlyUpdatedFirst: {Columns: progressKey, Key: lastAt},
	},
})

var progressKey = []string{"l.last_at::timestamptz", "l.user_id::uuid", "l.content_id::uuid"}

func lastAt(p *content.Progress) []string {
	return []string{sqlkit.Stamp(p.LastAt), p.UserID.String(), p.ItemID.String()}
}

// ProgressOf reads a page of where one user stands.
func (r Reader) ProgressOf(ctx context.Context, user domain.UserID, f content.ProgressFilter, by content.ProgressOrder,
	page domain.PageArgs,
) (*domain.Page[*content.Progress], error) {
	return progressList.Page(ctx, r.db, r.projection, by, page, progressFilter{user: &user, ProgressFilter: f})
}

// Learners reads a page of where the learners of one item stand.
func (r Reader) Learners(ctx context.Context, item domain.ItemID, f content.ProgressFilter, by content.ProgressOrder, page domain.PageArgs,
) (*domain.Page[*content.Progress], error) {
	return progressList.Page(ctx, r.db, r.projection, by, page, progressFilter{item: &item, ProgressFilter: f})
}

var (
	progressOfUsers = sqlkit.ChildrenOf(progressList, content.RecentlyUpdatedFirst, sqlkit.Parents{Filter: progressBy},
		func(p *content.Progress) domain.UserID { return p.UserID })
	learnersOfItems = sqlkit.ChildrenOf(progressList, content.RecentlyUpdatedFirst, sqlkit.Parents{Filter: progressWith},
		func(p *content.Progress) domain.ItemID { return p.ItemID })
)

// FirstProgress reads the first page of where many users stand, last seen first.
func (r Reader) FirstProgress(ctx context.Context, people []domain.UserID, size int32,
) (map[domain.UserID]*domain.Page[*content.Progress], error) {
	return progressOfUsers.First(ctx, r.db, r.projection, people, size)
}

// FirstLearners reads the first page of where the learners of many items stand, last seen first.
func (r Reader) FirstLearners(ctx context.Context, items []domain.ItemID, size int32,
) (map[domain.ItemID]*domain.Page[*content.Progress], error) {
	return learnersOfItems.First(ctx, r.db, r.projection, items, size)
}
