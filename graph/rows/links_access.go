package rows

import (
	"context"

	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
)

// The links behind the access decision: bodies are read for open items only, and what would open an item for locked ones
// only.
var (
	bodyLink = link{
		shape: value, late: true,
		ahead: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) {
			l.Access().Expect(ctx, keys(rows, itemID))
		},
		found: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) ([]any, error) {
			open, err := openItems(ctx, l, rows)
			l.Bodies().Expect(ctx, open)
			return nil, err
		},
		answer: func(ctx context.Context, l *loaders.Set, _ ask, row any) (any, error) {
			id := itemID(row.(*content.Item)) //nolint:forcetypeassert // see one
			access, err := l.Access().Load(ctx, *id)
			if err != nil || access == nil || !access.HasAccess {
				return nil, errDoubt // the guard has the words for it
			}
			body, err := l.Bodies().Load(ctx, *id)
			if err != nil || body == nil {
				return nil, err
			}
			if content.PointsAtFiles(body.Text) {
				return nil, errDoubt // the resolver makes addresses for the viewer
			}
			return body.Text, nil
		},
	}

	// HTML is made by the resolver, of bodies that were read ahead.
	htmlLink = link{
		shape: value, late: true, ahead: bodyLink.ahead, found: bodyLink.found,
		answer: func(context.Context, *loaders.Set, ask, any) (any, error) { return nil, errDoubt },
	}

	// Files are read ahead, and answered by the resolver, who makes their addresses.
	filesLink = link{
		shape: value, late: true,
		ahead: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) {
			l.Access().Expect(ctx, keys(rows, itemID))
		},
		found: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) ([]any, error) {
			open, err := openItems(ctx, l, rows)
			l.Files().Expect(ctx, open)
			return nil, err
		},
		answer: func(context.Context, *loaders.Set, ask, any) (any, error) { return nil, errDoubt },
	}

	remedyLink = link{
		to: "AccessRemedy", shape: single,
		ahead: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) {
			l.LockFacts().Expect(ctx, keys(rows, lockedID))
		},
		found: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) ([]any, error) {
			var found []any
			for _, row := range rows {
				remedy, err := remedyOf(ctx, l, row.(*content.Access)) //nolint:forcetypeassert // see one
				if err != nil {
					return nil, err
				}
				if remedy != nil {
					found = append(found, remedy)
				}
			}
			return found, nil
		},
		answer: func(ctx context.Context, l *loaders.Set, _ ask, row any) (any, error) {
			remedy, err := remedyOf(ctx, l, row.(*content.Access)) //nolint:forcetypeassert // see one
			if err != nil || remedy == nil {
				return nil, err
			}
			return remedy, nil
		},
	}

	missingLink = link{
		to: "ContentItem", shape: several,
		ahead: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) { l.Items().Expect(ctx, missing(rows)) },
		found: func(ctx context.Context, l *loaders.Set, _ ask, rows []any) ([]any, error) {
			found, err := l.Items().All(ctx, missing(rows))
			return anys(found), err
		},
		answer: func(ctx context.Context, l *loaders.Set, _ ask, row any) (any, error) {
			found, err := l.Items().All(ctx, missing([]any{row}))
			return anys(found), err
		},
	}
)

// openItems are those of the items that the viewer may open.
func openItems(ctx context.Context, l *loaders.Set, rows []any) ([]domain.ItemID, error) {
	all, err := l.Access().All(ctx, keys(rows, itemID))
	var open []domain.ItemID
	for _, access := range all {
		if access.HasAccess {
			open = append(open, access.ItemID)
		}
	}
	return open, err
}

func lockedID(a *content.Access) *domain.ItemID {
	if a.HasAccess {
		return nil
	}
	return &a.ItemID
}

func remedyOf(ctx context.Context, l *loaders.Set, a *content.Access) (*content.Remedy, error) {
	if a.HasAccess {
		return nil, nil
	}
	facts, err := l.LockFacts().Load(ctx, a.ItemID)
	if err != nil || facts == nil {
		return nil, err
	}
	return a.Remedy(*facts), nil
}

func missing(rows []any) []domain.ItemID {
	var ids []domain.ItemID
	for _, row := range rows {
		ids = append(ids, row.(*content.Remedy).PrerequisiteIDs...) //nolint:forcetypeassert // see one
	}
	return ids
}
