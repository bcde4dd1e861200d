package plans

import (
	"context"
	"fmt"
	"time"

	"lyceum/domain"
)

// SeatTx is the part of a transaction that gives and takes seats.
type SeatTx interface {
	// SubscriberByEmail reads the user with this verified address; nil if there is none.
	SubscriberByEmail(ctx context.Context, email string) (*Subscriber, error)
	// TakeSeatAttempt counts an attempt to find somebody by address, and returns false when there were so many within a day.
	TakeSeatAttempt(ctx context.Context, by domain.UserID, most int32) (bool, error)
	// CountSeats counts the seats of a subscription that are taken by others than its owner.
	CountSeats(ctx context.Context, id domain.SubscriptionID) (int32, error)
	// AddSeat inserts a seat; nil when the user has one.
	AddSeat(ctx context.Context, id domain.SubscriptionID, user, by domain.UserID) (*Seat, error)
	// RemoveSeat deletes a seat, and returns false when there was none.
	RemoveSeat(ctx context.Context, id domain.SubscriptionID, user domain.UserID) (bool, error)
}

// AssignSeatCommand gives somebody a seat.
type AssignSeatCommand struct {
	IdempotencyKey string `json:"-"`
	SubscriptionID domain.SubscriptionID
	UserID         *domain.UserID
	Email          *string
}

// WithdrawSeatCommand takes it.
type WithdrawSeatCommand struct {
	IdempotencyKey string `json:"-"`
	SubscriptionID domain.SubscriptionID
	UserID         domain.UserID
}

// Seated is a seat with its subscription.
type Seated struct {
	Seat         *Seat
	Subscription *Subscription
}

const (
	maxEmail     = 254
	seatAttempts = 20 // by address, for each owner and day; as many as there are seats where those are more
)

// AssignSeat gives a user a seat. Owner, or whoever may write billing. The subscription's row is locked, so that two at once cannot
// both take the last seat. Whether somebody has an account with an address is told as seldom as giving seats allows.
// Errors: INVALID (ONE_TARGET, TOO_LONG), NOT_FOUND, REFUSED (ALREADY_ENDED, NO_SEAT_LEFT, SEAT_TAKEN, TOO_MANY_REQUESTS), CONFLICT.
func (s Service) AssignSeat(ctx context.Context, viewer domain.Viewer, c AssignSeatCommand) (*Seated, error) {
	switch {
	case (c.UserID == nil) == (c.Email == nil):
		return nil, domain.Errorf(domain.CodeInvalid, "give exactly one of userId and email").Because("ONE_TARGET").At("userId")
	case c.Email != nil && len(*c.Email) > maxEmail:
		return nil, domain.Errorf(domain.CodeInvalid, "an email address has at most %d characters", maxEmail).Because("TOO_LONG").At("email")
	}
	allowed, err := s.attemptSeat(ctx, viewer, c)
	if err != nil {
		return nil, err
	}
	return once(ctx, s, viewer, "assignSeat", c.IdempotencyKey, c, func(tx Tx) (*Seated, error) {
		sub, err := s.lockOwn(ctx, tx, viewer, c.SubscriptionID)
		if err != nil {
			return nil, err
		}
		if settled, _ := settle(*sub, s.Clock(), s.grace()); !inForce(settled.Status) {
			return nil, alreadyEnded().At("subscriptionId")
		}
		if err := seatLeft(ctx, tx, sub); err != nil { // before anybody is looked for
			return nil, err
		}
		if !allowed {
			return nil, domain.Errorf(domain.CodeRefused, "too many seats were to be assigned by address; try again tomorrow, or by id").
				Because("TOO_MANY_REQUESTS").At("email")
		}
		guest, err := guestOf(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		seat, err := takeSeat(ctx, tx, sub, guest, viewer.UserID)
		if err != nil {
			return nil, err
		}
		return &Seated{Seat: seat, Subscription: sub}, s.tellGuest(ctx, tx, sub, guest)
	})
}

// attemptSeat counts an attempt by address, in a transaction of its own that stays when the attempt fails. Staff find users anyway.
func (s Service) attemptSeat(ctx context.Context, viewer domain.Viewer, c AssignSeatCommand) (allowed bool, err error) {
	if c.Email == nil || viewer.May(domain.BillingWrite) {
		return true, nil
	}
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		sub, err := s.lockOwn(ctx, tx, viewer, c.SubscriptionID)
		if domain.CodeOf(err) == domain.CodeNotFound { // as the attempt itself will say
			return nil
		}
		if err != nil {
			return err
		}
		allowed, err = tx.TakeSeatAttempt(ctx, viewer.UserID, max(seatAttempts, sub.SeatsTotal))
		return err
	})
	return allowed, err
}

