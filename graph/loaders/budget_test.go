package loaders_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"lyceum/domain"
	"lyceum/graph/loaders"
)

const megabyte = 1 << 20

func ignore(error) {}

func TestABudgetEndsAtItsLimitAndTellsItOnce(t *testing.T) {
	t.Parallel()
	told := 0
	b := loaders.NewPool(megabyte, 64*megabyte).NewBudget("c", func(error) { told++ })
	defer b.Release()
	if err := b.Spend(megabyte); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var tooLarge *loaders.TooLargeError
		if err := b.Spend(1); !errors.As(err, &tooLarge) || tooLarge.Maximum != megabyte || b.Err() == nil {
			t.Errorf("got %v", err)
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

func TestWhatIsReadCountsBesideWhatIsWritten(t *testing.T) {
	t.Parallel()
	b := loaders.NewPool(megabyte, 64*megabyte).NewBudget("c", ignore)
	defer b.Release()
	take := func(size int64) (room int64, err error) {
		err = b.Read(func(left int64) (int64, error) { room = left; return size, nil })
		return room, err
	}
	if room, err := take(megabyte - 10); err != nil || room != megabyte {
		t.Errorf("%d %v", room, err)
	}
	if err := b.Spend(megabyte); err != nil {
		t.Errorf("what was read is charged as written: %v", err)
	}
	if room, err := take(11); err == nil || room != 10 {
		t.Errorf("%d %v", room, err)
	}
	if err := b.Read(func(int64) (int64, error) { t.Error("it reads though it is over"); return 0, nil }); err == nil {
		t.Error("it goes on")
	}
}

func TestABudgetIsKeptHoweverManySpendAtOnce(t *testing.T) {
	t.Parallel()
	pool := loaders.NewPool(megabyte, 64*megabyte)
	free := pool.Free()
	b := pool.NewBudget("c", ignore)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 1000 {
				_ = b.Spend(10)
			}
		})
	}
	wg.Wait()
	if b.Err() != nil || pool.Free() != free-(640_000-1)/(64<<10)*(64<<10) {
		t.Errorf("%v, %d of %d are free", b.Err(), pool.Free(), free)
	}
	b.Release()
	b.Release()
	if pool.Free() != free {
		t.Errorf("%d of %d are free", pool.Free(), free)
	}
	if err := b.Spend(200_000); !errors.Is(err, context.Canceled) || pool.Free() != free {
		t.Errorf("after its end it takes more: %v", err)
	}
}

func TestManyLargeAnswersAtOnceAreOverloadAndSmallOnesAreNot(t *testing.T) {
	t.Parallel()
	pool := loaders.NewPool(megabyte, 16*megabyte)
	var held []*loaders.Budget
	ask := func(client string, n int) error {
		b := pool.NewBudget(client, ignore)
		err := b.Spend(n)
		held = append(held, b)
		return err
	}
	for range 4 {
		if err := ask("greedy", megabyte); err != nil {
			t.Fatal(err)
		}
	}
	if err := ask("greedy", megabyte); domain.CodeOf(err) != domain.CodeOverloaded {
		t.Errorf("one client holds more than a quarter: %v", err)
	}
	for _, client := range []string{"a", "b", "c", "d"} {
		for range 3 {
			if err := ask(client, megabyte); err != nil {
				t.Errorf("%s gets nothing: %v", client, err)
			}
		}
	}
	_ = ask("e", megabyte) // the first portions of the others are free
	if err := ask("e", megabyte); domain.CodeOf(err) != domain.CodeOverloaded {
		t.Errorf("there is no end: %v", err)
	}
	for range 100 {
		if err := ask("e", 60<<10); err != nil {
			t.Fatalf("an ordinary answer is refused: %v", err)
		}
	}
	for _, b := range held {
		b.Release()
	}
	if err := ask("greedy", megabyte); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestWithoutABudgetThereIsNoLimit(t *testing.T) {
	t.Parallel()
	b := loaders.BudgetOf(t.Context())
	if err := errors.Join(b.Spend(1<<40), b.Read(func(int64) (int64, error) { return 1 << 40, nil }), b.Err()); err != nil {
		t.Error(err)
	}
}
