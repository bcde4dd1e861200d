package loaders

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"lyceum/domain"
	"lyceum/store"
)

// wait is how long a batch is gathered. The library's own default is 16 ms; less than 1 ms gathers no faster.
const wait = time.Millisecond

// Loader reads values by key, many in one statement; a key without a row gives the zero value. It is declared once for the
// program; what it has read is kept in the Set of an operation. Keys that somebody knows beforehand are read at once in a
// batch of their own (Prefetch); the others are gathered by dataloader.
type Loader[K comparable, V any] struct {
	place int
	read  func(context.Context, *Set, []K) (map[K]V, error)
}

var places atomic.Int64

// newLoader declares a loader of a read into a map.
func newLoader[K comparable, V any](read func(context.Context, *Set, []K) (map[K]V, error)) *Loader[K, V] {
	return &Loader[K, V]{place: int(places.Add(1)) - 1, read: func(ctx context.Context, s *Set, keys []K) (map[K]V, error) {
		batches.Add(1)
		keysRead.Add(int64(len(keys)))
		return read(ctx, s, keys)
	}}
}

var batches, keysRead atomic.Int64

// Counts returns how many batches all loaders of the program have read so far, and how many keys in them.
func Counts() (read, keys int64) { return batches.Load(), keysRead.Load() }

