package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/analytics"
	"lyceum/domain/content"
	"lyceum/domain/plans"
	"lyceum/domain/users"
	analyticsql "lyceum/store/analytics"
	contentsql "lyceum/store/content"
	plansql "lyceum/store/plans"
	"lyceum/store/sqlkit"
	usersql "lyceum/store/users"
)

// Some rows are asked together so often that one statement reads them all. What a join did not find is nil.

// Holder is a user with the active subscription of the highest level that they hold, and its plan.
type Holder struct {
	users.User
	Holding *plans.Holding `db:"holding"`
	Plan    *plans.Plan    `db:"plan"`
}

func userOf(h *Holder) *users.User { return &h.User }

// Without the offset the plans would be hashed for each user.
const fromHolders = ` from users u left join lateral (select * from active_user_subscriptions h where h.user_id = u.id
		order by h.access_level desc, h.holding, h.subscription_id limit 1) a on true
	left join lateral (select * from subscription_plans p where p.id = a.plan_id offset 0) p on true`

var (
	holderColumns = usersql.UserColumns.And(plansql.HoldingColumns.Under("holding"), plansql.PlanColumns.Under("plan"))
	holdersByID   = sqlkit.Select(holderColumns, fromHolders+` where u.id = any($1) and u.deleted_at is null`)
	holderList    = sqlkit.Joined(usersql.UserList, holderColumns, fromHolders+` where u.deleted_at is null`, userOf)
)

// HoldersByID reads users with what they hold.
func (r Reader) HoldersByID(ctx context.Context, ids []domain.UserID) ([]*Holder, error) {
	return sqlkit.Rows[*Holder](ctx, r.db, holdersByID.For(r.projection), pq.Array(ids))
}

// ListHolders is ListUsers with what each holds.
func (r Reader) ListHolders(ctx context.Context, f users.Filter, by users.Order, page domain.PageArgs) (*domain.Page[*Holder], error) {
	return holderList.Page(ctx, r.db, r.projection, by, page, f)
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
	columns sqlkit.Columns
	key     string
	tables  string
}

var (
	categoryOfItem = join{
		contentsql.CategoryColumns.Under("category"), "category_id",
		` left join content_categories k on k.id = i.category_id and k.deleted_at is null`,
	}
	authorOfItem = join{
		usersql.UserColumns.Under("author"), "author_id", ` left join users u on u.id = i.author_id and u.deleted_at is null`,
	}
	popularityOfItem = join{
		analyticsql.PopularityColumns.Under("popularity"), "id", ` left join content_popularity p on p.content_id = i.id`,
	}
)

// joins are those that are asked, in one order.
func (asked ItemJoins) joins() (all []join) {
	if asked.Category {
		all = append(all, categoryOfItem)
	}
	if asked.Author {
		all = append(all, authorOfItem)
	}
	if asked.Popularity {
		all = append(all, popularityOfItem)
	}
	return all
}

// forEachJoins makes something for each set of joins, once for the program.
func forEachJoins[T any](build func(ItemJoins) T) map[ItemJoins]T {
	all := map[ItemJoins]T{}
	for n := range 8 {
		asked := ItemJoins{Category: n&1 != 0, Author: n&2 != 0, Popularity: n&4 != 0}
		all[asked] = build(asked)
	}
	return all
}

type itemRowList = *sqlkit.List[ItemRow, content.ItemOrder, contentsql.ItemsAsked]

var (
	joinedItems     = forEachJoins(func(asked ItemJoins) itemRowList { return itemsWith(asked, contentsql.ItemList, ``) })
	joinedOpenItems = forEachJoins(func(asked ItemJoins) itemRowList {
		return itemsWith(asked, contentsql.OpenItemList, contentsql.OfOpen)
	})
)

// itemsWith is a list of items, from more tables than their own, that reads more with each.
func itemsWith(asked ItemJoins, l *sqlkit.List[content.Item, content.ItemOrder, contentsql.ItemsAsked], more string) itemRowList {
	columns, tables := contentsql.ItemColumns, ``
	for _, j := range asked.joins() {
		columns, tables = columns.And(j.columns), tables+j.tables
	}
	return sqlkit.Joined(l, columns, contentsql.FromItems+tables+more+` where `+contentsql.Published, (*ItemRow).ItemOf)
}

// ListItemsWith is ListItems with what else is read with each.
func (r Reader) ListItemsWith(ctx context.Context, viewer domain.UserID, f content.ItemFilter, by content.ItemOrder, page domain.PageArgs,
	joins ItemJoins,
) (*domain.Page[*ItemRow], error) {
	l := joinedItems[joins]
	if f.Accessible {
		l = joinedOpenItems[joins]
	}
	return l.Page(ctx, r.db, r.projection, by, page, contentsql.ItemsAsked{Viewer: viewer, ItemFilter: f})
}
