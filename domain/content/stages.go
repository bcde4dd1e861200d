package content

import (
	"context"
	"time"

	"lyceum/domain"
)

// ItemStage is where an item stands, with what only its dates say.
type ItemStage string

// The stages. A scheduled item has the status published and a date that lies ahead.
const (
	StageDraft     ItemStage = "draft"
	StageScheduled ItemStage = "scheduled"
	StagePublished ItemStage = "published"
	StageArchived  ItemStage = "archived"
	StageDeleted   ItemStage = "deleted"
)

// ItemAction is what an author does with an item as a whole.
type ItemAction string

// The actions.
const (
	Publish   ItemAction = "publish"
	Schedule  ItemAction = "schedule"
	Unpublish ItemAction = "unpublish"
	Archive   ItemAction = "archive"
	Delete    ItemAction = "delete"
	Restore   ItemAction = "restore"
)

// asBefore is the stage of an item without its deletion.
const asBefore ItemStage = ""

// transitions are all that is allowed: what an action makes of an item. What is not here is refused; an item that stands there already
// does not change. A deleted item is gone for all but restoring.
var transitions = map[ItemAction]map[ItemStage]ItemStage{
	Publish:  {StageDraft: StagePublished, StageScheduled: StagePublished, StagePublished: StagePublished, StageArchived: StagePublished},
	Schedule: {StageDraft: StageScheduled, StageScheduled: StageScheduled, StageArchived: StageScheduled},
	Unpublish: {
		StageDraft: StageDraft, StageScheduled: StageDraft, StagePublished: StageDraft, StageArchived: StageDraft,
	},
	Archive: {
		StageDraft: StageArchived, StageScheduled: StageArchived, StagePublished: StageArchived, StageArchived: StageArchived,
	},
	Delete: {
		StageDraft: StageDeleted, StageScheduled: StageDeleted, StagePublished: StageDeleted, StageArchived: StageDeleted,
		StageDeleted: StageDeleted,
	},
	Restore: {
		StageDraft: StageDraft, StageScheduled: StageScheduled, StagePublished: StagePublished, StageArchived: StageArchived,
		StageDeleted: asBefore,
	},
}

// stageOf is where an item stands at a time.
func stageOf(i Item, now time.Time) ItemStage {
	switch {
	case i.DeletedAt != nil:
		return StageDeleted
	case i.Status == Archived:
		return StageArchived
	case i.Status == Draft:
		return StageDraft
	case i.PublishedAt != nil && i.PublishedAt.After(now):
		return StageScheduled
	}
	return StagePublished
}

// maxSchedule is how far ahead an item can be scheduled.
const maxSchedule = 10 * 365 * 24 * time.Hour

// transit is the rule: what an action makes of an item. at is when it will be published. The date of a first publication is kept: it
// is the order of the catalogue. Errors: NOT_FOUND, REFUSED (STATUS_REFUSED), INVALID (OUT_OF_RANGE).
func transit(i Item, action ItemAction, at *time.Time, now time.Time) (Item, error) {
	stage := stageOf(i, now)
	then, allowed := transitions[action][stage]
	switch {
	case !allowed && stage == StageDeleted:
		return i, noItem("itemId")
	case !allowed:
		return i, domain.Errorf(domain.CodeRefused, "an item that is %s cannot be changed so; unpublish it first", stage).
			Because("STATUS_REFUSED").At("itemId")
	case action == Schedule && (at == nil || !at.After(now) || at.After(now.Add(maxSchedule))):
		return i, domain.Errorf(domain.CodeInvalid, "the time of publication must lie ahead, by at most ten years").
			Because("OUT_OF_RANGE").At("at")
	case action == Schedule:
		i.Status, i.PublishedAt = Published, at
		return i, nil
	case then == stage:
		return i, nil
	}
	ahead := i.PublishedAt != nil && i.PublishedAt.After(now)
	switch then {
	case StagePublished:
		i.Status = Published
		if i.PublishedAt == nil || ahead {
			i.PublishedAt = &now
		}
	case StageDraft, StageArchived:
		i.Status = Draft
		if then == StageArchived {
			i.Status = Archived
		}
		if ahead {
			i.PublishedAt = nil
		}
	case StageDeleted:
		i.DeletedAt = &now
	case asBefore:
		i.DeletedAt = nil
	}
	return i, nil
}

// ItemCommand names an item.
type ItemCommand struct{ ItemID domain.ItemID }

// ScheduleItemCommand says when an item will be published.
type ScheduleItemCommand struct {
	ItemID domain.ItemID
	At     time.Time
}

// PublishItem brings an item into the catalogue now. Needs content.write. Errors: FORBIDDEN, NOT_FOUND.
func (s Service) PublishItem(ctx context.Context, viewer domain.Viewer, c ItemCommand) (*Item, error) {
	return s.act(ctx, viewer, c.ItemID, Publish, nil)
}

// ScheduleItem says when an item comes into the catalogue. Needs content.write.
// Errors: FORBIDDEN, NOT_FOUND, INVALID (OUT_OF_RANGE), REFUSED (STATUS_REFUSED) when it is published already.
func (s Service) ScheduleItem(ctx context.Context, viewer domain.Viewer, c ScheduleItemCommand) (*Item, error) {
	return s.act(ctx, viewer, c.ItemID, Schedule, &c.At)
}

// UnpublishItem makes an item a draft. Needs content.write. Errors: FORBIDDEN, NOT_FOUND.
func (s Service) UnpublishItem(ctx context.Context, viewer domain.Viewer, c ItemCommand) (*Item, error) {
	return s.act(ctx, viewer, c.ItemID, Unpublish, nil)
}

// ArchiveItem takes an item out of the catalogue. Needs content.write. Errors: FORBIDDEN, NOT_FOUND.
func (s Service) ArchiveItem(ctx context.Context, viewer domain.Viewer, c ItemCommand) (*Item, error) {
	return s.act(ctx, viewer, c.ItemID, Archive, nil)
}

// DeleteItem deletes an item, so that it can be restored. Needs content.write. Errors: FORBIDDEN, NOT_FOUND.
func (s Service) DeleteItem(ctx context.Context, viewer domain.Viewer, c ItemCommand) (*Item, error) {
	return s.act(ctx, viewer, c.ItemID, Delete, nil)
}

// RestoreItem makes a deleted item what it was. Needs content.write. Errors: FORBIDDEN, NOT_FOUND.
func (s Service) RestoreItem(ctx context.Context, viewer domain.Viewer, c ItemCommand) (*Item, error) {
	return s.act(ctx, viewer, c.ItemID, Restore, nil)
}

func (s Service) act(ctx context.Context, viewer domain.Viewer, id domain.ItemID, action ItemAction, at *time.Time) (*Item, error) {
	return orNil(write(ctx, s, viewer, func(tx Tx) (*Item, error) { return s.actIn(ctx, tx, id, action, at) }))
}

// actIn is act in a transaction that is open.
func (s Service) actIn(ctx context.Context, tx Tx, id domain.ItemID, action ItemAction, at *time.Time) (*Item, error) {
	d, err := tx.LockItem(ctx, id, "itemId")
	if err != nil {
		return nil, err
	}
	now := s.Clock()
	after, err := transit(d.Item, action, at, now)
	if err != nil {
		return nil, err
	}
	if action == Restore && d.DeletedAt == nil { // nothing was decided
		return tx.ItemNow(ctx, id)
	}
	justNow := action == Publish && after.PublishedAt != d.PublishedAt
	if err := tx.SaveStage(ctx, after, justNow); err != nil {
		return nil, err
	}
	return tx.ItemNow(ctx, id)
}
