package store

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
)

const planColumns = `p.id, p.slug, p.name, p.description, p.access_level, p.price_minor, p.currency, p.billing_cycle, p.trial_days, p.seats,
	p.is_offered`

const plansByID = `select ` + planColumns + ` from subscription_plans p where p.id = any($1)`

// PlansByID reads plans, also those that are no longer sold.
func (r Reader) PlansByID(ctx context.Context, ids []domain.PlanID) ([]*plans.Plan, error) {
	return selectRows[*plans.Plan](ctx, r.db, plansByID, pq.Array(ids))
}

const plansOnOffer = `select ` + planColumns + ` from subscription_plans p where p.is_offered and p.deleted_at is null
	order by p.position, p.price_minor, p.id`

// PlansOnOffer reads what can be bought now, in the order of the price list.
func (r Reader) PlansOnOffer(ctx context.Context) ([]*plans.Plan, error) {
	return selectRows[*plans.Plan](ctx, r.db, plansOnOffer)
}
