package plans

import (
	"context"
	"time"
	"unicode/utf8"

	"lyceum/domain"
)

// StartTx is the part of a transaction in which subscriptions begin.
type StartTx interface {
	// SharePlan reads a plan and holds its price to the end of the transaction. Errors: NOT_FOUND.
	SharePlan(ctx context.Context, id domain.PlanID) (*Plan, error)
	// LockInForce reads the subscription of a user's own that is in force, and holds its row; nil if there is none.
	LockInForce(ctx context.Context, owner domain.UserID) (*Subscription, error)
	// AddSubscription inserts a subscription. Errors: REFUSED (SUBSCRIPTION_IN_FORCE).
	AddSubscription(ctx context.Context, s *Subscription) error
	// HadTrial reports whether the user owns a subscription that began with a trial.
	HadTrial(ctx context.Context, owner domain.UserID) (bool, error)
	// ClaimTrial keeps a digest, and returns false when it is kept already.
	ClaimTrial(ctx context.Context, digest []byte) (bool, error)
}

// FreePlanCommand asks for a free plan.
type FreePlanCommand struct {
	IdempotencyKey string `json:"-"`
	PlanID         domain.PlanID
}

// TrialCommand asks for a trial.
type TrialCommand struct {
	IdempotencyKey string `json:"-"`
	PlanID         domain.PlanID
}

// CreateSubscriptionCommand gives somebody a subscription.
type CreateSubscriptionCommand struct {
	IdempotencyKey string `json:"-"`
	UserID         domain.UserID
	PlanID         domain.PlanID
	PeriodStart    *time.Time
	PaidUntil      *time.Time
	Complimentary  *Complimentary
}

// Complimentary says why and until when a subscription is free of charge.
type Complimentary struct {
	Reason string
	EndsAt time.Time
}

// SubscribeToFree subscribes the viewer to a plan that costs nothing.
// Errors: NOT_FOUND, REFUSED (PLAN_NOT_FREE, SUBSCRIPTION_IN_FORCE), CONFLICT.
func (s Service) SubscribeToFree(ctx context.Context, viewer domain.Viewer, c FreePlanCommand) (*Subscription, error) {
	return once(ctx, s, viewer, "subscribeToFreePlan", c.IdempotencyKey, c, func(tx Tx) (*Subscription, error) {
		plan, err := offered(ctx, tx, c.PlanID)
		if err != nil {
			return nil, err
		}
		if !plan.free() {
			return nil, domain.Errorf(domain.CodeRefused, "the plan is not free").Because("PLAN_NOT_FREE").At("planId")
		}
		sub := s.fresh(viewer.UserID, plan, Active)
		sub.paidPeriod(plan, sub.StartedAt)
		return s.begin(ctx, tx, viewer, plan, sub, "")
	})
}

// StartTrial begins the viewer's trial of a plan.
// Errors: NOT_FOUND, REFUSED (NO_TRIAL, EMAIL_NOT_VERIFIED, TRIAL_USED, SUBSCRIPTION_IN_FORCE), CONFLICT.
func (s Service) StartTrial(ctx context.Context, viewer domain.Viewer, c TrialCommand) (*Subscription, error) {
	return once(ctx, s, viewer, "startTrial", c.IdempotencyKey, c, func(tx Tx) (*Subscription, error) {
		plan, err := offered(ctx, tx, c.PlanID)
		if err != nil {
			return nil, err
		}
		if plan.TrialDays == 0 {
			return nil, domain.Errorf(domain.CodeRefused, "the plan has no trial").Because("NO_TRIAL").At("planId")
		}
		who, err := subscriber(ctx, tx, viewer.UserID)
		if err != nil {
			return nil, err
		}
		sub := s.fresh(viewer.UserID, plan, Trialing)
		end := sub.StartedAt.AddDate(0, 0, int(plan.TrialDays))
		sub.CurrentPeriodStart, sub.CurrentPeriodEnd, sub.TrialEndsAt = sub.StartedAt, &end, &end
		if err := claimTrial(ctx, tx, who); err != nil {
			return nil, err
		}
		if sub, err = s.begin(ctx, tx, viewer, plan, sub, ""); err != nil {
			return nil, err
		}
		return sub, tx.SendMail(ctx, who.mail("subscription:"+sub.ID.String()+":trial", mailTrialStarted, "plan", plan.Name,
			"until", until(&end)))
	})
}

