package plans

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lyceum/domain"
)

// The messages about subscriptions. Their templates are in gateways/mail.
const (
	mailTrialStarted      domain.MailTemplate = "plans.trial_started"
	mailTrialEnded        domain.MailTemplate = "plans.trial_ended"
	mailPaymentDue        domain.MailTemplate = "plans.payment_due"
	mailSubscriptionEnded domain.MailTemplate = "plans.subscription_ended"
	mailPaymentReceived   domain.MailTemplate = "plans.payment_received"
	mailSubscriptionGiven domain.MailTemplate = "plans.subscription_given"
	mailSeatAssigned      domain.MailTemplate = "plans.seat_assigned"
)

// Subscriber is what plans know of a user.
type Subscriber struct {
	ID            domain.UserID `db:"id"`
	Email         string        `db:"email"`
	FirstName     string        `db:"first_name"`
	Username      string        `db:"username"`
	Locale        string        `db:"locale"`
	EmailVerified bool          `db:"email_verified"`
}

// Name is how a message speaks to them.
func (s *Subscriber) Name() string {
	if s.FirstName != "" {
		return s.FirstName
	}
	return s.Username
}

// mail is a message to a subscriber; its values come in pairs.
func (s *Subscriber) mail(cause string, template domain.MailTemplate, values ...string) domain.Mail {
	m := domain.Mail{
		Cause: cause, Template: template, To: s.Email, UserID: s.ID, Locale: s.Locale, Values: map[string]string{"name": s.Name()},
	}
	for i := 0; i+1 < len(values); i += 2 {
		m.Values[values[i]] = values[i+1]
	}
	return m
}

// until is a date in a message.
func until(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// tellOwners tells the owners what time has done with their subscriptions; of several changes at once the last one only, since
// nobody needs a reminder of what is over.
func (s Service) tellOwners(ctx context.Context, tx Tx, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var owners []domain.UserID
	var planIDs []domain.PlanID
	for _, e := range entries {
		owners = append(owners, e.Subscription.OwnerID)
		if !slices.Contains(planIDs, e.Subscription.PlanID) {
			planIDs = append(planIDs, e.Subscription.PlanID)
		}
	}
	people, err := tx.Subscribers(ctx, owners)
	if err != nil {
		return err
	}
	plans, err := tx.PlansOf(ctx, planIDs)
	if err != nil {
		return err
	}
	names := map[domain.PlanID]string{}
	for _, p := range plans {
		names[p.ID] = p.Name
	}
	byID := map[domain.UserID]*Subscriber{}
	for _, p := range people {
		byID[p.ID] = p
	}
	mails := make([]domain.Mail, 0, len(owners))
	for i, e := range entries {
		owner := byID[e.Subscription.OwnerID]
		if owner == nil || i+1 < len(entries) && entries[i+1].Subscription.ID == e.Subscription.ID {
			continue
		}
		mails = append(mails, toldOwner(owner, e, names[e.Subscription.PlanID]))
	}
	if len(mails) == 0 {
		return nil
	}
	return tx.SendMail(ctx, mails...)
}

// toldOwner is the message about a change that time has brought.
func toldOwner(owner *Subscriber, e Entry, plan string) domain.Mail {
	cause := fmt.Sprintf("subscription:%s:%s:%d", e.Subscription.ID, e.Kind, e.EffectiveAt.Unix())
	switch {
	case e.Kind == ChangeUnpaid:
		return owner.mail(cause, mailPaymentDue, "plan", plan, "until", until(e.Subscription.AccessUntil))
	case e.From == Trialing && e.Kind == ChangeExpired:
		return owner.mail(cause, mailTrialEnded, "plan", plan)
	default:
		return owner.mail(cause, mailSubscriptionEnded, "plan", plan)
	}
}
