package store

import (
	"context"
	"strings"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/users"
)

// Some rows are asked together so often that one statement reads them all. What a join did not find is nil.

// Holder is a person with the living subscription of the highest level that she holds, and its plan.
type Holder struct {
	users.User
	Holding *plans.Holding `db:"holding"`
	Plan    *plans.Plan    `db:"plan"`
}

var (
	holdingColumns = columnsOf("plans.Subscription", "a", "holding", "plan_id", "status", "started_at", "trial_ends_at", "current_period_start",
		"current_period_end", "access_until", "cancel_at", "canceled_at", "created_at").
		with("holder_id", "a.user_id").with("id", "a.subscription_id").with("user_id", "a.owner_id").with("access_until", "nullif(a.access_until, 'infinity')").
		keep("holder_id", "holding", "id", "user_id", "plan_id", "status")
	heldPlan = columnsOf("plans.Plan", "p", "id", "slug", "name", "description", "access_level", "price_minor", "currency", "billing_cycle", "trial_days", "seats",
		"is_offered", "created_at", "position").keep("id", "is_offered")
)

const fromHolders = ` from users u left join lateral (select * from active_user_subscriptions h where h.user_id = u.id
		order by h.access_level desc, h.holding, h.subscription_id limit 1) a on true
	left join lateral (select * from subscription_plans p where p.id = a.plan_id offset 0) p on true` // else the plans are hashed for each user

func holders(p Projection, needs []string) string {
	return `select ` + userColumns.text(p, needs...) + `, ` + holdingColumns.under("holding", p) + `, ` + heldPlan.under("plan", p) + fromHolders
}

const holdersByID = ` where u.id = any($1) and u.deleted_at is null`

var holderList = list[Holder, users.Order]{
	name: userList.name, filters: userList.filters, count: userList.count, orders: ordersOf(userList.orders, func(h *Holder) *users.User { return &h.User }),
	rows: func(p Projection, needs []string) string { return holders(p, needs) + ` where u.deleted_at is null` },
}

// HoldersByID reads people with what they hold.
func (r Reader) HoldersByID(ctx context.Context, ids []domain.UserID) ([]*Holder, error) {
	return selectRows[*Holder](ctx, r.db, holders(r.projection, nil)+holdersByID, pq.Array(ids))
}

// ListHolders is ListUsers with what each holds.
func (r Reader) ListHolders(ctx context.Context, f users.Filter, by users.Order, page domain.PageArgs) (*domain.Page[*Holder], error) {
	return projected(r, holderList, by).page(ctx, r.db, by, page, f.Status, f.Search, f.Role, f.EmailVerified, f.TwoFactorEnabled, f.Since, f.Until)
}

// ordersOf are the orders of rows within other rows.
func ordersOf[T, R any, O ~string](orders map[O]order[T], in func(*R) *T) map[O]order[R] {
	within := make(map[O]order[R], len(orders))
	for by, o := range orders {
		within[by] = order[R]{columns: o.columns, desc: o.desc, needs: o.needs, key: func(row *R) []string { return o.key(in(row)) }}
	}
	return within
}

// PlanMetrics are the figures of a plan with the plan.
type PlanMetrics struct {
	analytics.SubscriptionMetrics
	Plan *plans.Plan `db:"plan"`
}

const metricsOfPlans = `select m.plan_id, m.currency, m.active_count, m.trialing_count, m.past_due_count, m.paused_count, m.ended_count,
		m.started_30d, m.ended_30d, m.mrr_minor, m.revenue_30d_minor, m.as_of, `

const fromMetrics = `
	from subscription_metrics m join subscription_plans p on p.id = m.plan_id order by p.position, p.id`

// SubscriptionMetrics reads a row for each plan, in the order of the price list.
func (r Reader) SubscriptionMetrics(ctx context.Context) ([]*PlanMetrics, error) {
	return selectRows[*PlanMetrics](ctx, r.db, metricsOfPlans+heldPlan.under("plan", r.projection)+fromMetrics)
}

// ItemFigures are an item's figures with the item, if it is published, and its branch.
type ItemFigures struct {
	analytics.Popularity
	Item     *content.Item     `db:"item"`
	Category *content.Category `db:"category"`
}

