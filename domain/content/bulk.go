package content

import (
	"context"
	"errors"
	"strconv"
	"time"

	"lyceum/domain"
)

// GrantRow asks for one of several grants; see GrantCommand.
type GrantRow struct {
	UserID     domain.UserID
	ItemID     *domain.ItemID
	CategoryID *domain.CategoryID
	Effect     Effect
	StartsAt   *time.Time
	EndsAt     *time.Time
	Reason     string
}

// GrantBulkCommand asks for several grants.
type GrantBulkCommand struct {
	IdempotencyKey string `json:"-"`
	Mode           domain.BulkMode
	Rows           []GrantRow
}

// PublishItemsCommand asks for several items to be published.
type PublishItemsCommand struct {
	IdempotencyKey string `json:"-"`
	Mode           domain.BulkMode
	ItemIDs        []domain.ItemID
}

// GrantBulk opens or closes items and categories for several users, each with an answer of its own. Needs access.grant.
// Errors: FORBIDDEN, INVALID (LIST_SIZE), CONFLICT (IDEMPOTENCY_KEY_REUSED); those of rows are those of Grant.
func (s Service) GrantBulk(ctx context.Context, viewer domain.Viewer, c GrantBulkCommand) ([]domain.BulkResult[*Grant], error) {
	if err := mayGrant(viewer); err != nil {
		return nil, err
	}
	if len(c.Rows) == 0 || len(c.Rows) > domain.MaxBulk {
		return nil, domain.Errorf(domain.CodeInvalid, "there must be 1 to %d rows", domain.MaxBulk).Because("LIST_SIZE").At("rows")
	}
	return several(ctx, s, viewer, "grantContentAccessBulk", c.IdempotencyKey, c, func(tx Tx) ([]domain.BulkResult[*Grant], error) {
		return domain.Bulk(ctx, tx, c.Mode, c.Rows, func(r GrantRow) (*Grant, error) {
			g, err := newGrant(GrantCommand{
				UserID: r.UserID, ItemID: r.ItemID, CategoryID: r.CategoryID, Effect: r.Effect, StartsAt: r.StartsAt, EndsAt: r.EndsAt,
				Reason: r.Reason,
			}, viewer.UserID, s.Clock())
			if err != nil {
				return nil, err
			}
			g.ID = domain.GrantID{UUID: s.IDs()}
			return g, tx.AddGrant(ctx, g)
		})
	}, "rows")
}

// PublishItems brings several items into the catalogue now, each with an answer of its own. Needs content.write.
// Errors: FORBIDDEN, INVALID (LIST_SIZE), CONFLICT (IDEMPOTENCY_KEY_REUSED); those of rows are those of PublishItem.
func (s Service) PublishItems(ctx context.Context, viewer domain.Viewer, c PublishItemsCommand) ([]domain.BulkResult[*Item], error) {
	if err := mayWrite(viewer); err != nil {
		return nil, err
	}
	if err := listOf(c.ItemIDs, domain.MaxBulk, "itemIds"); err != nil {
		return nil, err
	}
	return several(ctx, s, viewer, "publishItems", c.IdempotencyKey, c, func(tx Tx) ([]domain.BulkResult[*Item], error) {
		return domain.Bulk(ctx, tx, c.Mode, c.ItemIDs, func(id domain.ItemID) (*Item, error) {
			return s.actIn(ctx, tx, id, Publish, nil)
		})
	}, "itemIds")
}

// several does the rows of a call once, and points each error at its row in the input.
func several[T any](ctx context.Context, s Service, viewer domain.Viewer, mutation, key string, body any,
	do func(Tx) ([]domain.BulkResult[T], error), path string,
) (results []domain.BulkResult[T], err error) {
	err = s.Store.InTx(ctx, viewer.Actor(), func(tx Tx) (err error) {
		results, err = domain.Once(ctx, tx, viewer.UserID, mutation, key, body, func() ([]domain.BulkResult[T], error) { return do(tx) })
		return err
	})
	if err != nil && !errors.Is(err, domain.ErrNothingDone) {
		return nil, err
	}
	for i, r := range results {
		if r.Err != nil {
			results[i].Err = r.Err.At(append([]string{path, strconv.Itoa(r.Index)}, r.Err.Path...)...)
		}
	}
	return results, nil
}
