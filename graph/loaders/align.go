package loaders

import (
	"context"

	"lyceum/domain"
)

// one makes a loader of rows that belong to one key each.
func one[K comparable, V any](read func(context.Context, []K) ([]V, error), keyOf func(V) K) *Loader[K, V] {
	return newLoader(func(ctx context.Context, keys []K) (map[K]V, error) {
		rows, err := read(ctx, keys)
		if err != nil {
			return nil, err
		}
		byKey := make(map[K]V, len(rows))
		for _, row := range rows {
			byKey[keyOf(row)] = row
		}
		return byKey, nil
	})
}

// many makes a loader of lists: all rows of a key, in the order in which they were read.
func many[K comparable, R, V any](read func(context.Context, []K) ([]R, error), split func(R) (K, V)) *Loader[K, []V] {
	return newLoader(func(ctx context.Context, keys []K) (map[K][]V, error) {
		rows, err := read(ctx, keys)
		if err != nil {
			return nil, err
		}
		byKey := make(map[K][]V, len(keys))
		for _, key := range keys {
			byKey[key] = []V{} // an empty list is not null
		}
		for _, row := range rows {
			key, value := split(row)
			byKey[key] = append(byKey[key], value)
		}
		return byKey, nil
	})
}

// ChildrenKey names the first page of a parent's rows.
type ChildrenKey[K comparable] struct {
	Parent K
	Size   int32
}

// pages makes a loader of the first pages of many parents' rows: a statement for each page size, of which an operation
// has few.
func pages[K comparable, T any](read func(context.Context, []K, int32) (map[K]*domain.Page[T], error)) *Loader[ChildrenKey[K], *domain.Page[T]] {
	return newLoader(func(ctx context.Context, keys []ChildrenKey[K]) (map[ChildrenKey[K]]*domain.Page[T], error) {
		parents := map[int32][]K{}
		for _, key := range keys {
			parents[key.Size] = append(parents[key.Size], key.Parent)
		}
		byKey := make(map[ChildrenKey[K]]*domain.Page[T], len(keys))
		for size, some := range parents {
			found, err := read(ctx, some, size)
			if err != nil {
				return nil, err
			}
			for parent, page := range found {
				byKey[ChildrenKey[K]{Parent: parent, Size: size}] = page
			}
		}
		return byKey, nil
	})
}
