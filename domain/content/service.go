package content

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"lyceum/domain"
)

// Store is what the service needs of the database.
type Store interface {
	InTx(ctx context.Context, actor domain.Actor, fn func(Tx) error) error
}

// Tx is one transaction.
type Tx interface {
	domain.OnceTx
	domain.BulkTx
	CategoryTx
	ItemTx
	UnlockTx
	ImportedTx
	// AccessTo asks the access decision. Errors: NOT_FOUND when the item does not exist.
	AccessTo(ctx context.Context, user domain.UserID, item domain.ItemID) (Access, error)
	// ClaimReport remembers the key of a report on an item and reports whether it is new.
	ClaimReport(ctx context.Context, user domain.UserID, item domain.ItemID, key uuid.UUID) (fresh bool, err error)
	// TakeTime takes up to so many seconds from a user's learning time, as it has filled at an instant, and returns how many it
	// took. It holds the user's learning to the end of the transaction: their reports are taken one after another.
	TakeTime(ctx context.Context, user domain.UserID, seconds int32, at time.Time, first, most time.Duration) (taken int32, err error)
	// Progress reads where a user stands; nil when they have not begun.
	Progress(ctx context.Context, user domain.UserID, item domain.ItemID) (*Progress, error)
	// SaveProgress writes where a user stands and appends the report to the consumption log. Called after TakeTime.
	SaveProgress(ctx context.Context, p Progress, logged Consumption) error
	// AddGrant writes a grant. Errors: NOT_FOUND for a user, item or category that does not exist.
	AddGrant(ctx context.Context, g *Grant) error
	// RevokeGrant ends a grant now. Errors: NOT_FOUND when there is none in force.
	RevokeGrant(ctx context.Context, id domain.GrantID, by domain.UserID) (*Grant, error)
}

// Service changes the catalogue, who may open it, and how far learners are.
type Service struct {
	Store    Store
	Clock    domain.Clock
	IDs      domain.IDs
	Excerpts Excerpts
}

// ReportProgress takes a learner's report; a repeated one changes nothing and answers where they stand.
// Errors: UNAUTHENTICATED, INVALID, NOT_FOUND, CONTENT_LOCKED.
func (s Service) ReportProgress(ctx context.Context, viewer domain.Viewer, r Report) (*Progress, error) {
	if !viewer.SignedIn() {
		return nil, domain.Errorf(domain.CodeUnauthenticated, "you must be signed in")
	}
	now := s.Clock()
	r, err := checked(r, now)
	if err != nil {
		return nil, err
	}
	var saved *Progress
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		access, err := tx.AccessTo(ctx, viewer.UserID, r.ItemID)
		if err != nil {
			return err
		}
		if !access.Visible() {
			return domain.Errorf(domain.CodeNotFound, "the item does not exist").At("itemId")
		}
		if !access.HasAccess {
			return access.Locked()
		}
		fresh, err := tx.ClaimReport(ctx, viewer.UserID, r.ItemID, r.EventKey)
		if err != nil {
			return err
		}
		if !fresh {
			if saved, err = tx.Progress(ctx, viewer.UserID, r.ItemID); err != nil || saved != nil {
				return err
			}
		}
		counted, err := tx.TakeTime(ctx, viewer.UserID, r.Seconds, now, firstTime, mostTime)
		if err != nil {
			return err
		}
		before, err := tx.Progress(ctx, viewer.UserID, r.ItemID)
		if err != nil {
			return err
		}
		after, logged := advance(before, r, counted, viewer.UserID, now)
		saved = &after
		return tx.SaveProgress(ctx, after, logged)
	})
	if err != nil {
		return nil, err
	}
	return saved, nil
}

// GrantCommand asks for a grant; exactly one of ItemID and CategoryID is set.
type GrantCommand struct {
	IdempotencyKey string `json:"-"`
	UserID         domain.UserID
	ItemID         *domain.ItemID
	CategoryID     *domain.CategoryID
	Effect         Effect
	StartsAt       *time.Time // nil: now
	EndsAt         *time.Time // nil: until revoked
	Reason         string
}

const maxReason = 1000 // bytes

// Grant opens or closes an item or a category for a user. Needs access.grant.
// Errors: FORBIDDEN, INVALID, NOT_FOUND, CONFLICT (IDEMPOTENCY_KEY_REUSED).
func (s Service) Grant(ctx context.Context, viewer domain.Viewer, c GrantCommand) (*Grant, error) {
	if err := mayGrant(viewer); err != nil {
		return nil, err
	}
	var g *Grant
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		var err error
		// The rule looks at the clock, so it is asked once too: a repeat gets the first answer, also after endsAt.
		g, err = domain.Once(ctx, tx, viewer.UserID, "grantContentAccess", c.IdempotencyKey, c, func() (*Grant, error) {
			g, err := newGrant(c, viewer.UserID, s.Clock())
			if err != nil {
				return nil, err
			}
			g.ID = domain.GrantID{UUID: s.IDs()}
			return g, tx.AddGrant(ctx, g)
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return g, nil
}

// newGrant is the rule: what a grant may look like.
func newGrant(c GrantCommand, by domain.UserID, now time.Time) (*Grant, error) {
	if (c.ItemID == nil) == (c.CategoryID == nil) {
		return nil, domain.Errorf(domain.CodeInvalid, "provide exactly one of itemId and categoryId").Because("ONE_TARGET").At("itemId")
	}
	if c.Effect != Allow && c.Effect != Deny { // whatever is not a denial would open
		return nil, domain.Errorf(domain.CodeInvalid, "the effect must be allow or deny").At("effect")
	}
	g := &Grant{
		UserID: c.UserID, ItemID: c.ItemID, CategoryID: c.CategoryID, Effect: c.Effect, StartsAt: now, EndsAt: c.EndsAt,
		GrantedBy: &by, Reason: c.Reason, CreatedAt: now,
	}
	if c.StartsAt != nil {
		g.StartsAt = *c.StartsAt
	}
	if g.EndsAt != nil && !g.EndsAt.After(g.StartsAt) {
		return nil, domain.Errorf(domain.CodeInvalid, "endsAt must be after startsAt").Because("DATES_REVERSED").At("endsAt")
	}
	if strings.ContainsRune(g.Reason, 0) || !isText(g.Reason) {
		return nil, oddText("reason")
	}
	if len(g.Reason) > maxReason {
		return nil, domain.Errorf(domain.CodeInvalid, "a reason must have at most %d bytes", maxReason).Because("TOO_LONG").At("reason")
	}
	return g, nil
}

// RevokeCommand asks for the end of a grant.
type RevokeCommand struct {
	IdempotencyKey string `json:"-"`
	GrantID        domain.GrantID
}

// Revoke ends a grant now; the next read feels it. Needs access.grant.
// Errors: FORBIDDEN, NOT_FOUND, CONFLICT (IDEMPOTENCY_KEY_REUSED).
func (s Service) Revoke(ctx context.Context, viewer domain.Viewer, c RevokeCommand) (*Grant, error) {
	if err := mayGrant(viewer); err != nil {
		return nil, err
	}
	var g *Grant
	err := s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) error {
		var err error
		g, err = domain.Once(ctx, tx, viewer.UserID, "revokeContentAccess", c.IdempotencyKey, c, func() (*Grant, error) {
			return tx.RevokeGrant(ctx, c.GrantID, viewer.UserID)
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return g, nil
}
