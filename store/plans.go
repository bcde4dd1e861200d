package store

import (
	"context"
	"strconv"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
)

const planColumns = `p.id, p.slug, p.name, p.description, p.access_level, p.price_minor, p.currency, p.billing_cycle, p.trial_days, p.seats,
	p.is_offered, p.created_at, p.position`

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

const planFilter = ` from subscription_plans p where p.deleted_at is null`

var planList = list[plans.Plan, plans.PlanOrder]{
	name: "plans", query: `select ` + planColumns + planFilter, count: `select count(*)` + planFilter,
	filters: []filter{
		whether(`p.is_offered`),
		{text: `p.billing_cycle = ?`},
		{text: `p.access_level >= ?`},
	},
	orders: map[plans.PlanOrder]order[plans.Plan]{
		plans.PlansByPosition: {
			columns: []string{"p.position::integer", "p.id::uuid"},
			key:     func(p *plans.Plan) []string { return []string{strconv.Itoa(int(p.Position)), p.ID.String()} },
		},
		plans.NewestPlanFirst: {
			columns: []string{"p.created_at::timestamptz", "p.id::uuid"}, desc: true,
			key: func(p *plans.Plan) []string { return []string{stamp(p.CreatedAt), p.ID.String()} },
		},
	},
}

// ListPlans reads a page of all plans.
func (r Reader) ListPlans(ctx context.Context, f plans.PlanFilter, by plans.PlanOrder, page domain.PageArgs) (*domain.Page[*plans.Plan], error) {
	return planList.page(ctx, r.db, by, page, f.Offered, f.BillingCycle, f.MinAccessLevel)
}
