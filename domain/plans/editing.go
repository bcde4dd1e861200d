package plans

import (
	"context"

	"lyceum/domain"
)

// CatalogTx is the part of a transaction that changes plans.
type CatalogTx interface {
	// LockPlan reads a plan and holds its row against whoever subscribes to it. Errors: NOT_FOUND.
	LockPlan(ctx context.Context, id domain.PlanID) (*Plan, error)
	// AddPlan inserts a plan at the end of the price list. Errors: REFUSED (SLUG_TAKEN).
	AddPlan(ctx context.Context, p *Plan) (*Plan, error)
	// SavePlan writes what can change of a plan.
	SavePlan(ctx context.Context, p *Plan) error
	// Subscriptions counts the subscriptions to a plan, ended ones included, by status.
	CountSubscriptions(ctx context.Context, id domain.PlanID) ([]*StatusCount, error)
	// OrderPlans puts plans in front of all others and returns all. Errors: NOT_FOUND.
	OrderPlans(ctx context.Context, ids []domain.PlanID) ([]*Plan, error)
}

// CreatePlanCommand asks for a plan.
type CreatePlanCommand struct {
	IdempotencyKey string `json:"-"`
	Name           string
	Slug           *string
	Description    string
	AccessLevel    int32
	Price          domain.Money
	BillingCycle   BillingCycle
	TrialDays      int32
	Seats          int32
	IsOffered      bool
}

// UpdatePlanCommand asks for changes of a plan.
type UpdatePlanCommand struct {
	IdempotencyKey string `json:"-"`
	PlanID         domain.PlanID
	Changes        PlanChanges
}

// ArchivePlanCommand asks that a plan be no longer offered.
type ArchivePlanCommand struct {
	IdempotencyKey string `json:"-"`
	PlanID         domain.PlanID
}

// ReorderPlansCommand asks for another price list.
type ReorderPlansCommand struct {
	IdempotencyKey string `json:"-"`
	PlanIDs        []domain.PlanID
}

// ChangePreview says what changes of a plan would do.
type ChangePreview struct {
	Plan        *Plan
	Changes     []*FieldChange // never nil, for lists that have to be there
	Subscribers []*StatusCount
}

// CreatePlan makes a plan. Needs BILLING_WRITE.
// Errors: INVALID (NAME_INVALID, TOO_LONG, OUT_OF_RANGE, CURRENCY_UNKNOWN, SLUG_INVALID), REFUSED (SLUG_TAKEN), CONFLICT.
func (s Service) CreatePlan(ctx context.Context, viewer domain.Viewer, c CreatePlanCommand) (*Plan, error) {
	p := &Plan{
		Name: c.Name, Slug: slugOf(c.Name), Description: c.Description, AccessLevel: c.AccessLevel, PriceMinor: c.Price.Amount,
		Currency: c.Price.Currency, BillingCycle: c.BillingCycle, TrialDays: c.TrialDays, Seats: c.Seats, IsOffered: c.IsOffered,
	}
	set(&p.Slug, c.Slug)
	if err := p.check(); err != nil {
		return nil, err
	}
	return once(ctx, s, viewer, "createPlan", c.IdempotencyKey, c, func(tx Tx) (*Plan, error) { return tx.AddPlan(ctx, p) })
}

// UpdatePlan changes a plan. Needs BILLING_WRITE.
// Errors: those of CreatePlan but for the slug's, NOT_FOUND, REFUSED (PLAN_HAS_SUBSCRIBERS, PLAN_ARCHIVED).
func (s Service) UpdatePlan(ctx context.Context, viewer domain.Viewer, c UpdatePlanCommand) (*Plan, error) {
	return once(ctx, s, viewer, "updatePlan", c.IdempotencyKey, c, func(tx Tx) (*Plan, error) {
		preview, err := s.tryChange(ctx, tx, c.PlanID, c.Changes)
		if err != nil {
			return nil, err
		}
		return preview.Plan, tx.SavePlan(ctx, preview.Plan)
	})
}

// PreviewChange says what UpdatePlan would do, and does nothing. Needs BILLING_WRITE. Errors: those of UpdatePlan.
func (s Service) PreviewChange(ctx context.Context, viewer domain.Viewer, id domain.PlanID, c PlanChanges,
) (preview *ChangePreview, err error) {
	preview = &ChangePreview{}
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		preview, err = s.tryChange(ctx, tx, id, c)
		return err
	})
	return preview, err
}

// tryChange also says who subscribes when the change is refused.
func (s Service) tryChange(ctx context.Context, tx Tx, id domain.PlanID, c PlanChanges) (*ChangePreview, error) {
	preview := &ChangePreview{Changes: []*FieldChange{}, Subscribers: []*StatusCount{}}
	p, err := tx.LockPlan(ctx, id)
	if err != nil {
		return preview, err
	}
	if preview.Subscribers, err = tx.CountSubscriptions(ctx, id); err != nil {
		return preview, err
	}
	changed, changes, err := p.change(c, len(preview.Subscribers) > 0)
	if err != nil {
		return preview, err
	}
	preview.Plan, preview.Changes = &changed, changes
	return preview, nil
}

// ArchivePlan takes a plan off the price list for good. Needs BILLING_WRITE. Errors: NOT_FOUND, REFUSED (PLAN_ARCHIVED), CONFLICT.
func (s Service) ArchivePlan(ctx context.Context, viewer domain.Viewer, c ArchivePlanCommand) (*Plan, error) {
	return once(ctx, s, viewer, "archivePlan", c.IdempotencyKey, c, func(tx Tx) (*Plan, error) {
		p, err := tx.LockPlan(ctx, c.PlanID)
		if err != nil {
			return nil, err
		}
		if p.ArchivedAt != nil {
			return nil, archivedError().At("planId")
		}
		now := s.Clock()
		p.IsOffered, p.ArchivedAt = false, &now
		return p, tx.SavePlan(ctx, p)
	})
}

const maxReordered = 100

// ReorderPlans sorts the price list. Needs BILLING_WRITE. Errors: INVALID (OUT_OF_RANGE), NOT_FOUND, CONFLICT.
func (s Service) ReorderPlans(ctx context.Context, viewer domain.Viewer, c ReorderPlansCommand) ([]*Plan, error) {
	seen := map[domain.PlanID]bool{}
	for _, id := range c.PlanIDs {
		seen[id] = true
	}
	if n := len(c.PlanIDs); n < 1 || n > maxReordered || len(seen) != n {
		return nil, domain.Errorf(domain.CodeInvalid, "give 1 to %d plans, each once", maxReordered).Because("OUT_OF_RANGE").At("planIds")
	}
	return once(ctx, s, viewer, "reorderPlans", c.IdempotencyKey, c, func(tx Tx) ([]*Plan, error) { return tx.OrderPlans(ctx, c.PlanIDs) })
}