// seatLeft refuses where all seats are taken. The subscription is locked.
func seatLeft(ctx context.Context, tx Tx, sub *Subscription) error {
	n, err := tx.CountSeats(ctx, sub.ID)
	if err == nil && n >= sub.SeatsTotal-1 {
		err = domain.Errorf(domain.CodeRefused, "all %d seats of the subscription are taken", sub.SeatsTotal).Because("NO_SEAT_LEFT")
	}
	return err
}

func guestOf(ctx context.Context, tx Tx, c AssignSeatCommand) (*Subscriber, error) {
	if c.UserID != nil {
		return subscriber(ctx, tx, *c.UserID)
	}
	guest, err := tx.SubscriberByEmail(ctx, *c.Email)
	if err == nil && guest == nil {
		err = domain.Errorf(domain.CodeNotFound, "no active account has this address as a verified one").At("email")
	}
	return guest, err
}

func takeSeat(ctx context.Context, tx Tx, sub *Subscription, guest *Subscriber, by domain.UserID) (*Seat, error) {
	taken := domain.Errorf(domain.CodeRefused, "the user uses this subscription already").Because("SEAT_TAKEN")
	if guest.ID == sub.OwnerID {
		return nil, taken
	}
	seat, err := tx.AddSeat(ctx, sub.ID, guest.ID, by)
	if err != nil {
		return nil, err
	}
	if seat == nil {
		return nil, taken
	}
	return seat, nil
}

func (s Service) tellGuest(ctx context.Context, tx Tx, sub *Subscription, guest *Subscriber) error {
	plans, err := tx.PlansOf(ctx, []domain.PlanID{sub.PlanID})
	if err != nil {
		return err
	}
	owners, err := tx.Subscribers(ctx, []domain.UserID{sub.OwnerID})
	if err != nil {
		return err
	}
	plan, owner := "", ""
	for _, p := range plans {
		plan = p.Name
	}
	for _, o := range owners {
		owner = o.Name()
	}
	// Once a day: whoever gives and takes a seat all day fills nobody's mailbox.
	cause := fmt.Sprintf("seat:%s:%s:%s", sub.ID, guest.ID, s.Clock().UTC().Format(time.DateOnly))
	return tx.SendMail(ctx, guest.mail(cause, mailSeatAssigned, "plan", plan, "owner", owner))
}

// WithdrawSeat takes a seat. Owner, or whoever may write billing. Errors: NOT_FOUND, CONFLICT.
func (s Service) WithdrawSeat(ctx context.Context, viewer domain.Viewer, c WithdrawSeatCommand) (*Subscription, error) {
	return once(ctx, s, viewer, "withdrawSeat", c.IdempotencyKey, c, func(tx Tx) (*Subscription, error) {
		sub, err := s.lockOwn(ctx, tx, viewer, c.SubscriptionID)
		if err != nil {
			return nil, err
		}
		had, err := tx.RemoveSeat(ctx, sub.ID, c.UserID)
		if err == nil && !had {
			err = domain.Errorf(domain.CodeNotFound, "the user has no seat in the subscription").At("userId")
		}
		return sub, err
	})
}