// claimTrial refuses a second trial of the same person.
func claimTrial(ctx context.Context, tx Tx, who *Subscriber) error {
	if !who.EmailVerified {
		return domain.Errorf(domain.CodeRefused, "verify your email address before you start a trial").Because("EMAIL_NOT_VERIFIED")
	}
	had, err := tx.HadTrial(ctx, who.ID)
	if err != nil {
		return err
	}
	claimed, err := tx.ClaimTrial(ctx, trialDigest(who.Email))
	if err == nil && (had || !claimed) {
		err = domain.Errorf(domain.CodeRefused, "there is one trial for each person, and it was used").Because("TRIAL_USED")
	}
	return err
}

const maxYears = 10 // that a date may be away

// Create gives a user a subscription: a complimentary one, one that is paid elsewhere until a time, or one that waits for its first
// payment and opens nothing before. Needs BILLING_WRITE.
// Errors: INVALID (OUT_OF_RANGE, TOO_LONG), NOT_FOUND, REFUSED (PLAN_ARCHIVED, SUBSCRIPTION_IN_FORCE), CONFLICT.
func (s Service) Create(ctx context.Context, viewer domain.Viewer, c CreateSubscriptionCommand) (*Subscription, error) {
	return once(ctx, s, viewer, "createSubscription", c.IdempotencyKey, c, func(tx Tx) (*Subscription, error) {
		plan, err := tx.SharePlan(ctx, c.PlanID)
		if err != nil {
			return nil, err
		}
		if plan.ArchivedAt != nil {
			return nil, archivedError().At("planId")
		}
		who, err := subscriber(ctx, tx, c.UserID)
		if err != nil {
			return nil, err
		}
		sub := s.fresh(c.UserID, plan, Active)
		reason := ""
		if c.Complimentary != nil {
			reason = c.Complimentary.Reason
		}
		if err := sub.givenPeriod(plan, c, s.Clock()); err != nil {
			return nil, err
		}
		if sub, err = s.begin(ctx, tx, viewer, plan, sub, reason); err != nil {
			return nil, err
		}
		if !inForce(sub.Status) {
			return sub, nil
		}
		return sub, tx.SendMail(ctx, who.mail("subscription:"+sub.ID.String()+":given", mailSubscriptionGiven, "plan", plan.Name,
			"until", until(sub.CurrentPeriodEnd)))
	})
}

// givenPeriod is the period that staff give. Where nothing is given and nothing is paid, there is none yet: the first payment begins it,
// so that no money is needed twice and none can be booked that was not asked for. Errors: INVALID.
func (s *Subscription) givenPeriod(plan *Plan, c CreateSubscriptionCommand, now time.Time) error {
	from := now
	set(&from, c.PeriodStart)
	if from.After(now) || from.Before(now.AddDate(-maxYears, 0, 0)) {
		return domain.Errorf(domain.CodeInvalid, "a period begins at most %d years ago and not in the future", maxYears).
			Because("OUT_OF_RANGE").At("periodStart")
	}
	ahead := func(at time.Time, path ...string) error {
		if !at.After(now) || at.After(now.AddDate(maxYears, 0, 0)) {
			return domain.Errorf(domain.CodeInvalid, "the end must be in the future, and at most %d years ahead", maxYears).
				Because("OUT_OF_RANGE").At(path...)
		}
		return nil
	}
	s.paidPeriod(plan, from)
	switch gift := c.Complimentary; {
	case gift != nil && c.PaidUntil != nil, c.PaidUntil != nil && s.CurrentPeriodEnd == nil:
		return domain.Errorf(domain.CodeInvalid, "this subscription is not paid by period, so that it is not paid until a time").At("paidUntil")
	case gift != nil:
		if n := utf8.RuneCountInString(gift.Reason); n < 1 || n > maxReason {
			return domain.Errorf(domain.CodeInvalid, "the reason must have 1 to %d characters", maxReason).
				Because("TOO_LONG").At("complimentary", "reason")
		}
		// The first payment says on which day the periods begin that are paid.
		s.ComplimentaryReason, s.CurrentPeriodEnd, s.AnchorDay = &gift.Reason, &gift.EndsAt, nil
		return ahead(gift.EndsAt, "complimentary", "endsAt")
	case c.PaidUntil != nil:
		anchor := int16(c.PaidUntil.UTC().Day()) //nolint:gosec // 1 to 31
		s.CurrentPeriodEnd, s.AnchorDay = c.PaidUntil, &anchor
		return ahead(*c.PaidUntil, "paidUntil")
	case plan.free():
	case c.PeriodStart != nil:
		return domain.Errorf(domain.CodeInvalid, "the first payment begins the period, unless you say until when it is paid").At("periodStart")
	default:
		s.Status, s.CurrentPeriodStart, s.CurrentPeriodEnd, s.AnchorDay = Incomplete, now, nil, nil
	}
	return nil
}

