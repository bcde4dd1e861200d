package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/store/sqlkit"
)

// cheapest is the order in which plans that open an item are compared: by what is due first, which is the price of one cycle
// (after a trial the same amount is due, only later), then by what a month comes to (of a lifetime plan nothing), then by
// their places on the price list. Amounts of two currencies cannot be compared: only plans in the currency of the first such
// plan on the price list are.
const cheapest = ` order by p.price_minor, 
	case p.billing_cycle when 'monthly' then p.price_minor when 'yearly' then p.price_minor / 12.0 else 0 end, p.position, p.id`

var lockFacts = sqlkit.Statement(`select i.id as content_id,
		(select p.id from subscription_plans p where p.is_offered and p.deleted_at is null and p.access_level >= i.access_level
		    and p.currency = (select f.currency from subscription_plans f where f.is_offered and f.deleted_at is null
		                         and f.access_level >= i.access_level order by f.position, f.id limit 1)` + cheapest + ` limit 1) as plan_id,
		(select json_agg(q.required_id) from content_prerequisites q
		   join content_items needed on needed.id = q.required_id and needed.deleted_at is null
		   left join learning_analytics done on done.user_id = $1 and done.content_id = q.required_id
		  where q.content_id = i.id and done.completed_at is null) as prerequisites,
		(select l.opens_at from content_unlocks l where l.user_id = $1 and l.content_id = i.id) as opens_at
	from content_items i where i.id = any($2)`)

// LockFacts reads what is known of items' locks for one user, to name a remedy.
func (r Reader) LockFacts(ctx context.Context, user domain.UserID, items []domain.ItemID) ([]*content.LockFacts, error) {
	return sqlkit.Rows[*content.LockFacts](ctx, r.db, lockFacts, user, pq.Array(items))
}
