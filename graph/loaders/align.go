package loaders

import (
	"context"
	"time"

	"github.com/graph-gophers/dataloader/v7"
)

// wait is how long a batch is gathered. The library's own default is 16 ms; less than 1 ms gathers no faster.
const wait = time.Millisecond

// Loader fetches values by key in batches; a key without a row gives the zero value.
type Loader[K comparable, V any] struct{ inner *dataloader.Loader[K, V] }

// Load waits for the batch that the key falls into.
func (l Loader[K, V]) Load(ctx context.Context, key K) (V, error) {
	return l.inner.Load(ctx, key)()
}

// Expect asks for values that will be loaded soon, all in one batch. A list announces its rows so; without that, a busy
// machine may start the row's fields so far apart that they fall into several batches.
func (l Loader[K, V]) Expect(ctx context.Context, keys []K) {
	for _, key := range keys {
		l.inner.Load(ctx, key)
	}
}

// one makes a loader of rows that belong to one key each.
func one[K comparable, V any](read func(context.Context, []K) ([]V, error), keyOf func(V) K) Loader[K, V] {
	return batch(func(ctx context.Context, keys []K) (map[K]V, error) {
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
func many[K comparable, R, V any](read func(context.Context, []K) ([]R, error), split func(R) (K, V)) Loader[K, []V] {
	return batch(func(ctx context.Context, keys []K) (map[K][]V, error) {
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

// batch makes a loader of a read into a map and puts the answers in the order of the keys.
func batch[K comparable, V any](read func(context.Context, []K) (map[K]V, error)) Loader[K, V] {
	return Loader[K, V]{inner: dataloader.NewBatchedLoader(func(ctx context.Context, keys []K) []*dataloader.Result[V] {
		byKey, err := read(ctx, keys)
		results := make([]*dataloader.Result[V], len(keys))
		for i, key := range keys {
			results[i] = &dataloader.Result[V]{Data: byKey[key], Error: err}
		}
		return results
	}, dataloader.WithWait[K, V](wait))}
}
