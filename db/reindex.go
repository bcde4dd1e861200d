package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/lib/pq"
)

// Reindex builds an index anew beside its readers and writers, which no function may do, and no transaction. d is the owner's. A run
// that was interrupted leaves an invalid index behind, which DropLeftover removes.
func Reindex(ctx context.Context, d *DB, schema, index string) error {
	_, err := d.ExecContext(ctx, "reindex index concurrently "+pq.QuoteIdentifier(schema)+"."+pq.QuoteIdentifier(index))
	if err != nil {
		return fmt.Errorf("reindex %s: %w", index, err)
	}
	return nil
}

// IsLeftover reports whether an invalid index is what an interrupted Reindex left behind, by the names that PostgreSQL gives.
func IsLeftover(index string) bool {
	base := strings.TrimRight(index, "0123456789")
	return strings.HasSuffix(base, "_ccnew") || strings.HasSuffix(base, "_ccold")
}

// DropLeftover drops what IsLeftover has found. d is the owner's.
func DropLeftover(ctx context.Context, d *DB, schema, index string) error {
	_, err := d.ExecContext(ctx, "drop index concurrently if exists "+pq.QuoteIdentifier(schema)+"."+pq.QuoteIdentifier(index))
	if err != nil {
		return fmt.Errorf("drop %s: %w", index, err)
	}
	return nil
}
