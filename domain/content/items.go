package content

import (
	"context"

	"lyceum/domain"
)

// ItemTx are the writes of items.
type ItemTx interface {
	// LockItem reads an item, also a deleted one, and keeps others from changing it until the transaction ends. Errors: NOT_FOUND at path.
	LockItem(ctx context.Context, id domain.ItemID, path string) (*ItemDraft, error)
	// ItemNow reads an item as the transaction has made it.
	ItemNow(ctx context.Context, id domain.ItemID) (*Item, error)
	// BodyNow reads the body of an item.
	BodyNow(ctx context.Context, id domain.ItemID) (string, error)
	// HasUser reports whether an account is there.
	HasUser(ctx context.Context, id domain.UserID) (bool, error)
	// AddItem writes an item with its body. Errors: CONFLICT (SLUG_TAKEN).
	AddItem(ctx context.Context, d ItemDraft, body string) error
	// SaveItem writes what authors write, as far as it is something else; nil leaves the body. Errors: CONFLICT (SLUG_TAKEN).
	SaveItem(ctx context.Context, d ItemDraft, body *string) error
	// SetPrerequisites makes the items that come before an item these. Errors: NOT_FOUND, REFUSED (PREREQUISITE_CIRCLE).
	SetPrerequisites(ctx context.Context, id domain.ItemID, required []domain.ItemID) error
	// SaveStage writes status, publication and deletion of an item; now says that it is published at this moment, by the database's clock.
	SaveStage(ctx context.Context, i Item, now bool) error
}

// Excerpts reads what the author of a body has marked as free for everyone.
type Excerpts interface {
	// Free is the text before the mark; empty without a mark. Errors: INVALID (TEXT_TOO_COMPLEX).
	Free(ctx context.Context, body string) (string, error)
}

// CreateItem makes a draft. Needs content.write. Errors: FORBIDDEN, INVALID, NOT_FOUND, REFUSED (PREREQUISITE_CIRCLE),
// CONFLICT (SLUG_TAKEN, IDEMPOTENCY_KEY_REUSED).
func (s Service) CreateItem(ctx context.Context, viewer domain.Viewer, c CreateItemCommand) (*Item, error) {
	return orNil(write(ctx, s, viewer, func(tx Tx) (*Item, error) {
		return domain.Once(ctx, tx, viewer.UserID, "createItem", c.IdempotencyKey, c, func() (*Item, error) {
			d := newItem(domain.ItemID{UUID: s.IDs()}, viewer.UserID)
			d, body, err := s.written(ctx, tx, d, c.ItemValues)
			if err != nil {
				return nil, err
			}
			if d.Slug == "" {
				d.Slug = slugFrom(d.Title, "item")
				taken, _, err := tx.SlugsFrom(ctx, d.Slug)
				if err != nil {
					return nil, err
				}
				d.Slug = free(d.Slug, taken)
			}
			if body == nil {
				body = new(string)
			}
			if err := tx.AddItem(ctx, d, *body); err != nil {
				return nil, err
			}
			return s.prerequisites(ctx, tx, d.ID, c.PrerequisiteIDs)
		})
	}))
}

// UpdateItem changes what authors write. Needs content.write. With ITEM_CHANGED the item is returned as it is now.
// Errors: FORBIDDEN, INVALID, NOT_FOUND, REFUSED (PREREQUISITE_CIRCLE), CONFLICT (ITEM_CHANGED, SLUG_TAKEN, IDEMPOTENCY_KEY_REUSED).
func (s Service) UpdateItem(ctx context.Context, viewer domain.Viewer, c UpdateItemCommand) (*Item, error) {
	var current *Item
	item, err := orNil(write(ctx, s, viewer, func(tx Tx) (*Item, error) {
		return domain.Once(ctx, tx, viewer.UserID, "updateItem", c.IdempotencyKey, c, func() (*Item, error) {
			before, err := lockAt(ctx, tx, c.ItemID, c.ExpectedVersion, &current)
			if err != nil {
				return nil, err
			}
			d, body, err := s.written(ctx, tx, *before, c.ItemValues)
			if err != nil {
				return nil, err
			}
			if c.WithoutAuthor {
				d.AuthorID = nil
			}
			if err := tx.SaveItem(ctx, d, body); err != nil {
				return nil, err
			}
			return s.prerequisites(ctx, tx, d.ID, c.PrerequisiteIDs)
		})
	}))
	if err != nil {
		return current, err
	}
	return item, nil
}

// lockAt locks an item that has an expected version; of another one it leaves the item as it is now.
func lockAt(ctx context.Context, tx Tx, id domain.ItemID, version int32, current **Item) (*ItemDraft, error) {
	d, err := tx.LockItem(ctx, id, "itemId")
	switch {
	case err != nil:
		return nil, err
	case d.DeletedAt != nil:
		return nil, noItem("itemId")
	case d.Version != version:
		*current = &d.Item
		return nil, itemChanged(d.Version)
	}
	return d, nil
}

func noItem(path string) error {
	return domain.Errorf(domain.CodeNotFound, "the item does not exist").At(path)
}

// written is an item with other values, and its body if that is given.
func (s Service) written(ctx context.Context, tx Tx, before ItemDraft, v ItemValues) (d ItemDraft, body *string, err error) {
	if d, err = withValues(before, v); err != nil {
		return d, nil, err
	}
	if v.Body != nil {
		text, err := bodyOf(*v.Body, "body")
		if err != nil {
			return d, nil, err
		}
		body = &text
	}
	if v.CategoryID != nil {
		if err := tx.HoldCategory(ctx, *v.CategoryID, "categoryId"); err != nil {
			return d, nil, err
		}
	}
	if v.AuthorID != nil {
		if has, err := tx.HasUser(ctx, *v.AuthorID); err != nil {
			return d, nil, err
		} else if !has {
			return d, nil, noUser("authorId")
		}
	}
	d, err = s.previewed(ctx, tx, d, v, body)
	return d, body, err
}

// previewed decides the preview, and reads of the bodies what that takes.
func (s Service) previewed(ctx context.Context, tx Tx, d ItemDraft, v ItemValues, body *string) (ItemDraft, error) {
	ofBefore, ofAfter := previewWork(d, v)
	var old, freeBefore, freeAfter string
	var err error
	if ofBefore || ofAfter && body == nil {
		if old, err = tx.BodyNow(ctx, d.ID); err != nil {
			return d, err
		}
	}
	if ofBefore {
		if freeBefore, err = s.Excerpts.Free(ctx, old); err != nil {
			return d, err
		}
	}
	if ofAfter {
		if body != nil {
			old = *body
		}
		if freeAfter, err = s.Excerpts.Free(ctx, old); err != nil {
			return d, err
		}
	}
	return withPreview(d, v, freeBefore, freeAfter)
}

// prerequisites writes what comes before an item, if that is given, and reads the item.
func (s Service) prerequisites(ctx context.Context, tx Tx, id domain.ItemID, required []domain.ItemID) (*Item, error) {
	if required != nil {
		if err := tx.SetPrerequisites(ctx, id, required); err != nil {
			return nil, err
		}
	}
	return tx.ItemNow(ctx, id)
}
