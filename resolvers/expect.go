package resolvers

import (
	"context"

	"lyceum/graph/rows"
	"lyceum/store"
)

// joinsOf is what is asked of the items that ctx's field answers with and is read in the same statement.
func joinsOf(ctx context.Context) store.ItemJoins {
	return store.ItemJoins{
		Category: rows.Selects(ctx, "category"), Author: rows.Selects(ctx, "author"),
		Popularity: rows.Selects(ctx, "popularity"),
	}
}