// Figures are the figures alone.
func (f *ItemFigures) Figures() *analytics.Popularity { return &f.Popularity }

var figuresJoined = func() list[ItemFigures, analytics.PopularityOrder] {
	l := popularityList
	l.rows = func(p Projection, needs []string) string {
		return `select ` + popularityColumns.text(p, needs...) + `, ` + itemColumns.under("item", p) + `, ` + joinedCategory.under("category", p) + ` from content_popularity p
		left join content_items i on i.id = p.content_id and ` + published + `
		left join content_categories k on k.id = i.category_id and k.deleted_at is null where true`
	}
	return l
}()

// publishedFiguresJoined has the items for the condition.
var publishedFiguresJoined = func() list[ItemFigures, analytics.PopularityOrder] {
	l := figuresJoined.also(" and i.id is not null")
	l.count = publishedPopularityList.count
	return l
}()

// ListFigures is ListPopularity with the published items and their categories.
func (r Reader) ListFigures(ctx context.Context, f analytics.PopularityFilter, by analytics.PopularityOrder, page domain.PageArgs, drafts bool) (*domain.Page[*ItemFigures], error) {
	l := publishedFiguresJoined
	if drafts {
		l = figuresJoined
	}
	return projected(r, l, by).page(ctx, r.db, by, page, f.CategoryID)
}

// ItemJoins say what is read with items.
type ItemJoins struct{ Category, Author, Popularity bool }

// ItemRow is an item with what was read with it.
type ItemRow struct {
	content.Item
	Joined
}

// HitRow is an item that a search found, with what was read with it.
type HitRow struct {
	content.Hit
	Joined
}

// Joined is what was read with an item; what was not asked is nil.
type Joined struct {
	Category   *content.Category     `db:"category"`
	Author     *users.User           `db:"author"`
	Popularity *analytics.Popularity `db:"popularity"`
}

// ItemOf is the item alone.
func (r *ItemRow) ItemOf() *content.Item { return &r.Item }

// HitOf is the hit alone.
func (r *HitRow) HitOf() *content.Hit { return &r.Hit }

// join is what is read with an item: columns under the name of a field, from more tables. key is the item's column that it
// hangs on.
type join struct {
	field   string
	columns columns
	key     string
	tables  string
}

var (
	categoryOfItem   = join{"category", joinedCategory, "category_id", ` left join content_categories k on k.id = i.category_id and k.deleted_at is null`}
	authorOfItem     = join{"author", userColumns, "author_id", ` left join users u on u.id = i.author_id and u.deleted_at is null`}
	popularityOfItem = join{"popularity", popularityColumns, "id", ` left join content_popularity p on p.content_id = i.id`}
)

func (asked ItemJoins) joins() (all []join) {
	for _, j := range []struct {
		asked bool
		join  join
	}{{asked.Category, categoryOfItem}, {asked.Author, authorOfItem}, {asked.Popularity, popularityOfItem}} {
		if j.asked {
			all = append(all, j.join)
		}
	}
	return all
}

// joinKeys are the columns of items that joins hang on.
func joinKeys(asked ItemJoins) (names []string) {
	for _, j := range asked.joins() {
		names = append(names, j.key)
	}
	return names
}

// joins are the columns and the tables of what is read with items i.
func (r Reader) joins(asked ItemJoins) (columns, tables string) {
	for _, j := range asked.joins() {
		columns, tables = columns+", "+j.columns.under(j.field, r.projection), tables+j.tables
	}
	return columns, tables
}

const fromItems = ` from content_items i`

var itemRowOrders = ordersOf(itemOrders, (*ItemRow).ItemOf)

// with is a list of items, from is its statement behind the columns, that reads more with each.
func (r Reader) with(l list[content.Item, content.ItemOrder], from string, by content.ItemOrder, asked ItemJoins) list[ItemRow, content.ItemOrder] {
	columns, tables := r.joins(asked)
	return list[ItemRow, content.ItemOrder]{
		name: l.name, params: l.params, filters: l.filters, count: l.count, orders: itemRowOrders,
		query: `select ` + itemColumns.text(r.projection, l.orders[by].needs...) + columns + fromItems + tables + strings.TrimPrefix(from, fromItems),
	}
}
