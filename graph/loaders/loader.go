package loaders

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"
)

// wait is how long a batch is gathered. The library's own default is 16 ms; less than 1 ms gathers no faster.
const wait = time.Millisecond

// Loader fetches values by key; a key without a row gives the zero value. Keys that a list has announced are read at
// once in one batch of their own; the others are gathered by dataloader.
type Loader[K comparable, V any] struct {
	read  func(context.Context, []K) (map[K]V, error)
	inner *dataloader.Loader[K, V]

	mu    sync.RWMutex
	ahead map[K]*announced[K, V]
}

// announced is a batch that was read ahead.
type announced[K comparable, V any] struct {
	done   chan struct{}
	values map[K]V
	err    error
}

// newLoader makes a loader of a read into a map.
func newLoader[K comparable, V any](read func(context.Context, []K) (map[K]V, error)) *Loader[K, V] {
	gather := func(ctx context.Context, keys []K) []*dataloader.Result[V] {
		byKey, err := read(ctx, keys)
		results := make([]*dataloader.Result[V], len(keys))
		for i, key := range keys {
			results[i] = &dataloader.Result[V]{Data: byKey[key], Error: err}
		}
		return results
	}
	return &Loader[K, V]{read: read, inner: dataloader.NewBatchedLoader(gather, dataloader.WithWait[K, V](wait)), ahead: map[K]*announced[K, V]{}}
}

// Load waits for the batch that the key falls into.
func (l *Loader[K, V]) Load(ctx context.Context, key K) (V, error) {
	l.mu.RLock()
	batch, ok := l.ahead[key]
	l.mu.RUnlock()
	if !ok {
		return l.inner.Load(ctx, key)()
	}
	select {
	case <-batch.done:
		return batch.values[key], batch.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// Expect begins to read values that will be loaded soon, all in one batch.
func (l *Loader[K, V]) Expect(ctx context.Context, keys []K) {
	batch := &announced[K, V]{done: make(chan struct{})}
	fresh := make([]K, 0, len(keys))
	l.mu.Lock()
	for _, key := range keys {
		if _, ok := l.ahead[key]; !ok {
			l.ahead[key] = batch
			fresh = append(fresh, key)
		}
	}
	l.mu.Unlock()
	if len(fresh) == 0 {
		return
	}
	go func() {
		defer close(batch.done)
		defer func() {
			if p := recover(); p != nil {
				batch.err = fmt.Errorf("panic while reading ahead: %v", p)
			}
		}()
		batch.values, batch.err = l.read(ctx, fresh)
	}()
}

// Prime keeps what a join has read already: the values of the keys, and for the other keys none.
func (l *Loader[K, V]) Prime(keys []K, values map[K]V) {
	batch := &announced[K, V]{done: make(chan struct{}), values: values}
	close(batch.done)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if _, ok := l.ahead[key]; !ok {
			l.ahead[key] = batch
		}
	}
}

// Know is Prime for values that are all there.
func (l *Loader[K, V]) Know(values map[K]V) { l.Prime(slices.Collect(maps.Keys(values)), values) }

// Now reads one value at once, without waiting for others to gather with.
func (l *Loader[K, V]) Now(ctx context.Context, key K) (V, error) {
	l.Expect(ctx, []K{key})
	return l.Load(ctx, key)
}

// All reads the values of the keys that have one, each once, in the order of the keys.
func (l *Loader[K, V]) All(ctx context.Context, keys []K) ([]V, error) {
	l.Expect(ctx, keys)
	values, seen := make([]V, 0, len(keys)), make(map[K]bool, len(keys))
	for _, key := range keys {
		if seen[key] {
			continue
		}
		seen[key] = true
		l.mu.RLock()
		batch := l.ahead[key]
		l.mu.RUnlock()
		select {
		case <-batch.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if batch.err != nil {
			return nil, batch.err
		}
		if value, ok := batch.values[key]; ok {
			values = append(values, value)
		}
	}
	return values, nil
}