// one declares a loader of rows that belong to one key each.
func one[K comparable, V any](read func(context.Context, *Set, []K) ([]V, error), keyOf func(V) K) *Loader[K, V] {
	return newLoader(func(ctx context.Context, s *Set, keys []K) (map[K]V, error) {
		rows, err := read(ctx, s, keys)
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

// many declares a loader of lists: all rows of a key, in the order in which they were read.
func many[K comparable, R, V any](read func(context.Context, *Set, []K) ([]R, error), split func(R) (K, V)) *Loader[K, []V] {
	return newLoader(func(ctx context.Context, s *Set, keys []K) (map[K][]V, error) {
		rows, err := read(ctx, s, keys)
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

// children declares a loader of the first pages of many parents' rows: a statement for each page size, of which an operation
// has few.
func children[K comparable, T any](
	read func(store.Reader, context.Context, []K, int32) (map[K]*domain.Page[T], error),
) *Loader[ChildrenKey[K], *domain.Page[T]] {
	return newLoader(func(ctx context.Context, s *Set, keys []ChildrenKey[K]) (map[ChildrenKey[K]]*domain.Page[T], error) {
		parents := map[int32][]K{}
		for _, key := range keys {
			parents[key.Size] = append(parents[key.Size], key.Parent)
		}
		byKey := make(map[ChildrenKey[K]]*domain.Page[T], len(keys))
		for size, some := range parents {
			found, err := read(s.Reader, ctx, some, size)
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

// plain is a read that only the keys matter to.
func plain[K, V any](read func(store.Reader, context.Context, []K) (V, error)) func(context.Context, *Set, []K) (V, error) {
	return func(ctx context.Context, s *Set, keys []K) (V, error) { return read(s.Reader, ctx, keys) }
}

// asViewer is a read whose answer depends on who is asking.
func asViewer[K, V any](
	read func(store.Reader, context.Context, domain.UserID, []K) (V, error),
) func(context.Context, *Set, []K) (V, error) {
	return func(ctx context.Context, s *Set, keys []K) (V, error) {
		return read(s.Reader, ctx, s.viewer().UserID, keys)
	}
}

// ofDrafts is a read that tells those who may see drafts more.
func ofDrafts[K, V any](read func(store.Reader, context.Context, []K, bool) (V, error),
	sees func(domain.Viewer) bool,
) func(context.Context, *Set, []K) (V, error) {
	return func(ctx context.Context, s *Set, keys []K) (V, error) {
		return read(s.Reader, ctx, keys, sees(s.viewer()))
	}
}

// loaded is what one operation has of a loader.
type loaded[K comparable, V any] struct {
	gathered func() *dataloader.Loader[K, V]

	mu    sync.RWMutex
	known map[K]*batch[K, V]
}

// batch is one statement's worth of values.
type batch[K comparable, V any] struct {
	done   chan struct{}
	values map[K]V
	err    error
}

// in finds what the operation has of the loader.
func (l *Loader[K, V]) in(s *Set) *loaded[K, V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded == nil {
		s.loaded = make([]any, places.Load())
	}
	if held, ok := s.loaded[l.place].(*loaded[K, V]); ok {
		return held
	}
	held := &loaded[K, V]{known: map[K]*batch[K, V]{}, gathered: sync.OnceValue(func() *dataloader.Loader[K, V] {
		gather := func(ctx context.Context, keys []K) []*dataloader.Result[V] {
			byKey, err := l.read(ctx, s, keys)
			results := make([]*dataloader.Result[V], len(keys))
			for i, key := range keys {
				results[i] = &dataloader.Result[V]{Data: byKey[key], Error: err}
			}
			return results
		}
		return dataloader.NewBatchedLoader(gather, dataloader.WithWait[K, V](wait))
	})}
	s.loaded[l.place] = held
	return held
}

// Load waits for the batch that the key falls into.
func (l *Loader[K, V]) Load(ctx context.Context, s *Set, key K) (V, error) {
	held := l.in(s)
	held.mu.RLock()
	b, ok := held.known[key]
	held.mu.RUnlock()
	if !ok {
		return held.gathered().Load(ctx, key)()
	}
	if err := b.wait(ctx); err != nil {
		var none V
		return none, err
	}
	return b.values[key], nil
}

func (b *batch[K, V]) wait(ctx context.Context) error {
	select {
	case <-b.done:
		return b.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Prefetch begins to read values that will be loaded soon, all in one batch.
func (l *Loader[K, V]) Prefetch(ctx context.Context, s *Set, keys []K) {
	held := l.in(s)
	b := &batch[K, V]{done: make(chan struct{})}
	fresh := held.claim(b, keys)
	if len(fresh) == 0 {
		return
	}
	go func() {
		defer close(b.done)
		defer func() {
			if p := recover(); p != nil {
				b.err = fmt.Errorf("panic while reading ahead: %v", p)
			}
		}()
		b.values, b.err = l.read(ctx, s, fresh)
	}()
}

// claim makes a batch that of all keys which have none, and returns them.
func (held *loaded[K, V]) claim(b *batch[K, V], keys []K) []K {
	fresh := make([]K, 0, len(keys))
	held.mu.Lock()
	defer held.mu.Unlock()
	for _, key := range keys {
		if _, ok := held.known[key]; !ok {
			held.known[key] = b
			fresh = append(fresh, key)
		}
	}
	return fresh
}

// Prime keeps what a join has read already: the values of the keys, and for the other keys none.
func (l *Loader[K, V]) Prime(s *Set, keys []K, values map[K]V) {
	b := &batch[K, V]{done: make(chan struct{}), values: values}
	close(b.done)
	l.in(s).claim(b, keys)
}

// PrimeAll is Prime for values that are all there.
func (l *Loader[K, V]) PrimeAll(s *Set, values map[K]V) {
	l.Prime(s, slices.Collect(maps.Keys(values)), values)
}

// LoadNow reads one value at once, without waiting for others to gather with.
func (l *Loader[K, V]) LoadNow(ctx context.Context, s *Set, key K) (V, error) {
	l.Prefetch(ctx, s, []K{key})
	return l.Load(ctx, s, key)
}

// LoadMany reads the values of the keys that have one, each once, in the order of the keys.
func (l *Loader[K, V]) LoadMany(ctx context.Context, s *Set, keys []K) ([]V, error) {
	l.Prefetch(ctx, s, keys)
	held := l.in(s)
	values, seen := make([]V, 0, len(keys)), make(map[K]bool, len(keys))
	for _, key := range keys {
		if seen[key] {
			continue
		}
		seen[key] = true
		held.mu.RLock()
		b := held.known[key]
		held.mu.RUnlock()
		if err := b.wait(ctx); err != nil {
			return nil, err
		}
		if value, ok := b.values[key]; ok {
			values = append(values, value)
		}
	}
	return values, nil
}
