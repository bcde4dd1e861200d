package loaders_test

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"lyceum/db"
	"lyceum/domain"
	"lyceum/domain/content"
	"lyceum/graph/loaders"
	"lyceum/store"
)

// catalogue stands in for the database: it knows two items and counts statements.
type catalogue struct {
	db.Querier
	statements int
}

func (c *catalogue) Select(_ context.Context, rows any, _ db.Statement, _ ...any) error {
	c.statements++
	if items, ok := rows.(*[]*content.Item); ok {
		*items = []*content.Item{{ID: algebra, Title: "Algebra"}, {ID: biology, Title: "Biology"}}
	}
	return nil
}

var (
	algebra = domain.ItemID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-00000000000a")}
	biology = domain.ItemID{UUID: uuid.MustParse("0190c0ff-ee00-7000-8000-00000000000b")}
)

// An operation begins with loaders of its own; graph/serve does that. Its fields then ask for rows by key: keys that are known
// beforehand are read in one statement, and nothing is read twice.
func ExampleBegin() {
	var database catalogue
	ctx := loaders.Begin(context.Background(), store.NewReader(&database))

	loaders.Items.Prefetch(ctx, loaders.From(ctx), []domain.ItemID{algebra, biology})
	for _, id := range []domain.ItemID{algebra, biology, algebra} {
		item, err := loaders.Items.Load(ctx, loaders.From(ctx), id)
		if err != nil || item == nil { // nil: there is none that the viewer may know of
			fmt.Println("nothing,", err)
			continue
		}
		fmt.Println(item.Title)
	}
	fmt.Println(database.statements, "statement")
	// Output:
	// Algebra
	// Biology
	// Algebra
	// 1 statement
}
