package loaders

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
)

// reads notes the keys of every read, and answers with the square of even keys only.
type reads struct {
	mu    sync.Mutex
	calls [][]int
}

func (r *reads) read(_ context.Context, _ *Set, keys []int) (map[int]int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, slices.Sorted(slices.Values(keys)))
	found := map[int]int{}
	for _, k := range keys {
		if k < 0 {
			return nil, errors.New("negative")
		}
		if k%2 == 0 {
			found[k] = k * k
		}
	}
	return found, nil
}

func TestWhatIsPrefetchedIsReadOnceAndTogether(t *testing.T) {
	t.Parallel()
	var r reads
	l, set := newLoader(r.read), &Set{}
	l.Prefetch(t.Context(), set, []int{2, 4, 4, 5})
	l.Prefetch(t.Context(), set, []int{4, 2})
	for key, want := range map[int]int{2: 4, 4: 16, 5: 0} {
		if got, err := l.Load(t.Context(), set, key); got != want || err != nil {
			t.Errorf("%d gives %d, %v", key, got, err)
		}
	}
	all, err := l.LoadMany(t.Context(), set, []int{6, 4, 6, 7, 2})
	if err != nil || !slices.Equal(all, []int{36, 16, 4}) {
		t.Errorf("all are %v, %v: in the order of the keys, each once, without those that have none", all, err)
	}
	if len(r.calls) != 2 || !slices.Equal(r.calls[0], []int{2, 4, 5}) || !slices.Equal(r.calls[1], []int{6, 7}) {
		t.Errorf("read %v", r.calls)
	}
}

func TestWhatNobodyPrefetchedIsGathered(t *testing.T) {
	t.Parallel()
	var r reads
	l, set := newLoader(r.read), &Set{}
	var all sync.WaitGroup
	for key := range 20 {
		all.Go(func() {
			if got, err := l.Load(t.Context(), set, key); err != nil || key%2 == 0 && got != key*key {
				t.Errorf("%d gives %d, %v", key, got, err)
			}
		})
	}
	all.Wait()
	if len(r.calls) > 5 {
		t.Errorf("20 keys took %d reads", len(r.calls))
	}
}

func TestAFailedReadFailsItsKeysAndNoOthers(t *testing.T) {
	t.Parallel()
	var r reads
	l, set := newLoader(r.read), &Set{}
	if _, err := l.LoadMany(t.Context(), set, []int{-1, 2}); err == nil {
		t.Error("no error")
	}
	if _, err := l.Load(t.Context(), set, 2); err == nil {
		t.Error("the key of a failed read has no error")
	}
	if got, err := l.LoadNow(t.Context(), set, 8); got != 64 || err != nil {
		t.Errorf("another key gives %d, %v", got, err)
	}
}

func TestAPanicWhileReadingAheadIsAnError(t *testing.T) {
	t.Parallel()
	l, set := newLoader(func(context.Context, *Set, []int) (map[int]int, error) { panic("out of paper") }), &Set{}
	if _, err := l.LoadNow(t.Context(), set, 1); err == nil || !strings.Contains(err.Error(), "out of paper") {
		t.Errorf("got %v", err)
	}
}

func TestNobodyWaitsLongerThanTheRequestLives(t *testing.T) {
	t.Parallel()
	block := make(chan struct{})
	defer close(block)
	l, set := newLoader(func(context.Context, *Set, []int) (map[int]int, error) { <-block; return nil, nil }), &Set{}
	l.Prefetch(t.Context(), set, []int{1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Load(ctx, set, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Load: %v", err)
	}
	if _, err := l.LoadMany(ctx, set, []int{1}); !errors.Is(err, context.Canceled) {
		t.Errorf("All: %v", err)
	}
}

func TestListsOfAKeyAreNeverNull(t *testing.T) {
	t.Parallel()
	type row struct{ key, value int }
	l := many(func(_ context.Context, _ *Set, keys []int) ([]row, error) {
		return []row{{keys[0], 2}, {keys[0], 1}}, nil
	},
		func(r row) (int, int) { return r.key, r.value })
	set := &Set{}
	lists, err := l.LoadMany(t.Context(), set, []int{7, 8})
	if err != nil || len(lists) != 2 || !slices.Equal(lists[0], []int{2, 1}) || lists[1] == nil {
		t.Errorf("lists %v, %v", lists, err)
	}
}
