package plans

import (
	"context"
	"strconv"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store/sqlkit"
)

// PlanColumns are those of plans p. They can be left out only where a plan is read with other rows.
var PlanColumns = sqlkit.ColumnsOf[plans.Plan]("p", "id", "slug", "name", "description", "access_level", "price_minor", "currency",
	"billing_cycle", "trial_days", "seats", "is_offered", "created_at", "position", "archived_at").Keep("id", "is_offered")

var plansByID = sqlkit.Statement(`select ` + PlanColumns.All() + ` from subscription_plans p where p.id = any($1)`)

// PlansByID reads plans, also those that are no longer sold.
func (r Reader) PlansByID(ctx context.Context, ids []domain.PlanID) ([]*plans.Plan, error) {
	return sqlkit.Rows[*plans.Plan](ctx, r.db, plansByID, pq.Array(ids))
}

var plansOnOffer = sqlkit.Statement(`select ` + PlanColumns.All() + ` from subscription_plans p where p.is_offered and p.deleted_at is null
	order by p.position, p.price_minor, p.id`)

// PlansOnOffer reads what can be bought now, in the order of the price list.
func (r Reader) PlansOnOffer(ctx context.Context) ([]*plans.Plan, error) {
	return sqlkit.Rows[*plans.Plan](ctx, r.db, plansOnOffer)
}

const planFilter = ` from subscription_plans p where p.deleted_at is null`

var planList = sqlkit.NewList(sqlkit.ListOf[plans.Plan, plans.PlanOrder, plans.PlanFilter]{
	Name: "plans", Columns: PlanColumns.Fixed(), From: planFilter,
	Filters: sqlkit.Filters[plans.PlanFilter]{
		sqlkit.Whether(`p.is_offered`, func(f plans.PlanFilter) *bool { return f.Offered }),
		sqlkit.Where(`p.billing_cycle = ?`, func(f plans.PlanFilter) *plans.BillingCycle { return f.BillingCycle }),
		sqlkit.Where(`p.access_level >= ?`, func(f plans.PlanFilter) *int32 { return f.MinAccessLevel }),
	},
	Orders: map[plans.PlanOrder]sqlkit.Order[plans.Plan]{
		plans.PlansByPosition: {
			Columns: []string{"p.position::integer", "p.id::uuid"},
			Key:     func(p *plans.Plan) []string { return []string{strconv.Itoa(int(p.Position)), p.ID.String()} },
		},
		plans.NewestPlanFirst: {
			Columns: []string{"p.created_at::timestamptz", "p.id::uuid"}, Desc: true,
			Key: func(p *plans.Plan) []string { return []string{sqlkit.Stamp(p.CreatedAt), p.ID.String()} },
		},
	},
})

// ListPlans reads a page of all plans.
func (r Reader) ListPlans(ctx context.Context, f plans.PlanFilter, by plans.PlanOrder, page domain.PageArgs,
) (*domain.Page[*plans.Plan], error) {
	return planList.Page(ctx, r.db, r.projection, by, page, f)
}
