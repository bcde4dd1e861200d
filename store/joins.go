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

// under are columns as those of a field that a row has.
func under(field, columns string) string {
	parts := strings.Split(columns, ",")
	for i, part := range parts {
		expression, name, renamed := strings.Cut(strings.TrimSpace(part), " as ")
		if !renamed {
			_, name, _ = strings.Cut(expression, ".")
		}
		parts[i] = expression + ` as "` + field + "." + name + `"`
	}
	return strings.Join(parts, ", ")
}

// Holder is a person with the living subscription of the highest level that she holds, and its plan.
type Holder struct {
	users.User
	Holding *plans.Holding `db:"holding"`
	Plan    *plans.Plan    `db:"plan"`
}

const holdingColumns = `a.user_id as holder_id, a.holding, a.subscription_id as id, a.owner_id as user_id, a.plan_id, a.status, a.started_at, a.trial_ends_at,
	a.current_period_start, a.current_period_end, case when a.access_until < 'infinity' then a.access_until end as access_until, a.cancel_at, a.canceled_at, a.created_at`

var holdersByID = `select ` + userColumns + `, ` + under("holding", holdingColumns) + `, ` + under("plan", planColumns) + ` from users u
	left join lateral (select * from active_user_subscriptions h where h.user_id = u.id order by h.access_level desc, h.holding, h.subscription_id limit 1) a on true
	left join subscription_plans p on p.id = a.plan_id
	where u.id = any($1) and u.deleted_at is null`

// HoldersByID reads people with what they hold.
func (r Reader) HoldersByID(ctx context.Context, ids []domain.UserID) ([]*Holder, error) {
	return selectRows[*Holder](ctx, r.db, holdersByID, pq.Array(ids))
}

// ItemFigures are an item's figures with the item, if it is published, and its branch.
type ItemFigures struct {
	analytics.Popularity
	Item     *content.Item     `db:"item"`
	Category *content.Category `db:"category"`
}

// Figures are the figures alone.
func (f *ItemFigures) Figures() *analytics.Popularity { return &f.Popularity }

var itemsOfFigures = under("item", itemColumns)

var figuresJoined = func() list[ItemFigures, analytics.PopularityOrder] {
	l := popularityList
	l.query = `select ` + popularityColumns + `, ` + itemsOfFigures + `, ` + under("category", categoryColumns) + ` from content_popularity p
		left join content_items i on i.id = p.content_id and ` + published + `
		left join content_categories k on k.id = i.category_id and k.deleted_at is null where true`
	return l
}()

// ListFigures is ListPopularity with the published items and their branches.
func (r Reader) ListFigures(ctx context.Context, f analytics.PopularityFilter, by analytics.PopularityOrder, page domain.PageArgs) (*domain.Page[*ItemFigures], error) {
	l := figuresJoined
	if r.items != "" {
		l.query = strings.Replace(l.query, itemsOfFigures, under("item", r.items), 1)
	}
	return l.page(ctx, r.db, by, page, f.CategoryID)
}
