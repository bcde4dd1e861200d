package plans

import (
	"context"

	"github.com/lib/pq"

	"lyceum/domain"
	"lyceum/domain/plans"
	"lyceum/store/sqlkit"
)

var (
	lockPlan  = sqlkit.Statement(`select ` + PlanColumns.All() + ` from subscription_plans p where p.id = $1 and p.deleted_at is null for update`)
	sharePlan = sqlkit.Statement(`select ` + PlanColumns.All() + ` from subscription_plans p where p.id = $1 and p.deleted_at is null for share`)
)

// LockPlan implements plans.CatalogTx. Inserting a subscription takes a lock on its plan that waits for this one.
func (t Tx) LockPlan(ctx context.Context, id domain.PlanID) (*plans.Plan, error) {
	p, err := sqlkit.Row[plans.Plan](ctx, t.db, lockPlan, id)
	return p, noPlan(p, err)
}

// SharePlan implements plans.StartTx.
func (t Tx) SharePlan(ctx context.Context, id domain.PlanID) (*plans.Plan, error) {
	p, err := sqlkit.Row[plans.Plan](ctx, t.db, sharePlan, id)
	return p, noPlan(p, err)
}

func noPlan(p *plans.Plan, err error) error {
	if err == nil && p == nil {
		return domain.Errorf(domain.CodeNotFound, "the plan does not exist").At("planId")
	}
	return err
}

var addPlan = sqlkit.Statement(`insert into subscription_plans as p (slug, name, description, access_level, price_minor, currency, billing_cycle,
		trial_days, seats, is_offered, position)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (select coalesce(max(l.position), 0) + 1 from subscription_plans l))
	returning ` + PlanColumns.All())

// AddPlan implements plans.CatalogTx.
func (t Tx) AddPlan(ctx context.Context, p *plans.Plan) (*plans.Plan, error) {
	added := &plans.Plan{}
	err := t.db.Get(ctx, added, addPlan, p.Slug, p.Name, p.Description, p.AccessLevel, p.PriceMinor, p.Currency, p.BillingCycle,
		p.TrialDays, p.Seats, p.IsOffered)
	if sqlkit.Violates(err) == "subscription_plans_slug_key" {
		return nil, sqlkit.Because(err, domain.Errorf(domain.CodeRefused, "another plan has this slug").Because("SLUG_TAKEN").At("slug"))
	}
	return added, sqlkit.Wrap(err)
}

var savePlan = sqlkit.Statement(`update subscription_plans set name = $2, description = $3, access_level = $4, price_minor = $5, currency = $6,
	billing_cycle = $7, trial_days = $8, seats = $9, is_offered = $10, archived_at = $11 where id = $1`)

// SavePlan implements plans.CatalogTx.
func (t Tx) SavePlan(ctx context.Context, p *plans.Plan) error {
	_, err := t.db.Exec(ctx, savePlan, p.ID, p.Name, p.Description, p.AccessLevel, p.PriceMinor, p.Currency, p.BillingCycle, p.TrialDays,
		p.Seats, p.IsOffered, p.ArchivedAt)
	return sqlkit.Wrap(err)
}

var countSubscriptions = sqlkit.Statement(`select s.status, count(*) as count from user_subscriptions s where s.plan_id = $1
	group by s.status order by s.status`)

// CountSubscriptions implements plans.CatalogTx.
func (t Tx) CountSubscriptions(ctx context.Context, id domain.PlanID) ([]*plans.StatusCount, error) {
	return sqlkit.Rows[*plans.StatusCount](ctx, t.db, countSubscriptions, id)
}

var (
	holdPlans  = sqlkit.Statement(`select p.id from subscription_plans p where p.deleted_at is null order by p.id for no key update`)
	orderPlans = sqlkit.Statement(`update subscription_plans p set position = l.place
		from (select o.id, row_number() over (order by array_position($1::uuid[], o.id) nulls last, o.position, o.id) as place
		        from subscription_plans o where o.deleted_at is null) l
		where l.id = p.id and p.position <> l.place`)
	allPlans = sqlkit.Statement(`select ` + PlanColumns.All() + ` from subscription_plans p where p.deleted_at is null order by p.position, p.id`)
)

// OrderPlans implements plans.CatalogTx.
func (t Tx) OrderPlans(ctx context.Context, ids []domain.PlanID) ([]*plans.Plan, error) {
	known, err := sqlkit.Rows[domain.PlanID](ctx, t.db, holdPlans)
	if err != nil {
		return nil, err
	}
	exists := map[domain.PlanID]bool{}
	for _, id := range known {
		exists[id] = true
	}
	for _, id := range ids {
		if !exists[id] {
			return nil, domain.Errorf(domain.CodeNotFound, "a plan of the list does not exist").At("planIds")
		}
	}
	if _, err := t.db.Exec(ctx, orderPlans, pq.Array(ids)); err != nil {
		return nil, sqlkit.Wrap(err)
	}
	return sqlkit.Rows[*plans.Plan](ctx, t.db, allPlans)
}
