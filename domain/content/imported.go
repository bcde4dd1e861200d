package content

import (
	"context"

	"lyceum/domain"
)

// ImportConflict says that an item has another text than its source.
type ImportConflict string

// The conflicts. The text of an item was written here after it had been imported; its source may have changed since, too.
const (
	ChangedHere   ImportConflict = "changed_here"
	ChangedInBoth ImportConflict = "changed_in_both"
)

// ImportState is how the text of an imported item stands to that of its source.
type ImportState struct {
	ItemID   domain.ItemID   `db:"content_id"`
	Conflict *ImportConflict `db:"conflict"` // nil: they are the same
}

// ImportedTx are the writes about texts as they were imported.
type ImportedTx interface {
	// TakeImported makes the text of an item that of its source, and reports whether it has one.
	TakeImported(ctx context.Context, id domain.ItemID) (has bool, err error)
}

// AcceptImportCommand asks for the text of an item's source.
type AcceptImportCommand struct {
	IdempotencyKey  string `json:"-"`
	ItemID          domain.ItemID
	ExpectedVersion int32
}

// AcceptImport gives up what was written here of an imported item, and takes the text that its source had at the last import; from then on
// imports write it again. Needs content.write. With ITEM_CHANGED the item is returned as it is now.
// Errors: FORBIDDEN, NOT_FOUND, REFUSED (NOT_IMPORTED), CONFLICT (ITEM_CHANGED, IDEMPOTENCY_KEY_REUSED).
func (s Service) AcceptImport(ctx context.Context, viewer domain.Viewer, c AcceptImportCommand) (*Item, error) {
	var current *Item
	item, err := orNil(write(ctx, s, viewer, func(tx Tx) (*Item, error) {
		return domain.Once(ctx, tx, viewer.UserID, "acceptImport", c.IdempotencyKey, c, func() (*Item, error) {
			if _, err := lockAt(ctx, tx, c.ItemID, c.ExpectedVersion, &current); err != nil {
				return nil, err
			}
			has, err := tx.TakeImported(ctx, c.ItemID)
			if err != nil {
				return nil, err
			}
			if !has {
				return nil, domain.Errorf(domain.CodeRefused, "the item was not imported").Because("NOT_IMPORTED").At("itemId")
			}
			return tx.ItemNow(ctx, c.ItemID)
		})
	}))
	if err != nil {
		return current, err
	}
	return item, nil
}

// keptAs is what the report says of an item that was changed here.
func keptAs(documentChanged bool) string {
	if documentChanged {
		return "changed here and in the folder: left as it is"
	}
	return "changed here: left as it is"
}

// change writes documents that have changed into their items, but for those that somebody has changed here since they were planned.
func (w *importWork) change(ctx context.Context, tx SourceTx, entries []*SourceEntry) error {
	edited, err := tx.EditedEntries(ctx, entries)
	if err != nil {
		return err
	}
	here := make(map[domain.ItemID]bool, len(edited))
	for _, id := range edited {
		here[id] = true
	}
	var taken, left []*SourceEntry
	for _, e := range entries {
		if here[e.ItemID] {
			left = append(left, e)
		} else {
			taken = append(taken, e)
		}
	}
	if len(left) > 0 {
		if err := tx.KeepEntries(ctx, left); err != nil {
			return err
		}
	}
	if len(taken) > 0 {
		if err := tx.ChangeEntries(ctx, taken); err != nil {
			return err
		}
	}
	for _, e := range left {
		w.late = append(w.late, Remark{Path: e.Path, Reason: keptAs(true)})
	}
	return nil
}