// fresh is a subscription that begins now.
func (s Service) fresh(owner domain.UserID, plan *Plan, status SubscriptionStatus) *Subscription {
	now := s.Clock()
	return &Subscription{
		ID: domain.SubscriptionID{UUID: s.IDs()}, OwnerID: owner, PlanID: plan.ID, Status: status, StartedAt: now, CreatedAt: now,
		SeatsTotal: plan.Seats,
	}
}

// begin writes a subscription that begins, in place of one to a free plan.
func (s Service) begin(ctx context.Context, tx Tx, viewer domain.Viewer, plan *Plan, sub *Subscription, reason string,
) (*Subscription, error) {
	sub.AccessUntil = sub.accessOfPeriod(s.grace())
	if err := s.makeRoom(ctx, tx, viewer, sub, plan); err != nil {
		return nil, err
	}
	if err := tx.AddSubscription(ctx, sub); err != nil {
		return nil, err
	}
	return sub, tx.AddChanges(ctx, Entry{Subscription: sub, Actor: viewer.UserID, Change: Change{
		Kind: ChangeStarted, To: sub.Status, EffectiveAt: sub.StartedAt, Reason: reason,
	}})
}

// makeRoom ends a user's subscription to a free plan before one to another plan begins, and refuses any other that is in force. One that
// waits for its first payment takes nobody's place before that.
func (s Service) makeRoom(ctx context.Context, tx Tx, viewer domain.Viewer, sub *Subscription, next *Plan) error {
	current, err := tx.LockInForce(ctx, sub.OwnerID)
	if err != nil || current == nil {
		return err
	}
	if settled, _ := settle(*current, s.Clock(), s.grace()); !inForce(settled.Status) {
		return s.saveSettled(ctx, tx, *current)
	}
	held, err := tx.PlansOf(ctx, []domain.PlanID{current.PlanID})
	if err != nil {
		return err
	}
	if len(held) != 1 || !held[0].free() || current.ComplimentaryReason != nil || next.free() {
		return InForceAlready()
	}
	if !inForce(sub.Status) {
		return nil
	}
	_, err = s.save(ctx, tx, viewer, *current, func(sub Subscription, now time.Time) (Subscription, Change, error) {
		return endNow(sub, now, s.grace(), "replaced by another plan")
	})
	return err
}

func offered(ctx context.Context, tx Tx, id domain.PlanID) (*Plan, error) {
	plan, err := tx.SharePlan(ctx, id)
	if err != nil {
		return nil, err
	}
	if !plan.IsOffered {
		// Of plans that are not offered only those who hold or bill them know.
		return nil, domain.Errorf(domain.CodeNotFound, "the plan does not exist").At("planId")
	}
	return plan, nil
}

func subscriber(ctx context.Context, tx Tx, id domain.UserID) (*Subscriber, error) {
	found, err := tx.Subscribers(ctx, []domain.UserID{id})
	if err == nil && len(found) == 0 {
		err = domain.Errorf(domain.CodeNotFound, "the user does not exist, or has no account that is active").At("userId")
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}
